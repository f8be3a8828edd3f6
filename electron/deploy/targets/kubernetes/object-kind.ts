/** One kind of Kubernetes object as a kind of resource: server-side apply, found by labels, compared in its own shape. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, StudioFailure } from '../../../../shared/base/studio-error';
import {
  canonical,
  type Found,
  type Json,
  LABEL,
  type Resource,
  type ResourcePrice,
} from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import { type Cluster, FIELD_MANAGER, isKind, type KubeObject } from './cluster';
import { isFields, project } from './projection';

/** Two targets can use one namespace: each finds its own. */
export const TARGET_LABEL = 'dev.slipway.target';
/** What was asked for, on the thing itself: in this shape what stands is read back. */
const SHAPE = 'dev.slipway.shape';
export const RECORD_KEY = 'record.json';
const GONE_MS = 90_000;

export interface Space {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Value of TARGET_LABEL. */
  readonly target: string;
}

export interface ApiKind {
  /** As the plan names it: "deployment". */
  readonly kind: string;
  readonly apiVersion: string;
  readonly apiKind: string;
  readonly plural: string;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly [field: string]: Json;
}

export const pathOf = (
  { namespace }: Space,
  { apiVersion, plural }: ApiKind,
  name = '',
): string => {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;
};

export const selectorOf = ({ target }: Space, id: string | null): string =>
  `${TARGET_LABEL}=${target},${LABEL.deployment}${id === null ? '' : `=${id}`}`;

export function resourceOf(
  { kind }: ApiKind,
  manifest: Manifest,
  words: { what: string; detail: string; price: ResourcePrice },
): Resource {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = manifest;
  return { kind, name: metadata.name, ...words, spec: { labels: metadata.labels, ...rest } };
}

/** The other way round. */
export function plainManifest(
  { apiVersion, apiKind }: ApiKind,
  { name, spec }: Resource,
): Manifest {
  const { labels, ...rest } = spec as { labels: Record<string, string>; [field: string]: Json };
  return { apiVersion, kind: apiKind, metadata: { name, labels }, ...rest };
}

/** With the shape it is read back in. */
function manifestOf(kind: ApiKind, resource: Resource): Manifest {
  const { metadata, ...rest } = plainManifest(kind, resource);
  const annotations = { [SHAPE]: canonical(resource.spec) };
  return { ...rest, metadata: { ...metadata, annotations } } as Manifest;
}

function shapeOf(object: KubeObject): Json | undefined {
  try {
    return JSON.parse(object.metadata.annotations?.[SHAPE] ?? '') as Json;
  } catch {
    return undefined;
  }
}

export function foundOf({ kind }: ApiKind, object: KubeObject): Found {
  const { metadata, apiVersion: _version, kind: _kind, status: _status, ...rest } = object;
  const labels = metadata.labels ?? {};
  const live = { labels, ...rest } as Json;
  const { data } = object as { data?: Record<string, string> };
  const record = data?.[RECORD_KEY];
  return {
    kind,
    name: metadata.name,
    spec: project(shapeOf(object), live),
    labels: record === undefined ? labels : { ...labels, [LABEL.record]: record },
  };
}

export interface KindOptions extends ApiKind {
  /** A further selector, where two kinds of resource are the same kind of object. */
  readonly selector?: string;
  /** Not permitted to be listed counts as none: it is not needed by every deployment. */
  readonly isOptional?: boolean;
  readonly ready?: (resource: Resource, task: TaskContext) => Promise<void>;
}

export function objectKind(space: Space, options: KindOptions): ResourceKind {
  const { cluster } = space;
  const path = (name: string) => pathOf(space, options, name);
  return {
    kind: options.kind,
    list: async (id) => {
      const objects = await listOf(space, options, id);
      return objects.map((each) => foundOf(options, each));
    },
    create: async (resource, { task }) => {
      await mustBeOurs(space, options, resource, task);
      await cluster.apply(path(resource.name), manifestOf(options, resource));
    },
    dryRun: (resource) => dryRun(space, options, resource),
    update: async (resource) => {
      const wanted = manifestOf(options, resource);
      const now = await cluster.apply(path(resource.name), wanted);
      // Apply leaves what others own: what was added by hand goes only with the whole.
      if (canonical(foundOf(options, now).spec) !== canonical(resource.spec)) {
        await replace(space, options, wanted, now);
      }
    },
    remove: async (name, task) => removeWholly(space, options, name, task),
    ...(options.ready ? { ready: options.ready } : {}),
  };
}

const DRY = { dryRun: 'All' };

/**
 * By server-side apply with dry-run: schema, defaults, quotas, policies and webhooks of the cluster have their say. Whether
 * anything would be another is seen by a dry replacement, as apply leaves what others put there.
 */
