/**
 * Where a value stands on a slider of 0 to 1000. A logarithmic slider uses log(1 + value / unit), so that zero has a
 * place on it and each tenfold takes about the same way.
 */

export const SLIDER_LENGTH = 1000;

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly isLogarithmic: boolean;
}

const bend = (range: NumberRange, value: number) =>
  range.isLogarithmic ? Math.log1p((value - range.min) / range.step) : value - range.min;

const straighten = (range: NumberRange, bent: number) =>
  range.isLogarithmic ? Math.expm1(bent) * range.step + range.min : bent + range.min;

export function toSlider(range: NumberRange, value: number): number {
  const inside = Math.min(range.max, Math.max(range.min, value));
  const share = bend(range, inside) / bend(range, range.max);
  return Number.isFinite(share) ? Math.round(share * SLIDER_LENGTH) : 0;
}

/** Two significant digits on a logarithmic slider, else the nearest step; never outside the range. */
export function fromSlider(range: NumberRange, position: number): number {
  const raw = straighten(range, (position / SLIDER_LENGTH) * bend(range, range.max));
  const stepped = Math.round((raw - range.min) / range.step) * range.step + range.min;
  const rounded =
    range.isLogarithmic && stepped !== range.min ? Number(stepped.toPrecision(2)) : stepped;
  return Number(Math.min(range.max, Math.max(range.min, rounded)).toPrecision(12));
}
