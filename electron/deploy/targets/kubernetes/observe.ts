/** What is the case with a deployment, read from the cluster. */
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  type DeploymentRecord,
  type Found,
  LABEL,
  type RevisionRecord,
  type RuntimeState,
  recordOf,
} from '../../../../shared/deploy';
import { parseSchedule } from '../../../estimate';
import type { Observed } from '../../resources/platform';
import type { KubeObject } from './cluster';
import { KIND } from './manifests';
import { pathOf, type Space } from './object-kind';
import { CONTAINER } from './pod';
import { isReady, type Pod, troubleOf } from './pods';
import { type Deployment, isRolledOut, podsOf, replicaSetsOf } from './rollout';
import { historyOf } from './runs';
import { triedRevision } from './trial';

interface Now {
  readonly revision: number;
  readonly isFinished: boolean;
  readonly isWanted: boolean;
  readonly state: Omit<RuntimeState, 'revision'>;
}

export function recordsIn(found: readonly Found[]): RevisionRecord[] {
  return found.flatMap(({ labels }) => recordOf(labels) ?? []).sort((a, b) => a.number - b.number);
}

export function observedOf(
  id: DeploymentId,
  revisions: readonly RevisionRecord[],
  now: Now,
  targetId: DeploymentRecord['targetId'],
): Omit<Observed, 'url'> | null {
  const last = revisions.at(-1);
  if (!last) return null;
  const current = revisions.find(({ number }) => number === now.revision) ?? last;
  return {
    state: { ...now.state, revision: current.number },
    record: {
      version: 1,
      id,
      targetId,
      mode: current.settings?.mode ?? 'service',
      port: current.settings?.port ?? null,
      wanted: now.isWanted ? 'up' : 'stopped',
      isFinished: now.isFinished,
      currentRevision: current.number,
      revisions: [...revisions],
      createdAt: revisions[0]?.createdAt ?? 0,
      deployedAt: current.createdAt,
    },
  };
}

export const NOTHING: Omit<RuntimeState, 'revision'> = {
  status: 'unfinished',
  detail: '',
  since: 0,
  health: { status: 'unknown', message: '', checkedAt: null },
  restarts: 0,
  requests: null,
  errors: null,
  activeMs: 0,
  runCount: 0,
  runs: [],
  nextRunAt: null,
};

export async function serviceNow(space: Space, id: string): Promise<Now | null> {
  const path = pathOf(space, KIND.deployment, id);
  const deployment = await space.cluster.find<Deployment>(path);
  if (!deployment) return null;
  const { newest, all } = await replicaSetsOf(space, deployment);
  const replicas = deployment.spec.replicas ?? 1;
  const serving = all.find(({ status }) => (status?.availableReplicas ?? 0) > 0);
  const wasDone = isProgressDone(deployment) || isRolledOut(deployment);
  const set = wasDone || !serving ? newest : serving;
  const pods = newest ? await podsOf(space, newest) : [];
  const revision = set
    ? Number(set.spec.template.metadata.labels[LABEL.revision])
    : revisionOf(deployment);
  return {
    revision: wasDone ? revisionOf(deployment) : revision,
    isFinished: wasDone || serving !== undefined,
    isWanted: replicas > 0,
    state: stateOf(deployment, pods, wasDone),
  };
}

const revisionOf = ({ metadata }: KubeObject): number =>
  Number(metadata.labels?.[LABEL.revision] ?? 0);

/** It was ready once: what comes later is an illness, not a failed start. */
const isProgressDone = ({ metadata, status }: Deployment): boolean =>
  status?.observedGeneration === metadata.generation &&
  (status?.conditions?.some(
    ({ type, status: is, reason }) =>
      type === 'Progressing' && is === 'True' && reason === 'NewReplicaSetAvailable',
  ) ??
    false);

