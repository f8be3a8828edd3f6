/** What all kinds of resources share: the account, its clients, and how to wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, type Json, LABEL, type Resource } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind, WorkContext } from '../../resources/platform';
import type { ImageMaker } from '../target';
import type { Account, Clients } from './clients';
import { codeIn, detailIn } from './failures';
import { isOf, type Labels } from './names';

export interface Here {
  readonly clients: Clients;
  readonly account: Account;
  /** Host of the registry. */
  readonly registry: string;
  readonly images: ImageMaker;
  readonly pollMs: number;
  readonly naming: Naming;
  /** Deployments that have anything here. */
  readonly ids: () => Promise<DeploymentId[]>;
}

/** What a target calls its own: two targets in one account leave each other's things alone. */
export interface Naming {
  /** Of its log groups, before the deployment's name. */
  readonly logGroups: string;
  /** The last part of its roles' names. */
  readonly roles: readonly string[];
  /** Of its image repositories, where the settings were lost. */
  readonly repositories: string;
}

export const logGroupOf = ({ naming }: Here, id: string): string => `${naming.logGroups}${id}`;

interface KindParts {
  readonly list: (id: DeploymentId) => Promise<Found[]>;
  readonly create: (resource: Resource, context: WorkContext) => Promise<void>;
  readonly update: ResourceKind['update'];
  readonly remove: (name: string, task: TaskContext) => Promise<void>;
  readonly ready?: ResourceKind['ready'];
}

export function kindOf(here: Here, kind: string, parts: KindParts): ResourceKind {
  const all = async () => (await Promise.all((await here.ids()).map(parts.list))).flat();
  return {
    kind,
    list: (id) => (id === null ? all() : parts.list(id)),
    create: parts.create,
    update: parts.update,
    remove: parts.remove,
    ...(parts.ready ? { ready: parts.ready } : {}),
  };
}

/** Nothing where it belongs to somebody else, though it has our name. */
export const ours = (found: Found, id: DeploymentId): Found[] =>
  isOf(found.labels, id) ? [found] : [];

/** The fields of a spec that `desired` wrote: our own words, read back. */
export const specOf = <T>({ spec }: { readonly spec: Json }): T => spec as T;

export const deploymentOf = (resource: Resource): DeploymentId =>
  DeploymentId(specOf<{ deployment: string }>(resource).deployment);

export const labelsFor = (resource: Resource): Labels => ({
  [LABEL.deployment]: deploymentOf(resource),
});

/** It was there already: fine where it carries our label, a conflict where it is somebody else's. */
export async function orTaken(
  making: Promise<unknown>,
  exists: RegExp,
  isOurs: () => Promise<boolean>,
  { kind, name }: Pick<Resource, 'kind' | 'name'>,
): Promise<void> {
  try {
    await making;
  } catch (thrown) {
    if (!exists.test(codeIn(thrown))) throw thrown;
    if (await isOurs()) return;
    fail(
      'conflict',
      `There is ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} ${name} already, which Slipway did not make. Give the deployment another name, or remove that ${kind}.`,
    );
  }
}

/** A role that was made a moment ago is not known everywhere yet, and an address in use is free a little later. */
export async function patiently<T>(
  here: Here,
  task: TaskContext,
  isForNow: RegExp,
  call: () => Promise<T>,
): Promise<T> {
  for (let left = PATIENCE; ; left -= 1) {
    try {
      return await call();
    } catch (thrown) {
      const words = `${codeIn(thrown)} ${detailIn(thrown)}`;
      if (left === 0 || !isForNow.test(words)) throw thrown;
      await pause(here, task);
    }
  }
}

/** Of looks, five seconds apart at AWS: ten minutes. */
const PATIENCE = 120;

export async function pause({ pollMs }: Here, { signal }: Pick<TaskContext, 'signal'>) {
  signal.throwIfAborted();
  await sleep(pollMs, undefined, { signal });
}

/** All pages of a list. */
export async function pages<T>(
  page: (
    token: string | undefined,
  ) => Promise<{ items: T[] | undefined; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    all.push(...(items ?? []));
    token = next;
  } while (token !== undefined && token !== '');
  return all;
}

export const given = <T>(value: T | undefined | null, what: string): T =>
  value ?? fail('unexpected', `AWS answered without ${what}.`);
