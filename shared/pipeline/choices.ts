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

export const pipelineChoicesSchema = z.object({
  literals: z.array(promotedLiteralSchema),
  /** By parameter name. */
  parameters: z.record(z.string(), parameterOverrideSchema),
  serve: serveChoiceSchema.nullable(),
  /** The notebook runs as one step, by its own kernel. */
  whole: z.boolean().optional(),
});
export type PipelineChoices = z.infer<typeof pipelineChoicesSchema>;

export const NO_CHOICES: PipelineChoices = { literals: [], parameters: {}, serve: null };
