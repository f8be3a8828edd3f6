/** A plan is priced as it is deployed, from prices of the book. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunId } from '../base/ids';
import type { AssumptionContext } from './assumption-draft';
import type { Deployed } from './deployed';
import { estimateDeployed, estimateTargets } from './estimate-targets';
import { priceBookSchema } from './price-book';
import type { TargetId } from './target-id';

const file = join(import.meta.dirname, '../../resources/prices/price-book.json');
const context: AssumptionContext = {
  mode: 'service',
  measurement: {
    ...{ runId: RunId('r'), packageName: 'toy', wallMs: 1000, cpuMs: 900 },
    ...{ peakMemoryBytes: 3e8, artifactBytes: 1e6 },
    service: { requestMs: 10, idleMemoryBytes: 2e8, startMs: 1500 },
  },
  computer: { cores: 8, memoryBytes: 16e9 },
  book: priceBookSchema.parse(JSON.parse(readFileSync(file, 'utf8'))),
  edits: {},
  runsOfSchedule: null,
};
const monthly = (id: TargetId, deployed: Deployed) => {
  const { lines, region } = estimateDeployed(id, context, deployed, 0);
  const usd = Object.fromEntries(lines.map((line) => [line.id, line.usd ?? null]));
  return { region, usd };
};

describe('the price of what is deployed', () => {
  it('is the estimate where nothing is fixed', () => {
    const estimate = estimateTargets(context, 0).find((each) => each.targetId === 'aws-fargate');
    expect(estimateDeployed('aws-fargate', context, {}, 0).perMonth).toEqual(estimate?.perMonth);
  });

  it('has the size, the number and the addresses of Fargate tasks', () => {
    const fixed = { vcpu: 2, memoryGib: 4, instances: 3, hasLoadBalancer: false };
    const { usd } = monthly('aws-fargate', { region: 'us-east-1', ...fixed });
    // AWS's own rates of us-east-1: 0.04048 a vCPU-hour, 0.004445 a GB-hour, 0.005 an address-hour.
    expect(usd.vcpu).toBeCloseTo(3 * 2 * 730 * 0.04048, 6);
    expect(usd.memory).toBeCloseTo(3 * 4 * 730 * 0.004445, 6);
    expect(usd.address).toBeCloseTo(3 * 730 * 0.005, 6);
    expect(usd).not.toHaveProperty('load-balancer');
  });

  it('is unknown in a region the book has no price for', () => {
    const { region, usd } = monthly('aws-fargate', { region: 'mars-north-1' });
    expect([region, usd.vcpu]).toEqual(['mars-north-1', null]);
  });

  it('has the instances that are kept', () => {
    expect(monthly('google-cloud-run', {}).usd).not.toHaveProperty('idle-vcpu');
    const { usd } = monthly('google-cloud-run', { idleInstances: 1 });
    expect(usd['idle-vcpu']).toBeGreaterThan(0);
  });
});
