/**
 * What every target must hold, whatever it runs on: an empty plan after an apply, the same end after a kill at any
 * call, nothing left after a remove, labels on everything, drift seen, deployments that leave each other alone.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeploymentId, EstimateId, TaskId } from '../../../shared/base/ids';
import { StudioFailure } from '../../../shared/base/studio-error';
import {
  confirmPlan,
  type DeployPlan,
  type DeployResult,
  LABEL,
  recordOf,
} from '../../../shared/deploy';
import type { Estimate, TargetEstimate, TargetId } from '../../../shared/estimate';
import type { TaskContext } from '../../task';
import { KnownPlaces } from '../resources/known-places';
import type { TargetDriver } from '../resources/platform';
import { ResourceTarget } from '../resources/resource-target';
import { Boundary, interrupted } from './interrupted';
import {
  allOf,
  answers,
  asking,
  changesOf,
  holdersOf,
  type KitSubject,
  numbersOf,
  PLANTED,
  settingsOf,
  standing,
  standingParts,
} from './kit-subject';

export type { KitSubject } from './kit-subject';

/** A place that starts nothing before its time cannot know: the run tells it. */
async function failsWhenRun(target: ResourceTarget, key: string): Promise<void> {
  await target.command(key, 'run', SILENT);
  const newest = async () => (await target.observe(key)).state?.runs[0];
  await expect
    .poll(newest, { timeout: 60_000 })
    .toMatchObject({ state: 'failed', exitCode: expect.any(Number), revision: 2 });
}

