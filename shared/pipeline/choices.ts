/** What cell tags cannot hold about a pipeline: kept in slipway.yaml beside the notebook. */
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import { PARAMETER_TYPES } from './pipeline';

const offset = z.number().int().nonnegative();

/** A name as Python would take it for a variable. */
export const pythonNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** A literal a person made a parameter. */
export const promotedLiteralSchema = z.object({
  name: pythonNameSchema,
  cellId: cellIdSchema,
  /** Offsets in the cell's source when it was promoted; the text is looked for nearby when the cell has changed. */
  start: offset,
  end: offset,
  /** What stood there. Where the cell no longer says so the promotion is stale, and a problem says it. */
  text: z.string(),
});
export type PromotedLiteral = z.infer<typeof promotedLiteralSchema>;

/** What a person changed about a parameter; absent fields follow the notebook. */
export const parameterOverrideSchema = z.object({
  type: z.enum(PARAMETER_TYPES).optional(),
  defaultSource: z.string().optional(),
  doc: z.string().optional(),
  /** For `enum`. */
  values: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** It stays what the notebook says and is no parameter. */
  isRemoved: z.boolean().optional(),
});
export type ParameterOverride = z.infer<typeof parameterOverrideSchema>;

/** What a service answers with: a function of the notebook, or a model whose `predict` is called. */
export const serveChoiceSchema = z.object({
  /** The variable holding the model, null when a function is enough. */
  model: pythonNameSchema.nullable(),
  /** A method of the model (`predict`) or, without a model, a function of the notebook. */
  function: pythonNameSchema,
  /** A JSON value a request would carry. */
  inputExample: z.unknown().optional(),
});
export type ServeChoice = z.infer<typeof serveChoiceSchema>;

/** How a step is run: named as in slipway.yaml and in the package (the names are Prefect's). */
export const stepChoiceSchema = z.object({
  retries: z
    .number()
    .int('Retries are a whole number.')
    .min(0, 'Retries are 0 or more.')
    .max(100, 'Retries are 100 at most.')
    .optional()
    .describe('How often the step is run again after a failure.'),
  timeout_seconds: z
    .number()
    .positive('A time-out is more than 0 seconds.')
    .max(2_592_000, 'A time-out is 30 days at most.')
    .optional()
    .describe('How long the step may take; then it is ended with all it started.'),
});
export type StepChoice = z.infer<typeof stepChoiceSchema>;

export const pipelineChoicesSchema = z.object({
  literals: z.array(promotedLiteralSchema),
  /** By parameter name. */
  parameters: z.record(z.string(), parameterOverrideSchema),
  serve: serveChoiceSchema.nullable(),
  /** By step id. Absent where none was chosen, so that nothing is written of it. */
  steps: z.record(z.string(), stepChoiceSchema).optional(),
  /** The notebook runs as one step, by its own kernel. */
  whole: z.boolean().optional(),
  /** Further notebooks of the pipeline, in the order that a person gives; where this one is named is its place, else the end. */
  notebooks: z
    .array(
      z
        .string()
        .regex(/^[^/\\]+\.ipynb$/, 'A further notebook lies beside this one: write its file name.'),
    )
    .optional(),
});
export type PipelineChoices = z.infer<typeof pipelineChoicesSchema>;

export const NO_CHOICES: PipelineChoices = { literals: [], parameters: {}, serve: null };