async function dryRun(space: Space, kind: ApiKind, resource: Resource): Promise<boolean> {
  const wanted = manifestOf(kind, resource);
  const path = pathOf(space, kind, resource.name);
  const live = await space.cluster.find(path);
  // What is not ours, or is going, is said where it is looked for; it is no question of what would be made.
  if (live && (live.metadata.deletionTimestamp || !isOurs(live, wanted.metadata.labels)))
    return true;
  try {
    await space.cluster.apply(path, wanted, { ...DRY, fieldValidation: 'Strict' });
  } catch (thrown) {
    if (!(thrown instanceof StudioFailure)) throw thrown;
    const { error } = thrown;
    // A webhook may be one that cannot be asked: then it has its say later.
    if (/does not support dry ?run/i.test(error.detail ?? error.message)) return true;
    const message = `${resource.what} would not be taken as things stand. ${error.message}`;
    throw new StudioFailure({ ...error, message });
  }
  const isAskedForAlready =
    live !== null && live.metadata.annotations?.[SHAPE] === canonical(resource.spec);
  if (!isAskedForAlready) return true;
  // Of some kinds much can be applied but nothing replaced, a claim of storage for one.
  const after = await replace(space, kind, wanted, live, DRY).catch(() => null);
  const seen = (object: KubeObject) => canonical(foundOf(kind, object).spec);
  return after === null || seen(after) !== seen(live);
}

async function listOf(
  space: Space,
  options: KindOptions,
  id: string | null,
): Promise<KubeObject[]> {
  try {
    const more = options.selector ? `,${options.selector}` : '';
    return await space.cluster.list(pathOf(space, options), selectorOf(space, id) + more);
  } catch (thrown) {
    const isNotThere = isKind(thrown, 'permission') || isKind(thrown, 'not-found');
    if (options.isOptional && isNotThere) return [];
    throw thrown;
  }
}

async function replace(
  { cluster, ...space }: Space,
  kind: ApiKind,
  wanted: Manifest,
  now: KubeObject,
  more: Readonly<Record<string, string>> = {},
): Promise<KubeObject> {
  const { resourceVersion = '' } = now.metadata;
  const { clusterIP, clusterIPs } = (now.spec ?? {}) as Record<string, Json | undefined>;
  const address: { [key: string]: Json } =
    clusterIP === undefined ? {} : { clusterIP, clusterIPs: clusterIPs ?? [] };
  const spec: { [key: string]: Json } = isFields(wanted.spec)
    ? { spec: { ...wanted.spec, ...address } }
    : {};
  return cluster.call(pathOf({ cluster, ...space }, kind, wanted.metadata.name), {
    method: 'PUT',
    query: { fieldManager: FIELD_MANAGER, ...more },
    body: { ...withVersion(wanted, resourceVersion), ...spec },
  });
}

function withVersion({ metadata, ...rest }: Manifest, resourceVersion: string) {
  const body: { readonly [key: string]: Json } = rest;
  return { ...body, metadata: { ...metadata, resourceVersion } };
}

/** A name in use by somebody else's object is left alone. */
export async function mustBeOurs(
  space: Space,
  kind: ApiKind,
  { name, spec }: Pick<Resource, 'name' | 'spec'>,
  task: TaskContext,
): Promise<void> {
  const there = await space.cluster.find(pathOf(space, kind, name));
  if (!there) return;
  const { labels } = spec as { labels: Record<string, string> };
  if (!isOurs(there, labels)) fail('conflict', takenWords(space, kind, name));
  if (there.metadata.deletionTimestamp) await untilGone(space, kind, name, task);
}

export function isOurs(
  { metadata }: KubeObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  return [TARGET_LABEL, LABEL.deployment].every((key) => metadata.labels?.[key] === labels[key]);
}

export const takenWords = (
  { namespace }: Space,
  { apiKind, plural }: ApiKind,
  name: string,
): string =>
  `The name “${name}” is taken in the namespace ${namespace} by a ${apiKind} that is not part of this deployment. Choose another name, or remove it: kubectl -n ${namespace} delete ${plural} ${name}`;

export async function removeWholly(
  space: Space,
  kind: ApiKind,
  name: string,
  task: TaskContext,
): Promise<void> {
  await space.cluster.remove(pathOf(space, kind, name));
  await untilGone(space, kind, name, task);
}

async function untilGone(space: Space, kind: ApiKind, name: string, task: TaskContext) {
  const path = pathOf(space, kind, name);
  for (const started = Date.now(); Date.now() - started < GONE_MS; await sleep(200)) {
    task.signal.throwIfAborted();
    if (!(await space.cluster.find(path))) return;
  }
  const why = 'the cluster is still taking down what belongs to it';
  fail('unexpected', `${kind.apiKind} ${name} is not gone after ${GONE_MS / 1000} s: ${why}.`);
}