export function targetKit(name: string, subject: () => KitSubject): void {
  describe(`${name}: the target kit`, () => {
    let homes: string[] = [];
    let targets: ResourceTarget[] = [];
    let before: string[] = [];

    /** Without any memory of what was deployed: an app on a new computer. */
    const fresh = async (wrap = (driver: TargetDriver) => driver): Promise<ResourceTarget> => {
      const home = await mkdtemp(join(tmpdir(), 'slipway-kit-'));
      homes.push(home);
      const target = new ResourceTarget(wrap(subject().driver()), new KnownPlaces(home));
      targets.push(target);
      return target;
    };
    /** The app started again: it knows the place. */
    const restarted = async (boundary = new Boundary()): Promise<ResourceTarget> => {
      const target = await fresh((driver) => interrupted(driver, boundary));
      const driver = subject().driver();
      const place = driver.placeOptions(allOf(driver, subject().options));
      await new KnownPlaces(homes.at(-1) ?? '').remember(driver.id, place);
      return target;
    };
    /** Whether it came so far as to be killed. */
    const killedAt = async (at: number, work: (target: ResourceTarget) => Promise<unknown>) => {
      const boundary = new Boundary(at);
      const failed = await work(await restarted(boundary)).then(
        () => false,
        () => true,
      );
      // What was taken away by the last call of a remove is gone, whoever lived to see it.
      return { failed, wasKilled: boundary.isDead };
    };
    const keyOf = async (id: DeploymentId): Promise<string> => {
      const platform = await subject().driver().open(allOf(subject().driver(), subject().options));
      await platform.close();
      return `${id}@${platform.place.id}`;
    };
    const requestFor = (which: keyof KitSubject['packages'], id: DeploymentId) => ({
      settings: settingsOf(subject(), id),
      package: subject().packages[which],
      estimate: ESTIMATE,
      priced: subject().priced ?? PRICED,
      priceAs: () => subject().priced ?? PRICED,
    });
    const planFor = (target: ResourceTarget, which: keyof KitSubject['packages'], id = ONE) =>
      target.plan(requestFor(which, id));
    const deploy = async (
      target: ResourceTarget,
      which: keyof KitSubject['packages'],
      id = ONE,
    ): Promise<DeployResult> => applyPlan(target, await planFor(target, which, id));

    beforeEach(async () => {
      homes = [];
      targets = [];
      before = await subject().inventory();
    });
    afterEach(async () => {
      const target = await fresh();
      for (const id of [ONE, OTHER]) await removeIt(target, subject(), id);
      const after = await subject().inventory();
      for (const each of targets) await each.dispose();
      for (const home of homes) await rm(home, { recursive: true, force: true });
      expect(after).toEqual(before);
    });

    it('is planned with prices, then stands; the plan is empty and a second apply changes nothing', async () => {
      const calls = new Boundary();
      const target = await fresh((driver) => interrupted(driver, calls));
      const plan = await planFor(target, 'first');
      expect(plan.changes.filter(({ kind }) => kind !== 'create' && kind !== 'keep')).toEqual([]);
      expect(plan.changes.some(({ price }) => price.kind === 'priced')).toBe(true);
      await applyPlan(target, plan);
      const stands = await standing(subject(), ONE);
      const inventory = await subject().inventory();
      const changed = [...calls.changed];
      expect(changed).not.toEqual([]);
      const again = await planFor(target, 'first');
      expect({ changes: changesOf(again), revision: again.revision }).toEqual({
        changes: [],
        revision: 1,
      });
      await applyPlan(target, again);
      expect(calls.changed).toEqual(changed);
      expect(await standing(subject(), ONE)).toEqual(stands);
      expect(await subject().inventory()).toEqual(inventory);
    });

    it('carries the label of the deployment on everything it makes, is found from that alone, and tells a secret nowhere', async () => {
      process.env[PLANTED.variable] = PLANTED.value;
      const theirs = await subject().unlabelled?.();
      const asked = requestFor('first', ONE);
      const secrets = { TOKEN: `env:${PLANTED.variable}` };
      const planted = { ...asked, settings: { ...asked.settings, secrets } };
      const target = await restarted();
      const told: Record<string, unknown> = { check: await target.check(planted) };
      const namesOnly = NAMES_SECRETS_ONLY.has(target.id);
      if (namesOnly) {
        told.refusal = await target.plan(planted).catch(String);
        expect(told.refusal).toMatch(/TOKEN/);
      }
      const request = namesOnly ? asked : planted;
      const said: string[] = [];
      const task = {
        ...SILENT,
        progress: (_: number | null, words: string) => void said.push(words),
        log: (line: string) => void said.push(line),
      };
      const plan = await target.plan(request);
      const { key } = await applyPlan(target, plan, task);
      if (answers(subject()))
        expect(await asking(target, key, '/healthz')).toMatchObject({
          secret: PLANTED.value.length,
        });
      const found = await standingParts(subject(), ONE);
      const another = await fresh();
      await another.check(request);
      const list = await another.list();
      Object.assign(told, {
        ...{ plan, said, found, list, seen: await target.observe(key) },
        ...{ again: await target.plan(request), log: await target.readLogs(key, { tail: 1000 }) },
        files: target.describe().exports === null ? null : await target.exportFiles(request),
        shown: await subject().shown?.(),
        places: await readFile(join(homes.at(-1) ?? '', 'places.json'), 'utf8'),
      });
      delete process.env[PLANTED.variable];
      expect(holdersOf(told)).toEqual([]);

      expect(found.length).toBeGreaterThan(0);
      expect(found.filter(({ labels }) => labels[LABEL.deployment] !== ONE)).toEqual([]);
      expect(await subject().unlabelled?.()).toEqual(theirs);
      expect(found.flatMap(({ labels }) => recordOf(labels)?.number ?? [])).toContain(1);
      const mine = list.observations.filter(({ record }) => record.id === ONE);
      expect(mine.map(({ record }) => [record.currentRevision, record.mode])).toEqual([
        [1, subject().mode],
      ]);
    });

    /** How it is without a kill: the first revision, the second, and the first again. */
    const goesAndComesBack = async () => {
      const stands: string[][] = [];
      const seen = async () => stands.push(await standing(subject(), ONE));
      const target = await restarted();
      const { key } = await deploy(target, 'first');
      await seen();
      const second = await deploy(target, 'second');
      expect(second.revision).toBe(2);
      expect(changesOf(await planFor(target, 'second'))).toEqual([]);
      await seen();
      await target.rollback(key, 1, SILENT);
      await seen();
      const { record } = await target.observe(key);
      expect({ current: record.currentRevision, all: numbersOf(record) }).toEqual({
        current: 1,
        all: [1, 2],
      });
      expect(changesOf(await planFor(target, 'first'))).toEqual([]);
      if (answers(subject()))
        expect(await asking(target, key, '/predict', {})).toEqual({ predictions: ['first'] });
      const [first = [], updated = [], back = []] = stands;
      return { first, updated, back };
    };

    let gone: ReturnType<typeof goesAndComesBack> | null = null;
    /** Once for the tests that ask for it. */
    const unkilled = () => {
      gone ??= goesAndComesBack().catch((thrown: unknown) => {
        gone = null;
        throw thrown;
      });
      return gone;
    };

    it('goes to another revision and back', async () => {
      const { first, updated, back } = await unkilled();
      expect(updated).not.toEqual(first);
      expect(back).not.toEqual(updated);
    });

    it('ends the same after a kill before and after each call', { timeout: 600_000 }, async () => {
      const whole = await unkilled();
      await removeIt(await fresh(), subject(), ONE);
      const key = await keyOf(ONE);
      const { isVariant, driver } = subject();
      const updateStride = UPDATE_STRIDE[driver().id] ?? 1;
      const step = isVariant ? 4 : 1;
      const part = (at: number) => Math.floor(at / updateStride);
      const resumed = async (at: number, as: readonly string[]) =>
        expect({ at, stands: await standing(subject(), ONE) }).toEqual({ at, stands: as });
      const kills = async (at: number) => {
        const applied = await killedAt(at, (target) => deploy(target, 'first'));
        await deploy(await fresh(), 'first');
        await resumed(at, whole.first);
        const other = part(at + step) > part(at) ? await killsOfUpdate(at) : [];
        const removed = await killedAt(at, (target) => target.remove(key, SILENT));
        await removeIt(await fresh(), subject(), ONE);
        expect({ at, left: await subject().inventory() }).toEqual({ at, left: before });
        for (const { failed, wasKilled } of [applied, ...other]) expect(failed).toBe(wasKilled);
        return [applied, ...other, removed].some(({ wasKilled }) => wasKilled);
      };
      const killsOfUpdate = async (at: number) => {
        const updated = await killedAt(at, (target) => deploy(target, 'second'));
        await deploy(await fresh(), 'second');
        await resumed(at, whole.updated);
        const back = await killedAt(at, (target) => target.rollback(key, 1, SILENT));
        await (await restarted()).rollback(key, 1, SILENT);
        await resumed(at, whole.back);
        return [updated, back];
      };
      let at = 0;
      while (await kills(at)) at += step;
      expect(at).toBeGreaterThan(3);
    });

    it('brings the revision before back where the new one never gets ready, and says why', async () => {
      const { brokenSays, mode } = subject();
      const target = await fresh();
      const { key } = await deploy(target, 'first');
      if (brokenSays === null) {
        await deploy(target, 'broken');
        await failsWhenRun(target, key);
        return;
      }
      const failure = await deploy(target, 'broken').catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(StudioFailure);
      expect(String(failure)).toMatch(brokenSays);
      expect(String(failure)).toMatch(/Revision 1 runs again\./);
      // A health check of the place may come a little later than our own.
      const settled = async () => {
        const { record, state } = await target.observe(key);
        return [record.currentRevision, state?.status];
      };
      await expect.poll(settled, { timeout: 60_000 }).toEqual([1, EXPECTED[mode]]);
      expect(changesOf(await planFor(target, 'first'))).toEqual([]);
    });

    it('shows in the next plan what was changed by hand, and puts it right', async () => {
      const target = await fresh();
      await deploy(target, 'first');
      await subject().tamper(ONE);
      const plan = await planFor(target, 'first');
      expect(changesOf(plan)).not.toEqual([]);
      await applyPlan(target, plan);
      expect(changesOf(await planFor(target, 'first'))).toEqual([]);
    });

    it('leaves other deployments alone', async () => {
      const target = await fresh();
      const one = await deploy(target, 'first', ONE);
      await deploy(target, 'second', OTHER);
      const other = await standing(subject(), OTHER);
      await target.remove(one.key, SILENT);
      expect(await standing(subject(), OTHER)).toEqual(other);
      expect(changesOf(await planFor(target, 'second', OTHER))).toEqual([]);
      expect(await standing(subject(), ONE)).toEqual([]);
    });

    it('refuses a plan without a shown estimate', async () => {
      const target = await fresh();
      const plan = await planFor(target, 'first');
      expect(confirmPlan(plan, { ...ESTIMATE, isShown: false })).toBe(null);
      expect(confirmPlan(plan, { ...ESTIMATE, id: EstimateId('another') })).toBe(null);
      await expect(target.apply(plan as never, applying())).rejects.toThrow(/not confirmed/);
      expect(await standing(subject(), ONE)).toEqual([]);
    });
  });
}

