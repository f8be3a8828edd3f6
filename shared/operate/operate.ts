/** What is alive: deployments with state, health, cost so far, revisions and runs. */
import { z } from 'zod';
import { deploymentIdSchema } from '../base/ids';
import { deploymentStatusSchema, healthSchema, jobRunSchema, scheduleSchema } from '../deploy';
import { runModeSchema, targetIdSchema, totalSchema, usdRangeSchema } from '../estimate';

export type { DeploymentStatus, Health, JobRun, LogBatch, LogLine, LogSource } from '../deploy';

export const revisionSchema = z.object({
  number: z.number().int().positive(),
  createdAt: z.number(),
  packageName: z.string(),
  packageDigest: z.string(),
  isCurrent: z.boolean(),
  /** What its plan said it costs; going back to it costs that again. Null where the plan knew none. */
  price: z.object({ usd: totalSchema, per: z.enum(['run', 'month']) }).nullable(),
});
export type Revision = z.infer<typeof revisionSchema>;

/** Requests answered since this revision started; null where it cannot be known. */
export const trafficSchema = z.object({
  requests: z.number().int().nullable(),
  errors: z.number().int().nullable(),
  p95Ms: z.number().nullable(),
  source: z.string(),
});
export type Traffic = z.infer<typeof trafficSchema>;

export const costSoFarSchema = z.object({
  /** From the hours or runs so far and the estimate's rates; null is unknown. */
  toDate: usdRangeSchema.nullable(),
  perHour: z.number().nullable(),
  estimate: totalSchema.nullable(),
  estimatePer: z.enum(['run', 'month']),
  how: z.string(),
});
export type CostSoFar = z.infer<typeof costSoFarSchema>;

export const deploymentSchema = z.object({
  /** Unique among all places. */
  id: z.string(),
  name: deploymentIdSchema,
  /** Engine, cluster or account; null for this computer. */
  place: z.string().nullable(),
  targetId: targetIdSchema,
  mode: runModeSchema,
  packageName: z.string(),
  status: deploymentStatusSchema,
  /** One sentence about the status: what happened, and when it matters what to do. */
  statusDetail: z.string(),
  /** When it came into this status. */
  since: z.number().nullable(),
  health: healthSchema,
  url: z.string().nullable(),
  port: z.number().int().nullable(),
  schedule: scheduleSchema.nullable(),
  nextRunAt: z.number().nullable(),
  revision: z.number().int().positive(),
  revisions: z.array(revisionSchema),
  traffic: trafficSchema,
  restarts: z.number().int(),
  /** Newest first, at most 50. */
  runs: z.array(jobRunSchema),
  cost: costSoFarSchema,
  deployedAt: z.number(),
  /** On this computer; null elsewhere. */
  folder: z.string().nullable(),
  survival: z.array(z.string()),
  /** What is going on with it right now, if anything. */
  activity: z.enum(['none', 'starting', 'stopping', 'restarting', 'rolling-back', 'removing']),
});
export type Deployment = z.infer<typeof deploymentSchema>;

export const operateStateSchema = z.object({
  deployments: z.array(deploymentSchema),
  /** Places that could not be asked: what runs there is not known, which is not nothing. */
  unreachable: z.array(z.object({ place: z.string(), why: z.string() })),
  /** Sum of what is known per hour; null when nothing is known. */
  perHour: z.number().nullable(),
});
export type OperateState = z.infer<typeof operateStateSchema>;

export const predictionSchema = z.object({
  status: z.number().int(),
  ms: z.number(),
  body: z.unknown(),
});
export type Prediction = z.infer<typeof predictionSchema>;

/** What the try-it form needs: the JSON schema of the request and a body that works, both from the running service. */
export const serviceFormSchema = z.object({
  url: z.string(),
  schema: z.unknown(),
  example: z.unknown(),
  curl: z.string(),
});
export type ServiceForm = z.infer<typeof serviceFormSchema>;
