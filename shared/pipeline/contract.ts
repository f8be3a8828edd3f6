/** Stage pipeline: the notebook's cells as steps, live while a person types. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { cellIdSchema, stepIdSchema } from '../base/ids';
import { doneOrError } from '../base/result';
import { cellFactsSchema } from './facts';
import { pipelineChoicesSchema, pipelineSchema } from './pipeline';

/** What the place shows: facts per cell, the pipeline they give, and the choices kept in slipway.yaml. */
export const pipelineViewSchema = z.object({
  /** The notebook it speaks of; null when none is open. */
  path: z.string().nullable(),
  facts: z.array(cellFactsSchema),
  pipeline: pipelineSchema,
  choices: pipelineChoicesSchema,
});
export type PipelineView = z.infer<typeof pipelineViewSchema>;

const cells = z.array(cellIdSchema).min(1);

export const pipelineContract = {
  watch: oc.output(eventIterator(pipelineViewSchema)),
  /** Puts cells into the step of that name, which is made where there is none. Written as cell tags. */
  assign: oc.input(z.object({ cellIds: cells, step: z.string().min(1) })).output(doneOrError),
  /** Back to the suggestion. */
  unassign: oc.input(z.object({ cellIds: cells })).output(doneOrError),
  merge: oc.input(z.object({ steps: z.array(stepIdSchema).min(2) })).output(doneOrError),
  /** The cell and those after it in its step become a step of their own. */
  split: oc
    .input(z.object({ step: stepIdSchema, cellId: cellIdSchema, name: z.string().min(1) }))
    .output(doneOrError),
  rename: oc.input(z.object({ step: stepIdSchema, name: z.string().min(1) })).output(doneOrError),
  skip: oc.input(z.object({ cellIds: cells, isSkipped: z.boolean() })).output(doneOrError),
  /** The literal at these offsets of the cell's source becomes a parameter. */
  promoteLiteral: oc
    .input(
      z.object({
        cellId: cellIdSchema,
        start: z.number().int().nonnegative(),
        end: z.number().int().nonnegative(),
        name: z.string(),
      }),
    )
    .output(doneOrError),
  removeParameter: oc.input(z.object({ name: z.string() })).output(doneOrError),
};
