/** Lines of a deployment's log. */
import { z } from 'zod';

export const LOG_SOURCES = ['service', 'supervisor', 'run'] as const;
export const logSourceSchema = z.enum(LOG_SOURCES);
export type LogSource = z.infer<typeof logSourceSchema>;

export const logLineSchema = z.object({
  /** Grows by one a line; unique within a stream. */
  index: z.number().int(),
  at: z.number().nullable(),
  source: logSourceSchema,
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

export const logBatchSchema = z.object({ lines: z.array(logLineSchema) });
export type LogBatch = z.infer<typeof logBatchSchema>;
