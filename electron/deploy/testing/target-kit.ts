/**
 * What every target must hold, whatever it runs on: an empty plan after an apply, the same end after a kill at any
 * call, nothing left after a remove, labels on everything, drift seen, deployments that leave each other alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeploymentId, EstimateId, TaskId } from '../../../shared/base/ids';
import { StudioFailure } from '../../../shared/base/studio-error';
import {
  confirmPlan,
  type DeployPlan,
  type DeployResult,
  type DeploySettings,
  isEmptyPlan,
  LABEL,
  recordOf,
} from '../../../shared/deploy';
import type { Estimate, RunMode, TargetEstimate } from '../../../shared/estimate';
import type { TaskContext } from '../../task';
import { findAll } from '../resources/engine';
import { KnownPlaces } from '../resources/known-places';
import type { Options, Platform, ResourceKind, TargetDriver } from '../resources/platform';
import { ResourceTarget } from '../resources/resource-target';
import type { DeployablePackage } from '../targets/target';

export interface KitSubject {
  /** Made anew, as an app that was started again would make it; the place is the same. */
  readonly driver: () => TargetDriver;
  readonly options: Options;
  readonly mode: RunMode;
  /** Two that work and one that never gets ready. */
  readonly packages: Readonly<Record<'first' | 'second' | 'broken', DeployablePackage>>;
  /** Said by the failure of the broken one: its own words, from its log. Null where it shows only when a run is due. */
  readonly brokenSays: RegExp | null;
  /** All that is at the place, of whomever, a line each: after a remove it is as before. */
  readonly inventory: () => Promise<string[]>;
  /** Changes one thing of the deployment by hand, behind our back. */
  readonly tamper: (id: DeploymentId) => Promise<void>;
  readonly settings?: Partial<DeploySettings>;
  /** Other settings of a target whose every call is killed in another kit: here each fourth call is. */
  readonly isVariant?: true;
  /** Where resources are priced by lines of the estimate: an estimate that has them. */
  readonly priced?: TargetEstimate;
}

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
      const target = await fresh();
      const plan = await planFor(target, 'first');
      expect(plan.changes.filter(({ kind }) => kind !== 'create' && kind !== 'keep')).toEqual([]);
      expect(plan.changes.some(({ price }) => price.kind === 'priced')).toBe(true);
      await applyPlan(target, plan);
      const stands = await standing(subject(), ONE);
      const again = await planFor(target, 'first');
      expect({ changes: changesOf(again), revision: again.revision }).toEqual({
        changes: [],
        revision: 1,
      });
      await applyPlan(target, again);
      expect(await standing(subject(), ONE)).toEqual(stands);
    });

    it('carries the label of the deployment on everything it makes, and is found from that alone', async () => {
      await deploy(await fresh(), 'first');
      const found = await standingParts(subject(), ONE);
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter(({ labels }) => labels[LABEL.deployment] !== ONE)).toEqual([]);
      expect(found.flatMap(({ labels }) => recordOf(labels)?.number ?? [])).toContain(1);
      const another = await fresh();
      await another.check(requestFor('first', ONE));
      const { observations } = await another.list();
      const mine = observations.filter(({ record }) => record.id === ONE);
      expect(mine.map(({ record }) => [record.currentRevision, record.mode])).toEqual([
        [1, subject().mode],
      ]);
    });

    it('ends the same after a kill before and after each call', async () => {
      const calls = new Boundary(Number.POSITIVE_INFINITY);
      await deploy(await fresh((driver) => interrupted(driver, calls)), 'first');
      const whole = await standing(subject(), ONE);
      await removeIt(await fresh(), subject(), ONE);
      expect(calls.count).toBeGreaterThan(1);
      for (let at = 0; at < calls.count; at += subject().isVariant ? 4 : 1) {
        const boundary = new Boundary(at);
        const killed = await fresh((driver) => interrupted(driver, boundary));
        await expect(deploy(killed, 'first')).rejects.toThrow();
        await deploy(await fresh(), 'first');
        expect({ at, stands: await standing(subject(), ONE) }).toEqual({ at, stands: whole });
        await removeIt(await fresh(), subject(), ONE);
        expect({ at, left: await subject().inventory() }).toEqual({ at, left: before });
      }
    });

    it('goes to another revision and back', async () => {
      const target = await fresh();
      const { key } = await deploy(target, 'first');
      const whole = await standing(subject(), ONE);
      const second = await deploy(target, 'second');
      expect(second.revision).toBe(2);
      expect(changesOf(await planFor(target, 'second'))).toEqual([]);
      await target.rollback(key, 1, SILENT);
      const { record } = await target.observe(key);
      expect({ current: record.currentRevision, all: numbersOf(record) }).toEqual({
        current: 1,
        all: [1, 2],
      });
      const names = (all: readonly string[]) => all.filter((line) => whole.includes(line));
      expect(names(await standing(subject(), ONE)).length).toBeGreaterThan(0);
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

const changesOf = ({ changes }: DeployPlan): string[] =>
  isEmptyPlan(changes)
    ? []
    : changes
        .filter(({ kind }) => kind !== 'keep')
        .map(({ kind, id, detail }) => `${kind} ${id}: ${detail}`);

const numbersOf = ({ revisions }: { revisions: readonly { number: number }[] }): number[] =>
  revisions.map(({ number }) => number).sort();

async function standingParts({ driver, options }: KitSubject, id: DeploymentId) {
  const platform = await driver().open(allOf(driver(), options));
  try {
    return await findAll(platform, id);
  } finally {
    await platform.close();
  }
}

/** Kind, name and spec of each part, sorted. */
async function standing(subject: KitSubject, id: DeploymentId): Promise<string[]> {
  const found = await standingParts(subject, id);
  return found
    .map(({ kind, name, spec }) => `${kind} ${name} ${JSON.stringify(withoutTimes(spec))}`)
    .sort();
}

/** A record tells when its revision was made: two deployments differ in that. */
const withoutTimes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/(createdAt\\*":)\d+/g, '$10'));

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

const allOf = (driver: TargetDriver, options: Options): Options => ({
  ...Object.fromEntries(driver.describe().options.map(({ key, fallback }) => [key, fallback])),
  ...options,
});

function settingsOf(subject: KitSubject, name: DeploymentId): DeploySettings {
  return {
    name,
    mode: subject.mode,
    port: null,
    schedule: subject.mode === 'scheduled' ? { cron: '0 2 * * *', timeZone: 'UTC' } : null,
    parameters: {},
    environment: { GREETING: 'hello' },
    secrets: {},
    resources: null,
    replicas: 1,
    ...subject.settings,
    options: subject.options,
  };
}

class Killed extends Error {}

/** Counts the places a process may die at, and dies at one of them. */
class Boundary {
  count = 0;
  #isDead = false;
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  /** A dead process makes no further call, whatever its code would do about the failure. */
  pass(): void {
    if (this.#isDead || this.count === this.#at) {
      this.#isDead = true;
      throw new Killed(`killed at call ${this.#at}`);
    }
    this.count += 1;
  }
}

function interrupted(driver: TargetDriver, boundary: Boundary): TargetDriver {
  return {
    ...bound(driver),
    open: async (options) => {
      const platform = await driver.open(options);
      const kinds = platform.kinds.map((kind) => interruptedKind(kind, boundary));
      return new Proxy(platform, {
        get: (inner, key) => {
          if (key === 'kinds') return kinds;
          const value = Reflect.get(inner, key) as unknown;
          return typeof value === 'function' ? value.bind(inner) : value;
        },
      }) satisfies Platform;
    },
  };
}

const bound = (driver: TargetDriver): TargetDriver => ({
  id: driver.id,
  hasDefaultPlace: driver.hasDefaultPlace,
  describe: () => driver.describe(),
  placeOptions: (options) => driver.placeOptions(options),
  open: (options) => driver.open(options),
});

function interruptedKind(kind: ResourceKind, boundary: Boundary): ResourceKind {
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    boundary.pass();
    const value = await call();
    boundary.pass();
    return value;
  };
  return {
    kind: kind.kind,
    list: (id) => kind.list(id),
    ...(kind.read ? { read: (name) => kind.read?.(name) ?? Promise.resolve(null) } : {}),
    ...(kind.dryRun
      ? { dryRun: (resource) => kind.dryRun?.(resource) ?? Promise.resolve(true) }
      : {}),
    create: (...args) => around(() => kind.create(...args)),
    update: (...args) => around(() => kind.update(...args)),
    remove: (...args) => around(() => kind.remove(...args)),
    ...(kind.ready
      ? { ready: (...args) => around(() => kind.ready?.(...args) ?? Promise.resolve()) }
      : {}),
  };
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
