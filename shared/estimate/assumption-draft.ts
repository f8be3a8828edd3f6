/** What assumptions are made from, and the helpers all of them share. */
import type { Assumption, AssumptionValue, Basis, Measurement } from './estimate';
import type { PriceBook } from './price-book';
import type { RunMode } from './target-id';

/** What the arithmetic must know of this computer. */
export interface ComputerFacts {
  readonly cores: number;
  readonly memoryBytes: number;
}

export interface AssumptionContext {
  readonly mode: RunMode;
  readonly measurement: Measurement;
  readonly computer: ComputerFacts;
  readonly book: PriceBook;
  readonly edits: Readonly<Record<string, AssumptionValue>>;
  /** How often the schedule fires in a month, when it can be read. */
  readonly runsOfSchedule: number | null;
}

/** An assumption before edits. */
export type AssumptionDraft = Omit<Assumption, 'original' | 'basis'> & { readonly basis?: Basis };

export function numberControl(
  min: number,
  max: number,
  step: number,
  isLogarithmic = false,
): Assumption['control'] {
  return { kind: 'number', min, max, step, isLogarithmic };
}

export function busyCoresOf(measurement: Measurement): number {
  return measurement.wallMs > 0 ? Math.max(0.01, measurement.cpuMs / measurement.wallMs) : 1;
}

/** Three digits are more than these are known to. */
export const round = (value: number): number => Number(value.toPrecision(3));