const ONE = DeploymentId('kit-one');
const OTHER = DeploymentId('kit-other');
/** Their secrets lie in a store of the cloud, and a value never comes along. */
const NAMES_SECRETS_ONLY = new Set<TargetId>(['aws-fargate', 'aws-lambda', 'google-cloud-run']);
/**
 * An update and a roll back are killed at each so many-th call: from nothing, where every call is killed, they begin at
 * another one each time. A place that is a map is killed at all of them.
 */
const UPDATE_STRIDE: Partial<Record<TargetId, number>> = {
  ...{ docker: 8, 'docker-swarm': 12, kubernetes: 12, 'argo-workflows': 12 },
  ...{ 'aws-fargate': 30, 'aws-lambda': 20, 'google-cloud-run': 5, 'azure-container-apps': 5 },
};
const EXPECTED = { service: 'running', job: 'idle', scheduled: 'scheduled' } as const;

export const SILENT: TaskContext = {
  id: TaskId('kit'),
  signal: new AbortController().signal,
  progress: () => undefined,
  log: () => undefined,
};
const applying = () => ({ task: SILENT, onChange: () => undefined });

export async function applyPlan(
  target: ResourceTarget,
  plan: DeployPlan,
  task = SILENT,
): Promise<DeployResult> {
  const confirmed = confirmPlan(plan, ESTIMATE);
  if (!confirmed) throw new Error('the kit’s own estimate was refused');
  return target.apply(confirmed, { ...applying(), task });
}

