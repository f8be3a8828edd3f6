/** What a supervisor writes of the process it keeps: its status, health, runs. */
import { z } from 'zod';

export const DEPLOYMENT_STATUSES = [
  'starting',
  'running',
  /** It runs, but its health check fails. */
  'unhealthy',
  /** It ended by itself and is started again after a pause. */
  'restarting',
  'stopped',
  /** Waits for its next run. */
  'scheduled',
  /** A job that waits to be told. */
  'idle',
  /** Its last run or start failed and nothing more happens by itself. */
  'failed',
  /** It should be running, but its supervisor is gone (the computer was restarted, or it was ended from outside). */
  'lost',
  /** A deployment that was begun and not finished. */
  'unfinished',
] as const;
export const deploymentStatusSchema = z.enum(DEPLOYMENT_STATUSES);
export type DeploymentStatus = z.infer<typeof deploymentStatusSchema>;

export const healthSchema = z.object({
  status: z.enum(['ok', 'failing', 'unknown']),
  message: z.string(),
  checkedAt: z.number().nullable(),
});
export type Health = z.infer<typeof healthSchema>;

/** One run of a job. */
export const jobRunSchema = z.object({
  id: z.string(),
  revision: z.number().int(),
  trigger: z.enum(['schedule', 'person']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'skipped']),
  exitCode: z.number().int().nullable(),
  message: z.string(),
});
export type JobRun = z.infer<typeof jobRunSchema>;

/** A process by its id and start time; see electron/base/process-identity. */
const processSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });

/** What is the case with a deployment, wherever it runs. Null is what the place cannot tell. */
export const runtimeStateSchema = z.object({
  status: deploymentStatusSchema,
  detail: z.string(),
  since: z.number(),
  revision: z.number().int(),
  health: healthSchema,
  restarts: z.number().int(),
  requests: z.number().int().nullable(),
  errors: z.number().int().nullable(),
  /** Milliseconds a service was up, or a job ran, over the deployment's whole life. */
  activeMs: z.number(),
  /** Runs that ended or go on, over the deployment's whole life. */
  runCount: z.number().int(),
  /** Newest first. */
  runs: z.array(jobRunSchema),
  nextRunAt: z.number().nullable(),
});
export type RuntimeState = z.infer<typeof runtimeStateSchema>;

export const supervisorStateSchema = runtimeStateSchema.extend({
  version: z.literal(1),
  supervisor: processSchema.nullable(),
  child: processSchema.nullable(),
  requests: z.number().int(),
  errors: z.number().int(),
  /** The newest commands carried out, so that who sent them knows. */
  handled: z.array(z.string()),
  updatedAt: z.number(),
});
export type SupervisorState = z.infer<typeof supervisorStateSchema>;

export const SUPERVISOR_COMMANDS = ['stop', 'start', 'restart', 'reload', 'run', 'quit'] as const;
export const supervisorCommandSchema = z.object({
  id: z.string(),
  command: z.enum(SUPERVISOR_COMMANDS),
});
export type SupervisorCommand = z.infer<typeof supervisorCommandSchema>;
