/** Waits until a Deployment does its work; what will not get better by itself ends the wait with its reason. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../../../shared/base/studio-error';
import { LABEL } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import { quotaWords } from './api-words';
import type { KubeObject } from './cluster';
import { KIND } from './manifests';
import { pathOf, type Space } from './object-kind';
import { CONTAINER } from './pod';
import { isReady, logTail, type Pod, troubleOf, withLog } from './pods';

const LOOK_MS = 400;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Deployment extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
  };
  readonly status?: { readonly availableReplicas?: number };
}

const NUMBER = 'deployment.kubernetes.io/revision';

/** The set of pods of what was asked for last; null for a moment after it was asked for. */
export async function replicaSetsOf(
  space: Space,
  deployment: Deployment,
): Promise<{ all: ReplicaSet[]; newest: ReplicaSet | null }> {
  const id = deployment.metadata.labels?.[LABEL.deployment] ?? '';
  const path = `/apis/apps/v1/namespaces/${space.namespace}/replicasets`;
  const all = (await space.cluster.list<ReplicaSet>(path, `${LABEL.deployment}=${id}`)).filter(
    ({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid) ?? false,
  );
  const isSeen = deployment.status?.observedGeneration === deployment.metadata.generation;
  const number = deployment.metadata.annotations?.[NUMBER];
  const newest = all.find(({ metadata }) => metadata.annotations?.[NUMBER] === number) ?? null;
  return { all, newest: isSeen ? newest : null };
}

export async function podsOf(space: Space, set: ReplicaSet): Promise<Pod[]> {
  const hash = set.metadata.labels?.['pod-template-hash'] ?? '';
  return space.cluster.list<Pod>(
    `/api/v1/namespaces/${space.namespace}/pods`,
    `pod-template-hash=${hash}`,
  );
}

export async function waitForDeployment(
  space: Space,
  name: string,
  task: TaskContext,
  readyMs: number,
): Promise<void> {
  const path = pathOf(space, KIND.deployment, name);
  for (const started = Date.now(); ; await sleep(LOOK_MS, undefined, { signal: task.signal })) {
    const deployment = await space.cluster.call<Deployment>(path);
    if (isRolledOut(deployment)) return;
    failIfRefused(deployment);
    const { newest } = await replicaSetsOf(space, deployment);
    const pods = newest ? await podsOf(space, newest) : [];
    await failIfTroubled(space, name, pods);
    const ready = pods.filter(isReady).length;
    task.progress(null, `${name}: ${ready} of ${deployment.spec.replicas ?? 1} ready`);
    if (Date.now() - started > readyMs) await failAsNeverReady(space, name, pods, readyMs);
  }
}

export function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted
  );
}

function failIfRefused({ metadata, status }: Deployment): void {
  const refused = status?.conditions?.find(
    ({ type, status: is }) => type === 'ReplicaFailure' && is === 'True',
  );
  if (!refused || status?.observedGeneration !== metadata.generation) return;
  const message = refused.message ?? refused.reason ?? '';
  if (/exceeded quota/.test(message)) fail('precondition', quotaWords(message));
  fail('precondition', `The cluster makes no pod for ${metadata.name}: ${message}`);
}

export async function failIfTroubled(
  space: Space,
  name: string,
  pods: readonly Pod[],
): Promise<void> {
  for (const pod of pods) {
    const found = troubleOf(pod, CONTAINER, Date.now());
    if (!found) continue;
    const log = found.hasLog ? await logTail(space.cluster, pod, CONTAINER) : '';
    fail(found.kind, withLog(`${name} does not start. ${found.words}`, log));
  }
}

async function failAsNeverReady(
  space: Space,
  name: string,
  pods: readonly Pod[],
  readyMs: number,
): Promise<never> {
  const pod = pods.find((each) => !isReady(each));
  const log = pod ? await logTail(space.cluster, pod, CONTAINER) : '';
  const words = `${name} was never ready: its check /readyz did not say yes in ${Math.round(readyMs / 1000)} s.`;
  return fail('precondition', withLog(words, log));
}