async function removeIt(target: ResourceTarget, subject: KitSubject, id: DeploymentId) {
  const platform = await subject.driver().open(allOf(subject.driver(), subject.options));
  const key = `${id}@${platform.place.id}`;
  await platform.close();
  await target.check({
    settings: settingsOf(subject, id),
    package: subject.packages.first,
  });
  expect(await target.remove(key, SILENT)).toEqual([]);
}

const RANGE = { low: 1, likely: 2, high: 4 };
const TOTAL = { ...RANGE, isComplete: true };

export const PRICED: TargetEstimate = {
  targetId: 'this-computer',
  title: 'kit',
  product: 'kit',
  region: null,
  fit: { kind: 'fits', vcpu: 1, memoryGib: 0.5, reason: 'kit', basis: 'measured' },
  startTime: { lowMs: 1, likelyMs: 2, highMs: 3, basis: 'assumed', note: '' },
  perRun: TOTAL,
  perMonth: TOTAL,
  period: 'month',
  lines: [],
  pricedLines: 0,
  leftOut: [],
  notes: [],
  sensitivities: [],
};

/** An estimate with a line for each thing that has its own price. */
export const pricedBy = (...ids: string[]): TargetEstimate => ({ ...PRICED, lines: ids.map(line) });

const line = (id: string): TargetEstimate['lines'][number] => ({
  ...{ id, label: id, kind: 'usage', quantity: 1, unit: 'second', price: 1, usd: 1 },
  range: { low: 1, likely: 1, high: 1 },
  ...{ basis: 'assumed', how: '', source: null, date: null, region: null, staleness: null },
});

export const ESTIMATE: Estimate = {
  id: EstimateId('kit-estimate'),
  mode: 'service',
  measurement: {
    runId: 'kit' as Estimate['measurement']['runId'],
    packageName: 'kit',
    wallMs: 1,
    cpuMs: 1,
    peakMemoryBytes: 1,
    artifactBytes: 1,
    service: null,
  },
  targets: [PRICED],
  pricesFrom: null,
  pricesTo: null,
  isShown: true,
};
