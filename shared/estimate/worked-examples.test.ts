/** Totals that vendors print, from the rates each of them quotes (each line is rounded to cents before they add). */
import { describe, expect, it } from 'vitest';
import { SECONDS_PER_MONTH } from './conventions';
import {
  busyInstanceSeconds,
  fargateTasks,
  instancesNeeded,
  jobSeconds,
  lambdaGbSeconds,
} from './quantities';

interface FargateRates {
  readonly vcpu: number;
  readonly memory: number;
  readonly storage: number;
}
const PER_SECOND: FargateRates = {
  vcpu: 0.000011244 * 3600,
  memory: 0.000001235 * 3600,
  storage: 0.0000000308 * 3600,
};
const PER_HOUR: FargateRates = { vcpu: 0.04048, memory: 0.004445, storage: 0.000111 };

function fargate(
  tasks: number,
  secondsEach: number,
  vcpu: number,
  memoryGib: number,
  storageGb: number,
  rates: FargateRates,
): number {
  const billed = fargateTasks({ tasks, secondsEach, size: { vcpu, memoryGib }, storageGb });
  return (
    billed.vcpuHours * rates.vcpu +
    billed.memoryHours * rates.memory +
    billed.storageHours * rates.storage
  );
}

/** The free amounts are those of the example: of the requests and of the GB-seconds. */
function lambda(
  requestsPerMonth: number,
  secondsPerRequest: number,
  memoryGib: number,
  free = { requests: 0, gbSeconds: 0 },
): number {
  const gbSeconds = lambdaGbSeconds({ requestsPerMonth, secondsPerRequest, memoryGib });
  return (
    (gbSeconds - free.gbSeconds) * 0.0000166667 + (requestsPerMonth - free.requests) * 0.0000002
  );
}

describe('worked examples of the vendors', () => {
  const cases: [string, number, number][] = [
    ['F1', fargate(5 * 30, 600, 1, 2, 30, PER_SECOND), 1.26],
    ['F3', fargate(10 * 30, 3600, 0.25, 1, 20, PER_SECOND), 4.37],
    ['L1', lambda(3_000_000, 0.12, 1.5, { requests: 1_000_000, gbSeconds: 400_000 }), 2.73],
    ['L2', lambda(7_440_000, 2, 1), 249.49],
    ['C1', fargate((50 * 730) / 24, 180 * 60, 4, 16, 200, PER_HOUR), 1154.4],
    [
      'I1',
      busyInstanceSeconds(
        { requestsPerMonth: 500_000, secondsPerRequest: 3.6, concurrency: 1 },
        'random',
      ) *
        (0.0000336 + 0.5 * 0.0000035) +
        500_000 * 0.0000004,
      63.83,
    ],
    [
      'I3',
      jobSeconds({ runs: 50_000, secondsEach: 600, step: 0.1, minimum: 60 }) *
        (0.0000216 + 0.5 * 0.0000024),
      684,
    ],
    [
      'I4',
      fargate(
        instancesNeeded({ requestsPerMonth: 1000, secondsPerRequest: 0.1, concurrency: 1 }),
        SECONDS_PER_MONTH,
        1,
        2,
        20,
        PER_HOUR,
      ),
      36.04,
    ],
  ];
  it.each(cases)('%s', (_name, usd, expected) => {
    expect(Math.abs(usd - expected)).toBeLessThanOrEqual(0.02);
  });
});
