/** A package run for many values of its parameters: one row for each combination. */
import { z } from 'zod';

export const sweepValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()]);

export const sweepRowSchema = z.object({
  /** As the package understood them; a list or JSON value stays one. */
  parameters: z.record(z.string(), z.json()),
  /** The numbers of the last step that gives any, or the outputs asked for. */
  values: z.record(z.string(), sweepValueSchema),
  /** The steps that were run for it; the others were unchanged or shared with another combination. */
  ran: z.array(z.string()),
  error: z.string().nullable(),
  run_folder: z.string(),
  /** Of the steps that were run for it, without waiting for others. */
  wall_ms: z.number(),
});
export type SweepRow = z.infer<typeof sweepRowSchema>;

export interface Sweep {
  /** Holds results.csv, results.json and a run folder for each combination. */
  readonly folder: string;
  readonly rows: readonly SweepRow[];
}

export function describeSweep({ rows }: Sweep): string {
  const failed = rows.filter(({ error }) => error !== null).length;
  const done = `${rows.length - failed} of ${rows.length} combinations ran`;
  const steps = rows.reduce((sum, { ran }) => sum + ran.length, 0);
  return `${done}; ${steps} steps had to be run`;
}
