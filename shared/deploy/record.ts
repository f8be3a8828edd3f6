/** deployment.json: what was asked for. What is the case stands in state.json, written by the supervisor alone. */
import { z } from 'zod';
import { deploymentIdSchema, estimateIdSchema } from '../base/ids';
import { runModeSchema, targetIdSchema, totalSchema } from '../estimate';
import { deploySettingsSchema, scheduleSchema } from './deploy';

export const revisionRecordSchema = z.object({
  number: z.number().int().positive(),
  createdAt: z.number(),
  packageName: z.string(),
  packageDigest: z.string(),
  /** The virtual environment's folder; it is shared between deployments with the same lock file. Null where it runs from an image. */
  environment: z.string().nullable(),
  /** The image's name, with its tag or digest; null where it runs without one. */
  image: z.string().nullable().default(null),
  /** All it was deployed with: what is needed to go back to it. Null for this computer, whose folder holds it. */
  settings: deploySettingsSchema.nullable().default(null),
  parameters: z.record(z.string(), z.string()),
  schedule: scheduleSchema.nullable(),
  estimate: z.object({
    id: estimateIdSchema,
    perRun: totalSchema.nullable(),
    perMonth: totalSchema.nullable(),
  }),
});
export type RevisionRecord = z.infer<typeof revisionRecordSchema>;

export const deploymentRecordSchema = z.object({
  version: z.literal(1),
  id: deploymentIdSchema,
  targetId: targetIdSchema,
  mode: runModeSchema,
  port: z.number().int().nullable(),
  /** Whether it should be up. */
  wanted: z.enum(['up', 'stopped']),
  isFinished: z.boolean(),
  currentRevision: z.number().int().positive(),
  revisions: z.array(revisionRecordSchema),
  createdAt: z.number(),
  deployedAt: z.number(),
});
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;

export function currentRevision(record: DeploymentRecord): RevisionRecord | null {
  return record.revisions.find((each) => each.number === record.currentRevision) ?? null;
}
