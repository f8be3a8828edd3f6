/** Cells as steps: what each takes and gives, why, and what stands in the way. */
import { z } from 'zod';
import { cellIdSchema, stepIdSchema } from '../base/ids';
import { nextStepSchema } from '../base/studio-error';

const line = z.number().int().positive();

export const PARAMETER_TYPES = [
  'int',
  'float',
  'bool',
  'str',
  'path',
  'date',
  'list',
  'enum',
  'secret',
  'json',
] as const;

export const parameterSchema = z.object({
  name: z.string(),
  type: z.enum(PARAMETER_TYPES),
  /** The default as Python source: `200`, `"data.csv"`. */
  defaultSource: z.string(),
  doc: z.string(),
  cellId: cellIdSchema,
  line,
  /** `cell`: from a `parameters` cell; `literal`: promoted from a literal, whose text in the cell is `defaultSource`. */
  origin: z.enum(['cell', 'literal']),
  values: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** Where its literal stands: offsets in the cell's source. */
  start: z.number().int().optional(),
  end: z.number().int().optional(),
});
export type Parameter = z.infer<typeof parameterSchema>;

/** A definition of an earlier cell that a step needs and that cannot move to the helpers: it is repeated there. */
export const travellingSchema = z.object({ cellId: cellIdSchema, name: z.string() });
export type TravellingDefinition = z.infer<typeof travellingSchema>;

export const stepSchema = z.object({
  id: stepIdSchema,
  /** As a person reads it: the heading. */
  name: z.string(),
  cellIds: z.array(cellIdSchema),
  inputs: z.array(z.string()),
  /** What a later step reads, and what the step leaves at the end of the notebook. */
  outputs: z.array(z.string()),
  parameters: z.array(z.string()),
  /** Import statements its cells need, from wherever in the notebook they stand. */
  imports: z.array(z.string()),
  /** Movable functions and classes it uses. */
  helpers: z.array(z.string()),
  /** Definitions of other steps it uses and that read notebook variables; those variables are among its inputs. */
  travellingDefinitions: z.array(travellingSchema),
  /** It draws from a global random stream (`random`, numpy's legacy generator): its state has to travel. */
  drawsRandomly: z.boolean(),
  reason: z.string(),
  /** How often it is run again after a failure; absent for never. */
  retries: z.number().int().optional(),
  /** How long it may take; absent for as long as it likes. */
  timeoutSeconds: z.number().optional(),
  /** 0 to 7. */
  colour: z.number().int(),
  /** Where it is another notebook as a whole: its file name, what runs it, and how many cells that are. */
  notebook: z
    .object({
      path: z.string(),
      kernel: z.string(),
      language: z.string(),
      cells: z.number().int(),
    })
    .optional(),
});
export type Step = z.infer<typeof stepSchema>;

export const lineReferenceSchema = z.object({
  cellId: cellIdSchema,
  line,
  text: z.string(),
  /** Where the cell is one of another notebook: its file name, and the cell's number there. */
  notebook: z.string().optional(),
  cellNumber: z.number().int().optional(),
});
export type LineReference = z.infer<typeof lineReferenceSchema>;

export const edgeSchema = z.object({
  from: stepIdSchema,
  to: stepIdSchema,
  artifacts: z.array(
    z.object({ name: z.string(), writer: lineReferenceSchema, reader: lineReferenceSchema }),
  ),
});
export type Edge = z.infer<typeof edgeSchema>;

export const problemSchema = z.object({
  severity: z.enum(['error', 'warning', 'hint']),
  message: z.string(),
  cellId: cellIdSchema.optional(),
  /** Counted from 1 over all cells. */
  cellNumber: z.number().int().optional(),
  line: line.optional(),
  nextSteps: z.array(nextStepSchema),
});
export type Problem = z.infer<typeof problemSchema>;

/** Where a cell goes. `isChosen`: a tag says so, not the suggestion. */
export const placementSchema = z.object({
  cellId: cellIdSchema,
  place: z.enum(['step', 'imports', 'helpers', 'parameters', 'skipped', 'text']),
  stepId: stepIdSchema.nullable(),
  isChosen: z.boolean(),
});
export type Placement = z.infer<typeof placementSchema>;

export const pipelineSchema = z.object({
  /** In the order they run. */
  steps: z.array(stepSchema),
  edges: z.array(edgeSchema),
  parameters: z.array(parameterSchema),
  /** One per cell, in the notebook's order. */
  placements: z.array(placementSchema),
  /** All import statements of the notebook that its steps or helpers need, once each. */
  imports: z.array(z.string()),
  /** Distributions named by `%pip install` and `!pip install`. */
  requirements: z.array(z.string()),
  skipped: z.array(z.object({ cellId: cellIdSchema, reason: z.string() })),
  /** Cells of which only a plot or a table comes, offered to be skipped. */
  skippable: z.array(z.object({ cellId: cellIdSchema, reason: z.string() })),
  /** Which definitions move to helpers.py. */
  helpers: z.array(z.object({ cellId: cellIdSchema, names: z.array(z.string()) })),
  problems: z.array(problemSchema),
  /** Where its one step is the notebook as a whole: the kernel that runs it. */
  whole: z.object({ kernel: z.string(), language: z.string() }).optional(),
  /** With further notebooks: files that one of them makes before any reads them, from the notebook's folder. */
  made: z.array(z.string()).optional(),
});
export type Pipeline = z.infer<typeof pipelineSchema>;
