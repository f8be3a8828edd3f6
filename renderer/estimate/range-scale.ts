/** One common scale for every target's low to high bar, so that lengths can be compared by eye. */

export interface RangeBar {
  /** Percent of the track. */
  readonly start: number;
  readonly width: number;
  readonly likely: number;
}

/** The narrowest bar still visible, in percent: a cheap target's range must not vanish beside a dear one. */
const NARROWEST = 1.5;

export interface PriceRange {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** The end of the scale: the highest known price, or 0 where none is known. */
export function scaleEnd(ranges: readonly (PriceRange | null)[]): number {
  return Math.max(0, ...ranges.map((range) => range?.high ?? 0));
}

export function rangeBar(range: PriceRange, end: number): RangeBar {
  const percent = (value: number) => (end === 0 ? 0 : (Math.max(0, value) / end) * 100);
  const width = Math.max(NARROWEST, percent(range.high) - percent(range.low));
  const start = Math.min(percent(range.low), 100 - width);
  return { start, width, likely: percent(range.likely) };
}
