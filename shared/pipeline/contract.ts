import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { cellIdSchema, stepIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { studioErrorSchema } from '../base/studio-error';
import {
  parameterOverrideSchema,
  pipelineChoicesSchema,
  pythonNameSchema,
  serveChoiceSchema,
  stepChoiceSchema,
} from './choices';
import { notebookFactsSchema } from './facts';
import { pipelineSchema } from './pipeline';
import { recordingSchema } from './recording';

const path = z.string().min(1);
const cells = z.object({ path, cellIds: z.array(cellIdSchema).min(1) });
const offset = z.number().int().nonnegative();

/** What a person may say a cell is for; null lets the suggestion decide. The name of a step is free text. */
export const cellRoleSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('step'), name: z.string().trim().min(1) }),
    z.object({ kind: z.enum(['parameters', 'skip', 'imports', 'functions']) }),
  ])
  .nullable();

export const pipelineViewSchema = z.object({
  /** The revision of the notebook this was made from. */
  revision: z.number().int(),
  facts: notebookFactsSchema,
  pipeline: pipelineSchema,
  choices: pipelineChoicesSchema,
  /** What the last run in a fresh kernel showed of the cells whose text is still the same; null before there was one. */
  recording: recordingSchema.nullable().optional(),
  /** Why slipway.yaml could not be read (then nothing is written to it), null when all is well. */
  choicesError: studioErrorSchema.nullable(),
});
export type PipelineView = z.infer<typeof pipelineViewSchema>;

export const pipelineContract = {
  /** `path` is the key `notebook.open` answered with. */
  watch: oc.input(z.object({ path })).output(eventIterator(pipelineViewSchema)),
  assign: oc.input(cells.extend({ role: cellRoleSchema })).output(doneOrError),
  skip: oc.input(cells).output(doneOrError),
  unskip: oc.input(cells).output(doneOrError),
  /** Into one step, named like the first unless `name` says otherwise. */
  merge: oc
    .input(z.object({ path, stepIds: z.array(stepIdSchema).min(2), name: z.string().optional() }))
    .output(doneOrError),
  /** The cell and what follows it in its step become a step of their own. */
  split: oc
    .input(z.object({ path, cellId: cellIdSchema, name: z.string().optional() }))
    .output(doneOrError),
  rename: oc
    .input(z.object({ path, stepId: stepIdSchema, name: z.string().trim().min(1) }))
    .output(doneOrError),
  /** `start` and `end` enclose a literal of the cell; a cursor inside one (start = end) is enough. */
  promoteLiteral: oc
    .input(
      z.object({ path, name: pythonNameSchema, cellId: cellIdSchema, start: offset, end: offset }),
    )
    .output(doneOrError),
  removeParameter: oc.input(z.object({ path, name: z.string() })).output(doneOrError),
  setParameter: oc
    .input(z.object({ path, name: z.string(), change: parameterOverrideSchema }))
    .output(doneOrError),
  /** Retries and time-out of a step; what is left out of `choice` the step no longer has. */
  configureStep: oc
    .input(z.object({ path, stepId: stepIdSchema, choice: stepChoiceSchema }))
    .output(doneOrError),
  /** What a service made of this notebook would answer with; null for a job only. */
  setServe: oc.input(z.object({ path, serve: serveChoiceSchema.nullable() })).output(doneOrError),
  /** One step for the whole notebook, or steps as suggested and tagged. */
  setWhole: oc.input(z.object({ path, isWhole: z.boolean() })).output(doneOrError),
  /** A notebook beside this one becomes a step of its pipeline, run whole by its own kernel. */
  addNotebook: oc.input(z.object({ path, notebook: z.string().min(1) })).output(doneOrError),
  removeNotebook: oc.input(z.object({ path, notebook: z.string().min(1) })).output(doneOrError),
  /** The order that counts where no file decides, this notebook among them; names left out stay behind. */
  orderNotebooks: oc.input(z.object({ path, notebooks: z.array(z.string()) })).output(doneOrError),
  /** The notebooks beside this one that are not in its pipeline. */
  listNotebooks: oc.input(z.object({ path })).output(resultOf(z.array(z.string()))),
  /** Variables that look like models, the likeliest first. */
  suggestServe: oc
    .input(z.object({ path }))
    .output(resultOf(z.array(serveChoiceSchema.extend({ reason: z.string() })))),
};
