/** Assumptions as the arithmetic takes them, each with the spread its basis deserves. */
import type { ComputerFacts } from './assumption-draft';
import { SECONDS_PER_MONTH } from './conventions';
import type { Assumption, Basis, Measurement } from './estimate';
import { mapSpread, type Spread, spreadOf } from './spread';
import type { RunMode } from './target-id';
import type { RateCard, Usage } from './usage';

type Factors = readonly [number, number];
const HALF_TO_DOUBLE: Factors = [0.5, 2];
const SOMEWHAT: Factors = [0.8, 1.6];

/** Said beside the range, so that low and high are not taken for limits. */
export const RANGE_EXPLAINED =
  'Low and high: assumed use is halved and doubled, other assumptions × 0.8 and × 1.6, measured values × 0.9 and × 1.2, your own taken as they are.';

export function resolveUsage(
  mode: RunMode,
  measurement: Measurement,
  assumptions: readonly Assumption[],
  computer: ComputerFacts,
): Usage {
  const read = new Reader(assumptions);
  return {
    mode,
    runsPerMonth: read.spread('use.runsPerMonth', HALF_TO_DOUBLE),
    requestsPerMonth: mapSpread(
      read.spread('use.requestsPerSecond', HALF_TO_DOUBLE),
      (value) => value * SECONDS_PER_MONTH,
    ),
    secondsPerRun: read.spread('run.secondsPerRun', SOMEWHAT),
    secondsPerRequest: mapSpread(
      read.spread('run.msPerRequest', SOMEWHAT),
      (value) => value / 1000,
    ),
    busyCores: read.number('run.busyCores'),
    serviceStartSeconds: (measurement.service?.startMs ?? 0) / 1000,
    vcpu: read.number('run.vcpu'),
    memoryGib: read.number('run.memoryGib'),
    speedFactor: read.spread('run.speedFactor', SOMEWHAT),
    concurrency: Math.max(1, read.number('run.concurrency')),
    idleInstances: read.number('run.idleInstances'),
    instances: null,
    imageGb: read.spread('run.imageGb', HALF_TO_DOUBLE),
    artifactGb: measurement.artifactBytes / 1e9,
    hasFreeTier: read.isOn('place.freeTier'),
    hasLoadBalancer: read.isOn('place.loadBalancer'),
    regions: {
      aws: read.text('place.awsRegion'),
      google: read.text('place.googleRegion'),
      azure: read.text('place.azureRegion'),
    },
    rateCard: rateCardOf(read, computer),
    basisOf: (key) => read.basis(key),
  };
}

function rateCardOf(read: Reader, computer: ComputerFacts): RateCard {
  return {
    usdPerKwh: read.spread('rate-card.usdPerKwh', SOMEWHAT),
    idleWatts: read.spread('rate-card.idleWatts', SOMEWHAT),
    wattsPerCore: read.spread('rate-card.wattsPerCore', SOMEWHAT),
    hardwareUsd: read.spread('rate-card.hardwareUsd', SOMEWHAT),
    lifetimeYears: Math.max(0.1, read.number('rate-card.lifetimeYears')),
    share: mapSpread(read.spread('rate-card.share', SOMEWHAT), (value) => Math.min(1, value)),
    cores: computer.cores,
  };
}

/** A key the mode does not have reads as 0, off or empty: its arithmetic is not used then. */
class Reader {
  readonly #byKey: ReadonlyMap<string, Assumption>;

  constructor(assumptions: readonly Assumption[]) {
    this.#byKey = new Map(assumptions.map((each) => [each.key, each]));
  }

  number(key: string): number {
    const value = this.#byKey.get(key)?.value;
    return typeof value === 'number' ? value : 0;
  }

  text(key: string): string {
    const value = this.#byKey.get(key)?.value;
    return typeof value === 'string' ? value : '';
  }

  isOn(key: string): boolean {
    return this.#byKey.get(key)?.value === true;
  }

  basis(key: string): Basis {
    return this.#byKey.get(key)?.basis ?? 'assumed';
  }

  spread(key: string, factors: Factors): Spread {
    return spreadOf(this.number(key), this.basis(key), factors);
  }
}
