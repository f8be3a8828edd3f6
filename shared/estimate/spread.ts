/** A quantity with its low and high: what the range of an estimate is made of. */
import type { Basis } from './estimate';

export interface Spread {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

export const exactly = (value: number): Spread => ({ low: value, likely: value, high: value });

export const mapSpread = (spread: Spread, change: (value: number) => number): Spread => ({
  low: change(spread.low),
  likely: change(spread.likely),
  high: change(spread.high),
});

/** Combines low with low and high with high: the corners, as every cost here grows with its quantities. */
export const combine = (
  left: Spread,
  right: Spread,
  how: (left: number, right: number) => number,
): Spread => ({
  low: how(left.low, right.low),
  likely: how(left.likely, right.likely),
  high: how(left.high, right.high),
});

export const times = (left: Spread, right: Spread): Spread => combine(left, right, (a, b) => a * b);

export const plus = (left: Spread, right: Spread): Spread => combine(left, right, (a, b) => a + b);

/** An assumption may be off by the factors given, a measurement by less, what a person entered is taken as it is. */
export function spreadOf(value: number, basis: Basis, factors: readonly [number, number]): Spread {
  if (basis === 'edited') return exactly(value);
  const [low, high] = basis === 'measured' ? [0.9, 1.2] : factors;
  return { low: value * low, likely: value, high: value * high };
}
