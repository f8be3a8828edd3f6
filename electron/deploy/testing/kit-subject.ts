/** What the kit is told of a target, and how it looks at what stands there. */
import type { DeploymentId } from '../../../shared/base/ids';
import { type DeployPlan, type DeploySettings, isEmptyPlan } from '../../../shared/deploy';
import type { RunMode, TargetEstimate } from '../../../shared/estimate';
import { findAll } from '../resources/engine';
import type { Options, TargetDriver } from '../resources/platform';
import type { ResourceTarget } from '../resources/resource-target';
import type { DeployablePackage } from '../targets/target';
import { TOYS } from './toy-images';

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
  /** All that stands there now without the label of a deployment, as the place itself tells it, a line each. */
  readonly unlabelled?: () => Promise<string[]>;
  /** All that the place shows of what stands there, without the things that it keeps secrets in. */
  readonly shown?: () => Promise<string>;
  /** Where resources are priced by lines of the estimate: an estimate that has them. */
  readonly priced?: TargetEstimate;
}

export async function standingParts({ driver, options }: KitSubject, id: DeploymentId) {
  const platform = await driver().open(allOf(driver(), options));
  try {
    return await findAll(platform, id);
  } finally {
    await platform.close();
  }
}

/** Kind, name and spec of each part, sorted. */
export async function standing(subject: KitSubject, id: DeploymentId): Promise<string[]> {
  const found = await standingParts(subject, id);
  return found
    .map(({ kind, name, spec }) => `${kind} ${name} ${JSON.stringify(withoutTimes(spec))}`)
    .sort();
}

/** A record tells when its revision was made: two deployments differ in that. */
const withoutTimes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/(createdAt\\*":)\d+/g, '$10'));

export const allOf = (driver: TargetDriver, options: Options): Options => ({
  ...Object.fromEntries(driver.describe().options.map(({ key, fallback }) => [key, fallback])),
  ...options,
});

export function settingsOf(subject: KitSubject, name: DeploymentId): DeploySettings {
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

/** Where a stand only says that a service runs, nothing answers. */
export const answers = ({ mode, packages }: KitSubject): boolean =>
  mode === 'service' && packages === TOYS;

export async function asking(
  target: ResourceTarget,
  key: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { url, close } = await target.reach(key);
  try {
    const post = body && { method: 'POST', body: JSON.stringify(body) };
    return await (await fetch(url + path, post)).json();
  } finally {
    await close();
  }
}

/** Those that hold the planted value, as it is or as an API writes it. */
export function holdersOf(told: Readonly<Record<string, unknown>>): string[] {
  const forms = [PLANTED.value, Buffer.from(PLANTED.value).toString('base64')];
  return Object.entries(told)
    .filter(([, what]) => forms.some((each) => JSON.stringify(what ?? '').includes(each)))
    .map(([where]) => where);
}

/** Empty for a plan that would change nothing. */
export const changesOf = ({ changes }: DeployPlan): string[] =>
  isEmptyPlan(changes)
    ? []
    : changes
        .filter(({ kind }) => kind !== 'keep')
        .map(({ kind, id, detail }) => `${kind} ${id}: ${detail}`);

export const numbersOf = ({ revisions }: { revisions: readonly { number: number }[] }): number[] =>
  revisions.map(({ number }) => number).sort();

/** A secret of a person's environment. */
export const PLANTED = {
  variable: 'SLIPWAY_KIT_PLANTED',
  value: 'planted-value-4be1c07d',
} as const;
