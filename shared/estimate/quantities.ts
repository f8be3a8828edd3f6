/** What each vendor counts, by its own rules of rounding. Seconds, vCPUs, GiB in; billed units out. */
import { roundUpTo, SECONDS_PER_MONTH } from './conventions';
import type { Size } from './sizes';

/** AWS: by the second from image pull to end, at least a minute; the first 20 GB of storage are free. */
export function fargateTasks(use: {
  readonly tasks: number;
  readonly secondsEach: number;
  readonly size: Size;
  readonly storageGb: number;
}): { vcpuHours: number; memoryHours: number; storageHours: number } {
  const hours = (use.tasks * Math.max(60, Math.ceil(use.secondsEach))) / 3600;
  return {
    vcpuHours: hours * use.size.vcpu,
    memoryHours: hours * use.size.memoryGib,
    storageHours: hours * Math.max(0, use.storageGb - FARGATE_FREE_STORAGE_GB),
  };
}
export const FARGATE_FREE_STORAGE_GB = 20;

/** Tasks that must run all the time so that requests of that length find room. */
export function instancesNeeded(use: RequestLoad): number {
  const atOnce = (use.requestsPerMonth * use.secondsPerRequest) / SECONDS_PER_MONTH;
  return Math.max(1, Math.ceil(atOnce / use.concurrency));
}

export interface RequestLoad {
  readonly requestsPerMonth: number;
  readonly secondsPerRequest: number;
  /** Requests one instance serves at once. */
  readonly concurrency: number;
}

/** How well requests share an instance: back to back, as they come at random, or one by one. */
export type Packing = 'perfect' | 'random' | 'alone';

/**
 * Google, request-based: an instance is billed while it has a request, in steps of 100 ms. Requests that arrive at random keep an
 * instance busy for 1 − e^(−rate × time) of the time (an M/G/∞ queue), never less than if they were packed perfectly.
 */
export function busyInstanceSeconds(use: RequestLoad, packing: Packing): number {
  const alone = use.requestsPerMonth * roundUpTo(use.secondsPerRequest, 0.1);
  const packed = alone / use.concurrency;
  if (use.concurrency === 1 || packing === 'alone') return alone;
  if (packing === 'perfect') return packed;
  const busyShare = 1 - Math.exp(-alone / SECONDS_PER_MONTH);
  return Math.max(packed, SECONDS_PER_MONTH * busyShare);
}

/** Azure: a replica stays for 300 s after its last request, and is billed for them at the active rate. */
export function replicaSeconds(use: RequestLoad): number {
  const rate = use.requestsPerMonth / SECONDS_PER_MONTH;
  const upShare = 1 - Math.exp(-rate * (use.secondsPerRequest + CONTAINER_APPS_COOL_DOWN_SECONDS));
  return instancesNeeded(use) * SECONDS_PER_MONTH * upShare;
}
export const CONTAINER_APPS_COOL_DOWN_SECONDS = 300;

/** AWS Lambda: each request by the millisecond, times the memory of the function. */
export const lambdaGbSeconds = (
  use: Omit<RequestLoad, 'concurrency'> & { readonly memoryGib: number },
): number => use.requestsPerMonth * roundUpTo(use.secondsPerRequest, 0.001) * use.memoryGib;

/** Google's and Azure's jobs: runs × time × size; Google rounds up to 100 ms, Azure to the second. */
export function jobSeconds(use: {
  readonly runs: number;
  readonly secondsEach: number;
  readonly step: number;
  readonly minimum: number;
}): number {
  return use.runs * Math.max(use.minimum, roundUpTo(use.secondsEach, use.step));
}
