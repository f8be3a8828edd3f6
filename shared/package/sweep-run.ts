/** A sweep as it goes on: a point for each combination of values, and what is to be told of them. */
import { z } from 'zod';
import { taskIdSchema } from '../base/ids';
import { type StudioError, studioError, studioErrorSchema } from '../base/studio-error';
import { Milliseconds, millisecondsSchema } from '../base/units';
import { type SweepRow, sweepValueSchema } from './sweep';
import { sweepPlanSchema } from './sweep-plan';

export const sweepPointSchema = z.object({
  /** As the package understood them. */
  parameters: z.record(z.string(), z.json()),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  /** The step at work, while it runs. */
  step: z.string().nullable(),
  wallMs: millisecondsSchema.nullable(),
  values: z.record(z.string(), sweepValueSchema),
  /** The steps that were run for it; the others were unchanged or shared with another point. */
  ran: z.array(z.string()),
  error: studioErrorSchema.nullable(),
  folder: z.string().nullable(),
});
export type SweepPoint = z.infer<typeof sweepPointSchema>;

export const sweepRunSchema = z.object({
  /** Null where the command line asked for it in its own words. */
  plan: sweepPlanSchema.nullable(),
  state: z.enum(['running', 'ended', 'failed', 'cancelled']),
  /** Null once the studio that ran it has ended. */
  taskId: taskIdSchema.nullable(),
  packageName: z.string(),
  /** Hash of the package's files it was made with; null before they are written. */
  packageHash: z.string().nullable(),
  /** Holds results.csv, results.json and a run folder for each point. */
  folder: z.string(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Empty until the package has said which they are. */
  points: z.array(sweepPointSchema),
  error: studioErrorSchema.nullable(),
});
export type SweepRun = z.infer<typeof sweepRunSchema>;

export type SweepEvent =
  | { readonly event: 'sweep-started'; readonly combinations: readonly SweepPoint['parameters'][] }
  | { readonly event: 'step-started'; readonly combination: number; readonly step: string }
  | {
      readonly event: 'combination-done';
      readonly combination: number;
      readonly row: SweepRow;
      /** Where its failure can be told better than by the row's sentence. */
      readonly failure: StudioError | null;
    };

export function applySweepEvent(run: SweepRun, event: SweepEvent): SweepRun {
  if (event.event === 'sweep-started') {
    return { ...run, points: event.combinations.map(waiting) };
  }
  const change = event.event === 'step-started' ? atStep(event.step) : ended(event);
  const points = run.points.map((point, at) =>
    at === event.combination ? { ...point, ...change } : point,
  );
  return { ...run, points };
}

const waiting = (parameters: SweepPoint['parameters']): SweepPoint => ({
  parameters,
  state: 'waiting',
  step: null,
  wallMs: null,
  values: {},
  ran: [],
  error: null,
  folder: null,
});

const atStep = (step: string): Partial<SweepPoint> => ({ state: 'running', step });

/** How the package says of a combination that it was ended from outside. */
const CANCELLED = 'cancelled';

function ended({
  row,
  failure,
}: Extract<SweepEvent, { event: 'combination-done' }>): Partial<SweepPoint> {
  const { error, values, ran, run_folder: folder, wall_ms } = row;
  const about = { step: null, values, ran, folder, wallMs: Milliseconds(wall_ms) };
  if (error === null) return { ...about, state: 'done', error: null };
  if (error === CANCELLED) return { ...about, state: 'cancelled', error: null };
  return { ...about, state: 'failed', error: failure ?? studioError('step-failed', error) };
}

/** Its end, whole or not: what had not come to its end was cut off. */
export function endSweep(run: SweepRun, endedAt: number, error: StudioError | null): SweepRun {
  const isCancelled = error?.kind === 'cancelled';
  const points = run.points.map((point): SweepPoint => {
    const isOver = point.state === 'done' || point.state === 'failed';
    return isOver ? point : { ...point, state: 'cancelled', step: null };
  });
  return {
    ...run,
    state: isCancelled ? 'cancelled' : error ? 'failed' : 'ended',
    endedAt,
    points,
    error: isCancelled ? null : error,
  };
}

// ── what is told of it ──

export type SweepValue = SweepPoint['values'][string] | SweepPoint['parameters'][string];

export interface SweepColumns {
  /** Parameters that were given values. */
  readonly parameters: readonly string[];
  /** Results that are not the same at all points. */
  readonly results: readonly string[];
  /** Results that are: said once, not at each point. */
  readonly same: readonly { readonly name: string; readonly value: SweepValue }[];
}

export function sweepColumns(points: readonly SweepPoint[]): SweepColumns {
  const done = points.filter(({ state }) => state === 'done');
  const names = (all: readonly object[]) => [...new Set(all.flatMap((each) => Object.keys(each)))];
  const all = names(done.map(({ values }) => values));
  const isSame = (name: string) =>
    done.length > 1 && new Set(done.map(({ values }) => JSON.stringify(values[name]))).size === 1;
  return {
    parameters: names(points.map(({ parameters }) => parameters)),
    results: all.filter((name) => !isSame(name)),
    same: all.filter(isSame).map((name) => ({ name, value: done[0]?.values[name] ?? null })),
  };
}

export function countPoints(points: readonly SweepPoint[]): Record<SweepPoint['state'], number> {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { state } of points) counts[state] += 1;
  return counts;
}
