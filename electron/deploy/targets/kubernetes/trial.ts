/** A job does nothing until it runs, so a pod of it is tried: image, secrets, room and the package itself. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../../../shared/base/studio-error';
import { canonical, type Json, LABEL } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import { quotaWords } from './api-words';
import type { KubeObject } from './cluster';
import { KIND } from './manifests';
import { pathOf, removeWholly, type Space } from './object-kind';
import { CONTAINER, trialCommand } from './pod';
import { containerOf, logTail, type Pod, withLog } from './pods';
import { failIfTroubled } from './rollout';

/** What was tried last, on the CronJob: the same is not tried again. */
const TRIED = 'dev.slipway.tried';
const LOOK_MS = 400;

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly [key: string]: Json };
}

interface Job extends KubeObject {
  readonly status?: {
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly { type: string; status: string; message?: string }[];
  };
}

/** "3:9f2c…": the revision, and what of it was tried. */
function markOf({ metadata, spec }: PodTemplate): string {
  const digest = createHash('sha256').update(canonical(spec)).digest('hex').slice(0, 16);
  return `${metadata.labels[LABEL.revision]}:${digest}`;
}

/** The revision that was seen to start, whatever was changed by hand since. */
export const triedRevision = (object: KubeObject): number =>
  Number.parseInt(object.metadata.annotations?.[TRIED] ?? '0', 10);

/** `owner` is the path of what makes the runs: on it stands what was tried. */
export async function tryToStart(
  space: Space,
  { name, owner, template }: { name: string; owner: string; template: PodTemplate },
  task: TaskContext,
  readyMs: number,
): Promise<void> {
  const { cluster } = space;
  const standing = await cluster.call(owner);
  if (standing.metadata.annotations?.[TRIED] === markOf(template)) return;
  const trial = `${name}-trial`;
  await removeWholly(space, KIND.run, trial, task);
  task.progress(null, `${name}: trying whether it starts`);
  try {
    await cluster.call(pathOf(space, KIND.run), {
      method: 'POST',
      body: trialJob(trial, template),
    });
    await untilEnded(space, name, trial, task, readyMs);
  } finally {
    await removeWholly(space, KIND.run, trial, { ...task, signal: new AbortController().signal });
  }
  await cluster.merge(owner, { metadata: { annotations: { [TRIED]: markOf(template) } } });
}

function trialJob(name: string, { metadata, spec }: PodTemplate): Json {
  const labels = { ...metadata.labels, [LABEL.run]: 'trial' };
  const containers = (spec.containers as readonly { readonly [key: string]: Json }[]).map(
    (each) => ({ ...each, command: trialCommand(metadata.labels[LABEL.package] ?? '') }),
  );
  const template = { metadata: { labels }, spec: { ...spec, containers } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: { backoffLimit: 0, template },
  };
}

async function untilEnded(
  space: Space,
  name: string,
  trial: string,
  task: TaskContext,
  readyMs: number,
): Promise<void> {
  const { cluster, namespace } = space;
  for (const started = Date.now(); ; await sleep(LOOK_MS, undefined, { signal: task.signal })) {
    const { status } = await cluster.call<Job>(pathOf(space, KIND.run, trial));
    if ((status?.succeeded ?? 0) > 0) return;
    const pods = await cluster.list<Pod>(
      `/api/v1/namespaces/${namespace}/pods`,
      `job-name=${trial}`,
    );
    await failIfTroubled(space, name, pods);
    const pod = pods.find((each) => containerOf(each, CONTAINER)?.state?.terminated);
    if (pod && (status?.failed ?? 0) > 0) await failAsEnded(space, name, pod);
    if (pods.length === 0) await failIfNoPod(space, trial);
    if (Date.now() - started > readyMs) {
      const log = pods[0] ? await logTail(cluster, pods[0], CONTAINER) : '';
      const words = `${name} did not start in ${Math.round(readyMs / 1000)} s.`;
      fail('precondition', withLog(words, log));
    }
  }
}

async function failAsEnded(space: Space, name: string, pod: Pod): Promise<never> {
  const code = containerOf(pod, CONTAINER)?.state?.terminated?.exitCode;
  const log = await logTail(space.cluster, pod, CONTAINER);
  return fail('step-failed', withLog(`${name} does not start: it ends with code ${code}.`, log));
}

/** A Job whose pod is refused says so in an event only. */
async function failIfNoPod({ cluster, namespace }: Space, job: string): Promise<void> {
  const events = await cluster
    .call<{ items?: { reason?: string; message?: string }[] }>(
      `/api/v1/namespaces/${namespace}/events`,
      { query: { fieldSelector: `involvedObject.name=${job},reason=FailedCreate` } },
    )
    .catch(() => ({ items: [] }));
  const message = events.items?.at(-1)?.message;
  if (message === undefined) return;
  if (/exceeded quota/.test(message)) fail('precondition', quotaWords(message));
  fail('precondition', `The cluster makes no pod: ${message}`);
}
