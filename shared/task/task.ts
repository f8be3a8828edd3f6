/** Long work: what a person sees of it. `electron/task` runs it; the window and the CLI show it. */
import { z } from 'zod';
import { taskIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';
import { stageSchema } from '../stages';

export const taskProgressSchema = z.object({
  /** 0 to 1, or null where the amount of work cannot be known. */
  fraction: z.number().min(0).max(1).nullable(),
  message: z.string(),
});
export type TaskProgress = z.infer<typeof taskProgressSchema>;

export const taskSchema = z.object({
  id: taskIdSchema,
  stage: stageSchema,
  label: z.string(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  progress: taskProgressSchema,
  /** What it says when it ended well, for the notification. */
  outcome: z.string().optional(),
  error: studioErrorSchema.optional(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  endedAt: z.number().optional(),
});
export type Task = z.infer<typeof taskSchema>;

/** The most lines of log a task keeps; older ones are dropped and counted. */
export const TASK_LOG_LINES = 5000;

export const taskLogSchema = z.object({
  dropped: z.number().int(),
  lines: z.array(z.string()),
});
export type TaskLog = z.infer<typeof taskLogSchema>;
