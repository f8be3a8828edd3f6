/** An estimate as people see it: targets side by side, lines with source and date, assumptions to edit. */
import { z } from 'zod';
import { estimateIdSchema, runIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';
import { runModeSchema, targetIdSchema } from './target-id';

/** Where a number comes from: the measured run, the person, or our assumption (said as such). */
export const basisSchema = z.enum(['measured', 'edited', 'assumed']);
export type Basis = z.infer<typeof basisSchema>;

/** US dollars. */
export const usdRangeSchema = z.object({ low: z.number(), likely: z.number(), high: z.number() });
export type UsdRange = z.infer<typeof usdRangeSchema>;

/** A total. When lines are unpriced it covers the priced ones only and says so. */
export const totalSchema = usdRangeSchema.extend({ isComplete: z.boolean() });
export type Total = z.infer<typeof totalSchema>;

export const lineItemSchema = z.object({
  id: z.string(),
  label: z.string(),
  /** Fixed costs come without any use; usage costs with runs or requests. */
  kind: z.enum(['fixed', 'usage']),
  /** The likely quantity; null where it is not known. */
  quantity: z.number().nullable(),
  unit: z.string(),
  /** Dollars per `unit`; null where the price book has none. */
  price: z.number().nullable(),
  /** quantity × price, likely; null is unknown and never zero. */
  usd: z.number().nullable(),
  range: usdRangeSchema.nullable(),
  basis: basisSchema,
  /** How the quantity came about, as a calculation to follow. */
  how: z.string(),
  source: z.string().nullable(),
  date: z.string().nullable(),
  region: z.string().nullable(),
  /** A sentence when the price is older than 90 days or its date is not known. */
  staleness: z.string().nullable(),
});
export type LineItem = z.infer<typeof lineItemSchema>;

export const fitSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('fits'),
    vcpu: z.number(),
    memoryGib: z.number(),
    reason: z.string(),
    basis: basisSchema,
  }),
  z.object({ kind: z.literal('does-not-fit'), reason: z.string() }),
]);
export type Fit = z.infer<typeof fitSchema>;

/** What comes without any use, likely, in dollars; a line without a price adds nothing. */
export const fixedUsdOf = (lines: readonly LineItem[]): number =>
  lines.filter(({ kind }) => kind === 'fixed').reduce((sum, { usd }) => sum + (usd ?? 0), 0);

export const startTimeSchema = z.object({
  lowMs: z.number(),
  likelyMs: z.number(),
  highMs: z.number(),
  basis: basisSchema,
  note: z.string(),
});
export type StartTime = z.infer<typeof startTimeSchema>;

/** What would move the likely monthly (or per-run) total, largest first. */
export const sensitivitySchema = z.object({
  assumptionKey: z.string(),
  /** "Requests per second doubled". */
  label: z.string(),
  /** The likely total then, and how far that is from now, in dollars. */
  usd: z.number(),
  change: z.number(),
});
export type Sensitivity = z.infer<typeof sensitivitySchema>;

export const targetEstimateSchema = z.object({
  targetId: targetIdSchema,
  title: z.string(),
  /** "Fargate task, Linux x86", "Cloud Run service, request-based". */
  product: z.string(),
  region: z.string().nullable(),
  fit: fitSchema,
  startTime: startTimeSchema,
  /** Null for a service, where nothing fits, and where no line has a price. */
  perRun: totalSchema.nullable(),
  /** Null for a job that runs once, where nothing fits, and where no line has a price. */
  perMonth: totalSchema.nullable(),
  /** What `lines` add up to. */
  period: z.enum(['run', 'month']),
  lines: z.array(lineItemSchema),
  pricedLines: z.number().int(),
  leftOut: z.array(z.string()),
  notes: z.array(z.string()),
  sensitivities: z.array(sensitivitySchema),
});
export type TargetEstimate = z.infer<typeof targetEstimateSchema>;

export const assumptionValueSchema = z.union([z.number(), z.string(), z.boolean()]);
export type AssumptionValue = z.infer<typeof assumptionValueSchema>;

export const assumptionSchema = z.object({
  key: z.string(),
  /** 'use' for how much it is used, 'run' for how it runs, 'place' for regions, 'rate-card' for this computer. */
  group: z.enum(['use', 'run', 'place', 'rate-card']),
  label: z.string(),
  help: z.string(),
  value: assumptionValueSchema,
  unit: z.string(),
  basis: basisSchema,
  /** What it is without an edit, so that an edit can be taken back. */
  original: assumptionValueSchema,
  control: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('number'),
      min: z.number(),
      max: z.number(),
      step: z.number(),
      /** Spreads over orders of magnitude: a logarithmic slider reads better. */
      isLogarithmic: z.boolean(),
    }),
    z.object({ kind: z.literal('choice'), choices: z.array(z.string()) }),
    z.object({ kind: z.literal('switch') }),
    z.object({ kind: z.literal('text'), placeholder: z.string() }),
  ]),
  /** Which targets it touches; empty means all. */
  targets: z.array(targetIdSchema),
});
export type Assumption = z.infer<typeof assumptionSchema>;

/** What the measured run says, gathered from the package's run. */
export const measurementSchema = z.object({
  runId: runIdSchema,
  packageName: z.string(),
  wallMs: z.number().nonnegative(),
  cpuMs: z.number().nonnegative(),
  /** The highest of all steps. */
  peakMemoryBytes: z.number().nonnegative(),
  artifactBytes: z.number().nonnegative(),
  service: z
    .object({
      requestMs: z.number().nonnegative(),
      idleMemoryBytes: z.number().nonnegative(),
      startMs: z.number().nonnegative(),
    })
    .nullable(),
});
export type Measurement = z.infer<typeof measurementSchema>;

export const estimateSchema = z.object({
  /** A hash of everything that went in: the same inputs give the same id. */
  id: estimateIdSchema,
  mode: runModeSchema,
  measurement: measurementSchema,
  targets: z.array(targetEstimateSchema),
  /** The dates of the oldest and newest price used. */
  pricesFrom: z.string().nullable(),
  pricesTo: z.string().nullable(),
  isShown: z.boolean(),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const estimateStateSchema = z.object({
  mode: runModeSchema,
  /** A package without a service has jobs only. */
  modes: z.array(runModeSchema),
  chosenTarget: targetIdSchema,
  assumptions: z.array(assumptionSchema),
  /** Null until the package has run once: there is nothing to measure from. */
  estimate: estimateSchema.nullable(),
  /** Why there is no estimate, with the button that helps. */
  problem: studioErrorSchema.nullable(),
});
export type EstimateState = z.infer<typeof estimateStateSchema>;
