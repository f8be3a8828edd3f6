/** What is the case with a deployment, from what stands and what Cloud Run says of it now. */
import type { protos } from '@google-cloud/run';
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  type DeploymentRecord,
  type Found,
  type JobRun,
  LABEL,
  type RevisionRecord,
  type RuntimeState,
  recordOf,
} from '../../../../shared/deploy';
import type { Observed } from '../../resources/platform';
import { verdictOf } from './conditions';
import type { Google } from './google';
import { executionsOf, type JobSpec } from './jobs';
import { lastPart, revisionName } from './names';
import { readSchedule, type ScheduleSpec } from './schedules';
import { readRevision, readService, type ServiceSpec } from './services';

type IExecution = protos.google.cloud.run.v2.IExecution;
type Stamp = protos.google.protobuf.ITimestamp | null | undefined;

export async function observe(
  google: Google,
  id: DeploymentId,
  found: readonly Found[],
): Promise<Observed | null> {
  const service = found.find(({ kind }) => kind === 'service');
  if (service) return observeService(google, id, service, found);
  const job = found.find(({ kind }) => kind === 'job');
  return job ? observeJob(google, id, job, found) : null;
}

async function observeService(
  google: Google,
  id: DeploymentId,
  service: Found,
  found: readonly Found[],
): Promise<Observed | null> {
  const spec = service.spec as unknown as ServiceSpec;
  const records = found.flatMap(({ labels }) => recordOf(labels) ?? []).sort(byNumber);
  const current =
    records.find((each) => revisionName(id, each) === spec.traffic) ?? records.at(-1) ?? null;
  if (!current) return null;
  const [raw, revision] = await Promise.all([
    readService(google, id),
    readRevision(google, id, revisionName(id, current)),
  ]);
  const verdict = verdictOf(revision?.conditions ?? []);
  const since = millis(revision?.createTime);
  const isRouted = (raw?.trafficStatuses ?? []).some(
    (each) => lastPart(each.revision) === revisionName(id, current),
  );
  const status = spec.isStopped
    ? 'stopped'
    : verdict.kind === 'ready'
      ? 'running'
      : verdict.kind === 'failed'
        ? 'failed'
        : 'starting';
  const detail = verdict.kind === 'failed' ? verdict.why : '';
  const isOpen = spec.access === 'public' && spec.ingress === 'INGRESS_TRAFFIC_ALL';
  return {
    url: isOpen ? (raw?.uri ?? null) : null,
    state: {
      ...NOTHING_RAN,
      status,
      detail,
      since,
      revision: current.number,
      health: {
        status: status === 'running' ? 'ok' : status === 'failed' ? 'failing' : 'unknown',
        message: detail,
        checkedAt: Date.now(),
      },
      activeMs: status === 'running' ? Date.now() - since : 0,
    },
    record: recordFor(id, 'service', records, current, {
      isFinished: isRouted && verdict.kind === 'ready',
      wanted: spec.isStopped ? 'stopped' : 'up',
    }),
  };
}

async function observeJob(
  google: Google,
  id: DeploymentId,
  job: Found,
  found: readonly Found[],
): Promise<Observed | null> {
  const spec = job.spec as unknown as JobSpec;
  // Beside the job stand those of all its revisions.
  const records = (spec.records as unknown as RevisionRecord[]).toSorted(byNumber);
  const current = records.find(({ number }) => number === spec.number) ?? records.at(-1);
  if (!current) return null;
  const schedule = found.find(({ kind }) => kind === 'schedule');
  const isPaused = (schedule?.spec as unknown as ScheduleSpec | undefined)?.isPaused ?? false;
  const [executions, scheduled] = await Promise.all([
    executionsOf(google, id),
    schedule ? readSchedule(google, id) : null,
  ]);
  const runs = executions.map((each) => runOf(each));
  const isRunning = runs.some(({ state }) => state === 'running');
  const rest = spec.mode === 'scheduled' ? 'scheduled' : 'idle';
  return {
    url: null,
    state: {
      ...NOTHING_RAN,
      status: isPaused ? 'stopped' : isRunning ? 'running' : rest,
      since: current.createdAt,
      revision: current.number,
      runCount: runs.length,
      activeMs: runs.reduce(
        (all, { startedAt, endedAt }) => all + (endedAt ?? Date.now()) - startedAt,
        0,
      ),
      runs,
      nextRunAt: isPaused ? null : millis(scheduled?.scheduleTime) || null,
    },
    record: recordFor(id, spec.mode === 'scheduled' ? 'scheduled' : 'job', records, current, {
      isFinished: spec.mode !== 'scheduled' || schedule !== undefined,
      wanted: isPaused ? 'stopped' : 'up',
    }),
  };
}

function recordFor(
  id: DeploymentId,
  mode: DeploymentRecord['mode'],
  revisions: RevisionRecord[],
  current: RevisionRecord,
  more: Pick<DeploymentRecord, 'isFinished' | 'wanted'>,
): DeploymentRecord {
  return {
    version: 1,
    id,
    targetId: 'google-cloud-run',
    mode,
    port: null,
    currentRevision: current.number,
    revisions,
    createdAt: revisions[0]?.createdAt ?? current.createdAt,
    deployedAt: current.createdAt,
    ...more,
  };
}

function runOf(execution: IExecution): JobRun {
  const startedAt = millis(execution.startTime) || millis(execution.createTime);
  const endedAt = millis(execution.completionTime) || null;
  const verdict = verdictOf(execution.conditions ?? []);
  const ended = (execution.cancelledCount ?? 0) > 0 ? 'cancelled' : 'failed';
  const isGood = (execution.succeededCount ?? 0) > 0;
  return {
    id: lastPart(execution.name),
    revision: Number(execution.labels?.[LABEL.revision.replaceAll('.', '-')] ?? 0),
    // Cloud Run tells who began it; Cloud Scheduler does so as a service account.
    trigger: execution.creator?.endsWith('gserviceaccount.com') ? 'schedule' : 'person',
    startedAt,
    endedAt,
    state: endedAt === null ? 'running' : isGood ? 'succeeded' : ended,
    // It tells the code in words only.
    exitCode: isGood ? 0 : null,
    message: verdict.kind === 'failed' ? verdict.why : '',
  };
}

const millis = (stamp: Stamp): number =>
  stamp ? Number(stamp.seconds ?? 0) * 1000 + Math.floor((stamp.nanos ?? 0) / 1e6) : 0;

const byNumber = (a: RevisionRecord, b: RevisionRecord): number => a.number - b.number;

const NOTHING_RAN: RuntimeState = {
  status: 'idle',
  detail: '',
  since: 0,
  revision: 0,
  health: { status: 'unknown', message: '', checkedAt: null },
  restarts: 0,
  requests: null,
  errors: null,
  activeMs: 0,
  runCount: 0,
  runs: [],
  nextRunAt: null,
};
