/** How often a cron expression fires in a month of 730 hours. */
import { Cron } from 'croner';
import { fail } from '../../shared/base/studio-error';
import { SECONDS_PER_MONTH } from '../../shared/estimate';

/** Enough to average over weeks and months of different length. */
const RUNS_COUNTED = 400;
/** Any fixed day will do: the rate must not change with the day it is asked on. */
const COUNTED_FROM = new Date('2026-01-01T00:00:00Z');

export function parseSchedule(cron: string, timeZone?: string): Cron {
  try {
    return new Cron(cron, { paused: true, mode: '5-part', timezone: timeZone });
  } catch (thrown) {
    return fail(
      'invalid-input',
      `“${cron}” is not a schedule. Write five fields: minute, hour, day of month, month, day of week.`,
      {
        detail: String(thrown),
      },
    );
  }
}

export function runsPerMonth(cron: string): number {
  const runs = parseSchedule(cron, 'UTC').nextRuns(RUNS_COUNTED, COUNTED_FROM);
  const first = runs[0];
  const last = runs.at(-1);
  if (!first || !last || first === last) {
    return fail('invalid-input', `The schedule “${cron}” never fires, or once only.`);
  }
  const seconds = (last.getTime() - first.getTime()) / 1000;
  return ((runs.length - 1) / seconds) * SECONDS_PER_MONTH;
}