function stateOf(
  { metadata, spec, status }: Deployment,
  pods: readonly Pod[],
  wasDone: boolean,
): Omit<RuntimeState, 'revision'> {
  const now = Date.now();
  const wanted = spec.replicas ?? 1;
  const available = status?.availableReplicas ?? 0;
  const trouble = pods.map((pod) => troubleOf(pod, CONTAINER, now)).find((each) => each !== null);
  const starts = pods.map((pod) => Date.parse(pod.status?.startTime ?? '')).filter(Number.isFinite);
  const since =
    starts.length > 0 ? Math.min(...starts) : Date.parse(metadata.creationTimestamp ?? '');
  const restarts = pods
    .flatMap((pod) => pod.status?.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  const ready = pods.filter(isReady).length;
  const detail =
    trouble?.words ?? (wanted === 1 && ready === 1 ? '' : `${ready} of ${wanted} ready`);
  return {
    ...NOTHING,
    status: statusOf(wanted, available, wasDone, trouble?.hasLog ?? false, trouble !== undefined),
    detail: wanted === 0 ? '' : detail,
    since,
    restarts,
    activeMs: available > 0 ? now - since : 0,
    health: {
      status: available > 0 ? 'ok' : wanted === 0 ? 'unknown' : 'failing',
      message: available > 0 ? '' : detail,
      checkedAt: now,
    },
  };
}

function statusOf(
  wanted: number,
  available: number,
  wasDone: boolean,
  isCrashing: boolean,
  isTroubled: boolean,
): RuntimeState['status'] {
  if (wanted === 0) return 'stopped';
  if (available > 0) return 'running';
  if (isCrashing) return wasDone ? 'restarting' : 'failed';
  if (isTroubled) return 'failed';
  return wasDone ? 'unhealthy' : 'starting';
}

interface CronJob extends KubeObject {
  readonly spec: {
    readonly suspend?: boolean;
    readonly schedule: string;
    readonly timeZone?: string;
  };
}

export async function jobNow(
  space: Space,
  id: string,
  mode: DeploymentRecord['mode'],
): Promise<Now | null> {
  const cronJob = await space.cluster.find<CronJob>(pathOf(space, KIND.cronJob, id));
  if (!cronJob) return null;
  const runs = await historyOf(space, id);
  const revision = revisionOf(cronJob);
  const isFinished = triedRevision(cronJob) === revision;
  const { suspend = false, schedule, timeZone } = cronJob.spec;
  const isStopped = mode === 'scheduled' && suspend;
  return {
    revision,
    isFinished,
    isWanted: !isStopped,
    state: jobState(runs, {
      rest: !isFinished
        ? 'unfinished'
        : isStopped
          ? 'stopped'
          : mode === 'job'
            ? 'idle'
            : 'scheduled',
      since: Date.parse(cronJob.metadata.creationTimestamp ?? ''),
      nextRunAt:
        mode === 'scheduled' && !suspend
          ? (parseSchedule(schedule, timeZone).nextRun()?.getTime() ?? null)
          : null,
    }),
  };
}

export function jobState(
  runs: RuntimeState['runs'],
  {
    rest,
    since,
    nextRunAt,
  }: { rest: RuntimeState['status']; since: number; nextRunAt: number | null },
): Omit<RuntimeState, 'revision'> {
  const isRunning = runs.some(({ state }) => state === 'running');
  const last = runs[0];
  const hasFailed = rest === 'idle' && last?.state === 'failed';
  return {
    ...NOTHING,
    status: isRunning ? 'running' : hasFailed ? 'failed' : rest,
    detail: hasFailed ? last.message : '',
    since: last?.startedAt ?? since,
    activeMs: runs.reduce((sum, run) => sum + ((run.endedAt ?? Date.now()) - run.startedAt), 0),
    runCount: runs.length,
    runs,
    nextRunAt,
  };
}

export const modeIn = (revisions: readonly RevisionRecord[]): DeploymentRecord['mode'] =>
  revisions.at(-1)?.settings?.mode ?? 'service';
