/** What a target's arithmetic needs, resolved from the measured run and the assumptions. */
import type { Basis } from './estimate';
import type { Spread } from './spread';
import type { RunMode } from './target-id';

export interface Usage {
  readonly mode: RunMode;
  /** How much it is used in a month. */
  readonly runsPerMonth: Spread;
  readonly requestsPerMonth: Spread;
  /** As on this computer. */
  readonly secondsPerRun: Spread;
  readonly secondsPerRequest: Spread;
  /** Cores kept busy on average while a job runs. */
  readonly busyCores: number;
  readonly serviceStartSeconds: number;
  readonly vcpu: number;
  readonly memoryGib: number;
  /** How many times as long the same work takes on a cloud's vCPU. */
  readonly speedFactor: Spread;
  readonly concurrency: number;
  readonly idleInstances: number;
  /** So many run, whatever comes; null where the load decides. */
  readonly instances: number | null;
  readonly imageGb: Spread;
  readonly artifactGb: number;
  readonly hasFreeTier: boolean;
  readonly hasLoadBalancer: boolean;
  readonly regions: { readonly aws: string; readonly google: string; readonly azure: string };
  readonly rateCard: RateCard;
  readonly basisOf: (key: string) => Basis;
}

export interface RateCard {
  readonly usdPerKwh: Spread;
  readonly idleWatts: Spread;
  readonly wattsPerCore: Spread;
  readonly hardwareUsd: Spread;
  readonly lifetimeYears: number;
  /** The part of this computer it takes while it runs, 0 to 1. */
  readonly share: Spread;
  readonly cores: number;
}

/** What the lines are for: one run by itself, or a month. */
export type Period = { readonly kind: 'run' } | { readonly kind: 'month'; readonly runs: Spread };
