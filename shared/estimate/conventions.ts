/** The conventions vendors' calculators share: 730 hours a month, 730/24 days. */

export const HOURS_PER_MONTH = 730;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;
export const GIB = 1024 ** 3;

/** Up to the next multiple of `step`; a rounding error in the last digits does not add a step. */
export const roundUpTo = (value: number, step: number): number =>
  Math.ceil(Number((value / step).toPrecision(12))) * step;

/** 2.5 M, 41,000, 3.2, 0.0012: for sentences, not for sums. */
export function showNumber(value: number): string {
  if (value >= 1_000_000) return `${trim((value / 1_000_000).toPrecision(3))} M`;
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return trim(value.toPrecision(3));
}

const trim = (text: string): string => String(Number(text));
