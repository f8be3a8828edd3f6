import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunId } from '../../shared/base/ids';
import { type PackageRun, packageRunSchema } from '../../shared/package';
import { EstimateService } from './estimate-service';
import { readPriceBook } from './price-book';

const run: PackageRun = packageRunSchema.parse({
  runId: RunId('run-1'),
  packageHash: 'abc',
  packageName: 'churn',
  state: 'succeeded',
  startedAt: 0,
  endedAt: 1,
  seed: 1,
  parameters: {},
  steps: [
    {
      stepId: 'load',
      state: 'done',
      wallMs: 1000,
      cpuMs: 900,
      peakMemoryBytes: 3e8,
      artifacts: [],
      outputTail: '',
      error: null,
    },
    {
      stepId: 'train',
      state: 'done',
      wallMs: 9000,
      cpuMs: 17000,
      peakMemoryBytes: 5e8,
      artifacts: [],
      outputTail: '',
      error: null,
    },
  ],
  comparisons: [],
  environment: null,
  serviceMeasurement: {
    startMs: 1500,
    requestMs: 12,
    requestMs95: 20,
    requests: 20,
    idleMemoryBytes: 2e8,
  },
  error: null,
});

const book = await readPriceBook(join(import.meta.dirname, '../../resources'));
const service = () => {
  const made = new EstimateService({
    book,
    computer: { cores: 8, memoryBytes: 16e9 },
    now: () => Date.parse('2026-11-21T00:00:00Z'),
  });
  made.setRun(run);
  return made;
};

describe('the estimate of a package', () => {
  it('shows all targets with lines, low to high, for each mode', async () => {
    const estimates = service();
    for (const mode of ['service', 'job', 'scheduled'] as const) {
      expect(await estimates.setMode(mode)).toEqual({ ok: true, value: null });
      const targets = estimates.state.value.estimate?.targets ?? [];
      // Lambda is for services: a job gets a reason there, and no price.
      const isPriced = ({ targetId }: { targetId: string }) =>
        mode === 'service' || targetId !== 'aws-lambda';
      for (const target of targets.filter(isPriced)) {
        const total = target.period === 'month' ? target.perMonth : target.perRun;
        expect({
          id: target.targetId,
          grows: total !== null && total.low <= total.likely && total.likely <= total.high,
          positive: (total?.likely ?? 0) > 0,
          priced: `${target.pricedLines} of ${target.lines.length}`,
          moves: target.sensitivities.length > 0,
        }).toEqual({
          id: target.targetId,
          grows: true,
          positive: true,
          priced:
            mode === 'scheduled' && target.targetId === 'google-cloud-run'
              ? '3 of 4'
              : `${target.lines.length} of ${target.lines.length}`,
          moves: true,
        });
      }
    }
  });

  it('shows a price that is not in the book as unknown, never as zero', async () => {
    const estimates = service();
    await estimates.setAssumption('place.awsRegion', 'eu-north-1');
    const fargate = estimates.state.value.estimate?.targets.find(
      (each) => each.targetId === 'aws-fargate',
    );
    const address = fargate?.lines.find((line) => line.id === 'address');
    expect({
      usd: address?.usd,
      price: address?.price,
      isComplete: fargate?.perMonth?.isComplete,
    }).toEqual({
      usd: null,
      price: null,
      isComplete: false,
    });
  });

  it('prices a small service on Lambda by its requests, within the free tier where one is taken off', async () => {
    const estimates = service();
    const lambda = () =>
      estimates.state.value.estimate?.targets.find(({ targetId }) => targetId === 'aws-lambda');
    const shown = (each = lambda()) => ({
      fit: each?.fit.kind,
      lines: each?.lines.map(({ id, quantity, how }) => [id, quantity, how]),
    });
    await estimates.setAssumption('run.msPerRequest', 100);
    await estimates.setAssumption('run.speedFactor', 1.5);
    await estimates.setAssumption('run.memoryGib', 0.5);
    const paid = shown();
    await estimates.setAssumption('place.freeTier', true);
    const free = shown();
    await estimates.setAssumption('run.msPerRequest', 600_000);
    await estimates.setAssumption('run.speedFactor', 2);
    const late = lambda()?.fit;
    await estimates.setMode('job');
    const job = lambda();
    expect({ paid, free, late, job: [job?.fit, job?.lines] }).toEqual({
      paid: {
        fit: 'fits',
        lines: [
          ['duration', 262_800 * 0.15 * 1.75, '262,800 requests × 0.15 s × 1.75 GB'],
          ['requests', 262_800, '262,800 requests a month'],
          ['image', 1, '1 GB kept for a month'],
        ],
      },
      free: {
        fit: 'fits',
        lines: [
          ['duration', 0, '262,800 requests × 0.15 s × 1.75 GB − 400,000 free'],
          ['requests', 0, '262,800 requests a month − 1,000,000 free'],
          ['image', 1, '1 GB kept for a month'],
        ],
      },
      late: {
        kind: 'does-not-fit',
        reason: 'One request takes longer than the 15 minutes Lambda gives it.',
      },
      job: [
        {
          kind: 'does-not-fit',
          reason: 'Slipway puts services on Lambda. For a job, take Fargate.',
        },
        [],
      ],
    });
  });

  it('says which prices are old', () => {
    const cloudRun = service().state.value.estimate?.targets.find(
      (each) => each.targetId === 'google-cloud-run',
    );
    expect(cloudRun?.lines.find((line) => line.id === 'vcpu')?.staleness).toBe(
      'This price is 118 days old. It may have changed since 2026-07-26.',
    );
  });

  it('is bound to its inputs: shown once, and not after a change', async () => {
    const estimates = service();
    const first = estimates.state.value.estimate;
    if (!first) throw new Error('no estimate');
    const before = estimates.shownEstimate;
    await estimates.markShown(first.id);
    const shown = estimates.shownEstimate?.id;
    await estimates.setAssumption('use.requestsPerSecond', 5);
    const after = estimates.shownEstimate;
    await estimates.setAssumption('use.requestsPerSecond', null);
    expect({ before, shown, after, back: estimates.shownEstimate?.id }).toEqual({
      before: null,
      shown: first.id,
      after: null,
      back: first.id,
    });
  });

  it('counts the runs of a schedule and refuses what is none', async () => {
    const estimates = service();
    await estimates.setMode('scheduled');
    await estimates.setAssumption('use.schedule', '*/15 * * * *');
    const runs = estimates.state.value.assumptions.find((each) => each.key === 'use.runsPerMonth');
    const refused = await estimates.setAssumption('use.schedule', 'every day');
    expect({ runs: runs?.value, basis: runs?.basis, refused: refused.ok }).toEqual({
      runs: 2920,
      basis: 'edited',
      refused: false,
    });
  });

  it('teaches when there is no run', () => {
    const made = new EstimateService({ book });
    expect(made.state.value).toMatchObject({ estimate: null, problem: { kind: 'precondition' } });
  });
});
