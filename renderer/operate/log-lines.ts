/** The lines of a followed log: the newest stay, a batch that comes again adds nothing. */
import type { LogBatch, LogLine } from '../../shared/operate';

export const LINES_KEPT = 5000;

export interface LogState {
  readonly lines: readonly LogLine[];
  /** How many were let go because of `LINES_KEPT`. */
  readonly dropped: number;
}

export const NO_LINES: LogState = { lines: [], dropped: 0 };

export function addBatch(state: LogState, batch: LogBatch): LogState {
  const last = state.lines.at(-1)?.index ?? -1;
  const fresh = batch.lines.filter((line) => line.index > last);
  if (fresh.length === 0) return state;
  const all = [...state.lines, ...fresh];
  const surplus = Math.max(0, all.length - LINES_KEPT);
  return { lines: all.slice(surplus), dropped: state.dropped + surplus };
}

export function logText(line: LogLine): string {
  const time =
    line.at === null ? '' : `${new Date(line.at).toLocaleTimeString([], { hour12: false })} `;
  const source = line.source === 'supervisor' ? '[supervisor] ' : '';
  return `${time}${source}${line.text}`;
}
