/** A run of the package here: what each step took, what it gave, and whether that is what the notebook gave. */
import { z } from 'zod';
import { cellIdSchema, runIdSchema, stepIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';
import { bytesSchema, millisecondsSchema } from '../base/units';

/** How an artifact is kept: by its type, and only where reading it back gives an equal value. */
export const artifactKindSchema = z.enum(['parquet', 'npy', 'json', 'pickle', 'none']);
export type ArtifactKind = z.infer<typeof artifactKindSchema>;

/** What can be served: an output with `predict`, as the run found it. */
export const predictorSchema = z.object({
  className: z.string(),
  /** How many columns a row has; null where the object does not say. */
  featureCount: z.number().int().nullable(),
  /** The columns' names; null where it was fitted without names. */
  featureNames: z.array(z.string()).nullable(),
  /** A row it was fitted with, as JSON; null where none was found. */
  sampleRow: z.array(z.unknown()).nullable(),
});
export type Predictor = z.infer<typeof predictorSchema>;

export const artifactSchema = z.object({
  name: z.string(),
  bytes: bytesSchema,
  kind: artifactKindSchema,
  /** The Python type, for example `pandas.DataFrame`. */
  type: z.string(),
  /** One line: shape, length or value. */
  summary: z.string(),
  /** Null for what has no `predict`. */
  predictor: predictorSchema.nullable(),
  /** Why it could not be kept, for `none`. */
  reason: z.string().nullable().optional(),
});
export type Artifact = z.infer<typeof artifactSchema>;

export const stepRunSchema = z.object({
  stepId: stepIdSchema,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled']),
  wallMs: millisecondsSchema.nullable(),
  cpuMs: millisecondsSchema.nullable(),
  peakMemoryBytes: bytesSchema.nullable(),
  artifacts: z.array(artifactSchema),
  /** Which attempt this is, where it had to be run again after a failure. */
  attempt: z.number().int().optional(),
  /** The last lines it printed. */
  outputTail: z.string(),
  error: studioErrorSchema.nullable(),
});
export type StepRun = z.infer<typeof stepRunSchema>;

export const verdictSchema = z.enum(['identical', 'within-tolerance', 'different', 'not-compared']);
export type Verdict = z.infer<typeof verdictSchema>;

/** The first place where two values differ; both sides as text. */
export const placeSchema = z.object({
  path: z.string(),
  /** Counted from 0. */
  row: z.number().int().nullable(),
  column: z.string().nullable(),
  /** The row's label, where rows have labels of their own. */
  index: z.string().nullable(),
  notebook: z.string(),
  package: z.string(),
});
export type Place = z.infer<typeof placeSchema>;

export const causeSchema = z.object({
  kind: z.enum([
    'edited',
    'upstream',
    'missing-output',
    'missed-mutation',
    'randomness',
    'clock',
    'order',
    'outside',
    'environment',
    'notebook-varies',
    'code',
  ]),
  /** A sentence or two: why, and how sure that is. */
  text: z.string(),
  cellId: cellIdSchema.nullable(),
  /** Counted from 1 over all cells. */
  cellNumber: z.number().int().nullable(),
  line: z.number().int().nullable(),
});
export type Cause = z.infer<typeof causeSchema>;

export const comparisonSchema = z.object({
  stepId: stepIdSchema,
  /** The output's name in the notebook. */
  name: z.string(),
  /** The Python type that decided how they were compared. */
  kind: z.string(),
  verdict: verdictSchema,
  /** Where they differ, how far, or why they can't be compared; empty where there is nothing to say. */
  note: z.string(),
  /** `input`: it only came in, and the step left it as it is not in the notebook. */
  role: z.enum(['output', 'input']).optional(),
  place: placeSchema.nullable().optional(),
  /** The likely cause of a difference. */
  cause: causeSchema.nullable().optional(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const comparisonCountsSchema = z.object({
  identical: z.number().int(),
  withinTolerance: z.number().int(),
  different: z.number().int(),
  notCompared: z.number().int(),
});
export type ComparisonCounts = z.infer<typeof comparisonCountsSchema>;

export const serviceMeasurementSchema = z.object({
  /** From the start of the process to the first ready answer. */
  startMs: millisecondsSchema,
  /** The median of `requests` predictions of one row, one after another. */
  requestMs: millisecondsSchema,
  requestMs95: millisecondsSchema,
  requests: z.number().int(),
  idleMemoryBytes: bytesSchema,
});
export type ServiceMeasurement = z.infer<typeof serviceMeasurementSchema>;

export const runEnvironmentSchema = z.object({
  python: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
});
export type RunEnvironment = z.infer<typeof runEnvironmentSchema>;

/** Numbers closer than `absolute + relative × |value|` count as equal (resources/templates/tests/comparison.py). */
export const TOLERANCE = { relative: 1e-9, absolute: 1e-12 } as const;

export const referenceSchema = z.object({
  python: z.string(),
  /** All cells together, the recorder's own work left out. */
  wallMs: millisecondsSchema,
  recorderMs: millisecondsSchema,
  /** Whether a second run gave the same: null where none was made. */
  isRepeatable: z.boolean().nullable(),
});

export const packageRunSchema = z.object({
  runId: runIdSchema,
  /** Hash of the package's files the run was made with. */
  packageHash: z.string(),
  packageName: z.string(),
  /** The notebook's file name. */
  notebookName: z.string().optional(),
  /** Of the steps' code, their order, the lock file and the data: what decides what a run gives. */
  codeHash: z.string().optional(),
  /** Where the run's files are. */
  folder: z.string().optional(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** The state both sides began their random streams from, so that unseeded draws can be compared. */
  seed: z.number().int(),
  parameters: z.record(z.string(), z.string()),
  steps: z.array(stepRunSchema),
  comparisons: z.array(comparisonSchema),
  /** Only these steps ran, with what the notebook handed them; absent where all did. */
  onlySteps: z.array(stepIdSchema).optional(),
  /** The notebook's own run that it was compared with. */
  reference: referenceSchema.optional(),
  environment: runEnvironmentSchema.nullable(),
  serviceMeasurement: serviceMeasurementSchema.nullable(),
  error: studioErrorSchema.nullable(),
});
export type PackageRun = z.infer<typeof packageRunSchema>;

const COUNT_OF = {
  identical: 'identical',
  'within-tolerance': 'withinTolerance',
  different: 'different',
  'not-compared': 'notCompared',
} as const satisfies Record<Verdict, keyof ComparisonCounts>;

export function countVerdicts(comparisons: readonly Comparison[]): ComparisonCounts {
  const counts = { identical: 0, withinTolerance: 0, different: 0, notCompared: 0 };
  for (const { verdict } of comparisons) counts[COUNT_OF[verdict]] += 1;
  return counts;
}

/** Proved: everything that could be compared is equal, and something could. */
export function isProved(run: PackageRun): boolean {
  const counts = countVerdicts(run.comparisons);
  return (
    run.state === 'succeeded' &&
    run.onlySteps === undefined &&
    counts.different === 0 &&
    counts.identical + counts.withinTolerance > 0
  );
}
