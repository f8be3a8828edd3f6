/** What each target's file hands back before prices are looked up. */
import { showNumber } from './conventions';
import type { Basis, Fit, StartTime } from './estimate';
import type { LineDraft, PriceSource } from './lines';
import type { Size } from './sizes';
import { exactly, mapSpread, plus, type Spread, times } from './spread';
import type { Period, Usage } from './usage';

export interface TargetDraft {
  readonly product: string;
  readonly region: string | null;
  readonly fit: Fit;
  readonly startTime: StartTime;
  readonly lines: readonly LineDraft[];
  readonly leftOut: readonly string[];
  readonly notes: readonly string[];
}

/** A job's runs in the period. */
export const runsIn = (period: Period): Spread =>
  period.kind === 'run' ? exactly(1) : period.runs;

/** Seconds of one run in a cloud: as here, times the speed factor, longer when it gets fewer cores than it kept busy. */
export function cloudRunSeconds(usage: Usage, size: Size): Spread {
  const crowding = Math.max(1, usage.busyCores / size.vcpu);
  return mapSpread(times(usage.secondsPerRun, usage.speedFactor), (value) => value * crowding);
}

export const cloudRequestSeconds = (usage: Usage): Spread =>
  times(usage.secondsPerRequest, usage.speedFactor);

export function assumedStart(seconds: readonly [number, number, number], note: string): StartTime {
  return {
    lowMs: seconds[0] * 1000,
    likelyMs: seconds[1] * 1000,
    highMs: seconds[2] * 1000,
    basis: 'assumed',
    note,
  };
}

export const startSpread = (start: StartTime): Spread => ({
  low: start.lowMs / 1000,
  likely: start.likelyMs / 1000,
  high: start.highMs / 1000,
});

export const billedFromStart = (start: StartTime, seconds: Spread): Spread =>
  plus(startSpread(start), seconds);

export function fitOf(size: Size | null, usage: Usage, largestGib: number): Fit {
  if (!size) {
    return {
      kind: 'does-not-fit',
      reason: `It needs ${showNumber(usage.memoryGib)} GiB of memory. The largest size here has ${largestGib} GiB.`,
    };
  }
  const crowded = usage.mode !== 'service' && usage.busyCores > size.vcpu * 1.05;
  return {
    kind: 'fits',
    ...size,
    basis: usage.basisOf('run.memoryGib'),
    reason:
      `Smallest size with at least ${showNumber(usage.vcpu)} vCPU and ${showNumber(usage.memoryGib)} GiB.` +
      (crowded
        ? ` It kept ${showNumber(usage.busyCores)} cores busy here, so it takes longer there.`
        : ''),
  };
}

/** The weakest basis of the assumptions a quantity is made of. */
export function basisFrom(usage: Usage, ...keys: readonly string[]): Basis {
  const bases = keys.map((key) => usage.basisOf(key));
  if (bases.includes('assumed')) return 'assumed';
  return bases.includes('edited') ? 'edited' : 'measured';
}

export const bookPrice = (
  provider: string,
  service: string,
  sku: string,
  region: string,
): PriceSource => ({ kind: 'book', query: { provider, service, sku, region } });

/** What a monthly free amount leaves to pay. */
export const beyondFree = (quantity: Spread, free: number): Spread =>
  mapSpread(quantity, (value) => Math.max(0, value - free));

export const COMMON_LEFT_OUT: readonly string[] = [
  'Data sent to the internet',
  'Log storage',
  'Taxes, discounts and support plans',
];
