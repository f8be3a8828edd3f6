import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunId } from '../../shared/base/ids';
import { packageRunSchema } from '../../shared/package';
import { EstimateService, readPriceBook } from '../estimate';
import { TaskRunner } from '../task';
import { DeployService } from './deploy-service';
import { KnownPlaces } from './resources/known-places';
import type { Options } from './resources/platform';
import { ResourceTarget } from './resources/resource-target';
import type { DeployablePackage } from './targets/target';
import { MemoryPlace } from './testing/memory-platform';

const book = await readPriceBook(join(import.meta.dirname, '../../resources'));
const RUN = packageRunSchema.parse({
  ...{ runId: RunId('run-1'), packageHash: 'a', packageName: 'toy', state: 'succeeded' },
  ...{ startedAt: 0, endedAt: 1, seed: 1, parameters: {}, comparisons: [] },
  ...{ environment: null, error: null },
  steps: [
    {
      ...{ stepId: 'load', state: 'done', wallMs: 1000, cpuMs: 900, peakMemoryBytes: 3e8 },
      ...{ artifacts: [], outputTail: '', error: null },
    },
  ],
  serviceMeasurement: {
    ...{ startMs: 1500, requestMs: 12, requestMs95: 20, requests: 20, idleMemoryBytes: 2e8 },
  },
});
const TOY = { folder: '/nowhere', name: 'toy', python: '3.11', hasService: true };

describe('what is planned', () => {
  let home: string;
  let made: DeployablePackage | null;
  let estimates: EstimateService;
  let deploys: DeployService;
  let place: MemoryPlace;
  /** Awaited by the place whenever it is opened. */
  let opening: Promise<void>;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-deploys-'));
    made = { ...TOY, hash: 'a' };
    opening = Promise.resolve();
    estimates = new EstimateService({ book, computer: { cores: 8, memoryBytes: 16e9 } });
    estimates.setRun(RUN);
    place = new MemoryPlace();
    const driver = place.driver();
    const open = (options: Options) => opening.then(() => driver.open(options));
    deploys = new DeployService({
      tasks: new TaskRunner(),
      targets: [new ResourceTarget({ ...driver, open }, new KnownPlaces(home))],
      estimates,
      currentPackage: () => made,
    });
    await deploys.chooseTarget('docker');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const see = async (): Promise<void> => {
    const { estimate } = estimates.state.value;
    if (estimate) await estimates.markShown(estimate.id);
  };
  const held = (): { release: () => void } => {
    const { promise, resolve } = Promise.withResolvers<void>();
    opening = promise;
    return { release: resolve };
  };

  it('needs an estimate that was shown', async () => {
    expect(await deploys.plan()).toMatchObject({ ok: false, error: { kind: 'estimate-needed' } });
    await see();
    expect(await deploys.plan()).toMatchObject({ ok: true, value: { targetId: 'docker' } });
    expect(deploys.state.value).toMatchObject({ plan: { targetId: 'docker' }, problem: null });
  });

  it('goes when another target is chosen, and one that comes late is not shown', async () => {
    await see();
    await deploys.plan();
    await estimates.chooseTarget('this-computer');
    expect(deploys.state.value).toMatchObject({ plan: null, check: null });

    await deploys.chooseTarget('docker');
    const { release } = held();
    const late = deploys.plan();
    await estimates.chooseTarget('this-computer');
    release();
    expect(await late).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(deploys.state.value).toMatchObject({
      ...{ targetId: 'this-computer', plan: null, check: null, problem: null },
      activity: { kind: 'idle' },
    });
  });

  it.each([
    ['a setting', () => deploys.setSettings({ replicas: 2 })],
    [
      'the package',
      async () => {
        made = { ...TOY, hash: 'b' };
      },
    ],
  ])('is not shown where %s changed while it was made', async (_, change) => {
    await see();
    const { release } = held();
    const late = deploys.plan();
    await change();
    release();
    expect(await late).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(deploys.state.value).toMatchObject({ plan: null, problem: null });
  });

  it('is applied only as it was read', async () => {
    await see();
    const plan = await deploys.plan();
    if (!plan.ok) throw new Error(plan.error.message);
    await deploys.setSettings({ replicas: 2 });
    expect(await deploys.apply(plan.value.id)).toMatchObject({
      ok: false,
      error: { kind: 'conflict', nextSteps: [{ command: 'deploy.plan' }] },
    });
  });

  it('is priced as it is deployed, and says where the estimate assumed otherwise', async () => {
    await see();
    const one = await deploys.plan();
    await deploys.setSettings({ replicas: 3 });
    const three = await deploys.plan();
    if (!one.ok || !three.ok) throw new Error('no plan');
    const [before, after] = [one, three].map(({ value: { total } }) =>
      total.kind === 'priced' ? total.usd.likely : 0,
    );
    // The part that is paid by the request stays as it is.
    expect((after ?? 0) / (before ?? 1)).toBeGreaterThan(2.9);
    expect((after ?? 0) / (before ?? 1)).toBeLessThanOrEqual(3);
    expect(one.value.warnings).toEqual([]);
    expect(three.value.warnings).toEqual([expect.stringContaining('the estimate assumed other')]);
  });

  it('is refused where the place was changed after it was read', async () => {
    await see();
    const deploy = async () => {
      const plan = await deploys.plan();
      if (!plan.ok) throw new Error(plan.error.message);
      return { plan: plan.value, applied: () => deploys.apply(plan.value.id) };
    };
    const finished = async ({ applied }: Awaited<ReturnType<typeof deploy>>) => {
      const started = await applied();
      if (!started.ok) throw new Error(started.error.message);
      const ended = await started.value.result;
      if (!ended.ok) throw new Error(ended.error.message);
    };
    await finished(await deploy());
    const again = await deploy();
    expect(again.plan.changes.map(({ kind }) => kind)).toEqual(['keep', 'keep']);
    place.things.delete('process/toy/process');
    await expect(finished(again)).rejects.toThrow(
      /The process: changed there since this plan was made, so nothing was done\./,
    );
    expect([...place.things.keys()]).toEqual(['revision/toy/r1']);
    await finished(await deploy());
    expect(place.things.has('process/toy/process')).toBe(true);
  });

  it('leaves out what the target does not heed, and keeps it for one that does', async () => {
    await deploys.setSettings({ replicas: 2 });
    expect(await deploys.setSettings({ secrets: { TOKEN: 'env:TOKEN' } })).toMatchObject({
      ok: false,
      error: { kind: 'invalid-input', message: expect.stringContaining('Memory takes no secrets') },
    });
    await deploys.chooseTarget('this-computer');
    expect(deploys.state.value.settings).toMatchObject({ replicas: 1, secrets: {} });
    await deploys.chooseTarget('docker');
    expect(deploys.state.value.settings).toMatchObject({ replicas: 2, secrets: {} });
  });

  it('takes only settings that the target has', async () => {
    expect(await deploys.setSettings({ options: { colour: 'red' } })).toMatchObject({
      ok: false,
      error: { kind: 'invalid-input', message: expect.stringContaining('“colour”') },
    });
  });
});
