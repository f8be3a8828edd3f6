/** Runs of a job: Jobs made by its CronJob or from it. */
import { type Found, type JobRun, type Json, LABEL } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { KubeObject } from './cluster';
import { KIND } from './manifests';
import { pathOf, type Space, selectorOf } from './object-kind';
import { CONTAINER } from './pod';
import { containerOf, type Pod } from './pods';

export interface Job extends KubeObject {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly active?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

interface CronJob extends KubeObject {
  readonly spec: {
    readonly jobTemplate: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly [key: string]: Json;
        readonly template: { readonly [key: string]: Json };
      };
    };
  };
}

const isTrial = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABEL.run] === 'trial';

export async function jobsOf(space: Space, id: string | null): Promise<Job[]> {
  return space.cluster.list<Job>(pathOf(space, KIND.run), selectorOf(space, id));
}

/** Each carries the label of a run: none is a part of the deployment. */
export async function foundRuns(space: Space, id: string | null): Promise<Found[]> {
  return (await jobsOf(space, id)).map(({ metadata }) => ({
    kind: KIND.run.kind,
    name: metadata.name,
    spec: { revision: metadata.labels?.[LABEL.revision] ?? '' },
    labels: { [LABEL.run]: metadata.name, ...metadata.labels },
  }));
}

export async function historyOf(space: Space, id: string): Promise<JobRun[]> {
  const jobs = (await jobsOf(space, id)).filter((each) => !isTrial(each));
  const pods = await podsOfRuns(space, id);
  return jobs
    .map((job) => runOf(job, pods))
    .sort((a, b) => b.startedAt - a.startedAt || b.id.localeCompare(a.id));
}

/** Oldest first. */
export async function podsOfRuns(space: Space, id: string): Promise<Pod[]> {
  const path = `/api/v1/namespaces/${space.namespace}/pods`;
  const pods = await space.cluster.list<Pod>(path, `${selectorOf(space, id)},${LABEL.run}!=trial`);
  return byAge(pods);
}

export const byAge = <T extends KubeObject>(objects: readonly T[]): T[] =>
  objects.toSorted((a, b) =>
    (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''),
  );

function runOf(job: Job, pods: readonly Pod[]): JobRun {
  const { metadata, status } = job;
  const ended = status?.conditions?.find(
    ({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  const mine = pods.filter((each) => each.metadata.labels?.['job-name'] === metadata.name);
  const last = mine.at(-1);
  const terminated = last && containerOf(last, CONTAINER)?.state?.terminated;
  const state = ended
    ? ended.type === 'Complete'
      ? 'succeeded'
      : 'failed'
    : job.spec.suspend
      ? 'cancelled'
      : 'running';
  const suspended = status?.conditions?.find(({ type }) => type === 'Suspended');
  const end = ended?.lastTransitionTime ?? status?.completionTime ?? suspended?.lastTransitionTime;
  return {
    id: metadata.name,
    revision: Number(metadata.labels?.[LABEL.revision] ?? 0),
    trigger: metadata.labels?.[LABEL.run] === 'person' ? 'person' : 'schedule',
    startedAt: Date.parse(status?.startTime ?? metadata.creationTimestamp ?? ''),
    endedAt: state === 'running' ? null : end ? Date.parse(end) : null,
    state,
    exitCode: state === 'succeeded' ? 0 : (terminated?.exitCode ?? null),
    message: messageOf(state, ended, terminated?.reason),
  };
}

function messageOf(
  state: JobRun['state'],
  ended: { readonly reason?: string; readonly message?: string } | undefined,
  reason: string | undefined,
): string {
  if (state === 'cancelled') return 'Stopped by hand';
  if (state !== 'failed') return '';
  if (reason === 'OOMKilled') return 'It took more memory than it may have';
  if (ended?.reason === 'DeadlineExceeded') return 'It took longer than the time limit';
  return 'It failed, see its log';
}

/** A Job as the CronJob itself would make it. */
export async function makeRun(space: Space, id: string): Promise<string> {
  const cronJob = await space.cluster.call<CronJob>(pathOf(space, KIND.cronJob, id));
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const labels = { ...metadata.labels, [LABEL.run]: 'person' };
  const name = `${id}-${Date.now().toString(36)}`;
  const owner = {
    apiVersion: KIND.cronJob.apiVersion,
    kind: KIND.cronJob.apiKind,
    name: id,
    uid: cronJob.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
  const template = { ...spec.template, metadata: { labels } };
  await space.cluster.call(pathOf(space, KIND.run), {
    method: 'POST',
    body: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, labels, ownerReferences: [owner] },
      spec: { ...spec, template },
    },
  });
  return name;
}

/** Its pods end, what it was stays readable. */
export async function stopRuns(space: Space, id: string, task: TaskContext): Promise<void> {
  for (const job of await jobsOf(space, id)) {
    task.signal.throwIfAborted();
    const isOver = job.status?.conditions?.some(
      ({ type, status }) => status === 'True' && /^(Complete|Failed)$/.test(type),
    );
    if (isOver || job.spec.suspend) continue;
    await space.cluster.merge(pathOf(space, KIND.run, job.metadata.name), {
      spec: { suspend: true },
    });
  }
}
