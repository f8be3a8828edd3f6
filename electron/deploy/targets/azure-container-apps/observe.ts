/** What is the case with a deployment, from what stands and what Azure says of it now. */
import type { JobExecution } from '@azure/arm-appcontainers';
import { Cron } from 'croner';
import type { DeploymentId } from '../../../../shared/base/ids';
import type {
  DeploymentRecord,
  Found,
  JobRun,
  RevisionRecord,
  RuntimeState,
} from '../../../../shared/deploy';
import type { Observed } from '../../resources/platform';
import { type AppSpec, readApp, readRevision, revisionName } from './apps';
import type { Azure } from './azure';
import { executionsOf, type JobSpec } from './jobs';
import { verdictOf } from './verdicts';

export async function observe(
  azure: Azure,
  id: DeploymentId,
  found: readonly Found[],
): Promise<Observed | null> {
  const app = found.find(({ kind }) => kind === 'app');
  if (app) return observeApp(azure, id, app.spec as unknown as AppSpec);
  const job = found.find(({ kind }) => kind === 'job');
  return job ? observeJob(azure, id, job.spec as unknown as JobSpec) : null;
}

async function observeApp(azure: Azure, id: DeploymentId, spec: AppSpec): Promise<Observed | null> {
  const records = spec.records as unknown as RevisionRecord[];
  const isCurrent = (each: RevisionRecord) => revisionName(id, each) === spec.traffic;
  const current = records.find(isCurrent) ?? records.at(-1);
  if (!current) return null;
  const [app, revision] = await Promise.all([
    readApp(azure, id),
    readRevision(azure, revisionName(id, current)),
  ]);
  const verdict = verdictOf(revision);
  const status = statusOf(spec.isStopped, verdict.kind);
  const detail = verdict.kind === 'failed' ? verdict.why : '';
  const since = revision?.createdTime?.getTime() ?? current.createdAt;
  const fqdn = app?.configuration?.ingress?.fqdn;
  return {
    url: fqdn && spec.ingress === 'external' ? `https://${fqdn}` : null,
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
      isFinished: records.some(isCurrent) && verdict.kind === 'ready',
      wanted: spec.isStopped ? 'stopped' : 'up',
    }),
  };
}

function statusOf(isStopped: boolean, verdict: 'ready' | 'waiting' | 'failed') {
  if (isStopped) return 'stopped';
  return ({ ready: 'running', waiting: 'starting', failed: 'failed' } as const)[verdict];
}

async function observeJob(azure: Azure, id: DeploymentId, spec: JobSpec): Promise<Observed | null> {
  const records = spec.records as unknown as RevisionRecord[];
  const current = records.find(({ number }) => number === spec.number) ?? records.at(-1);
  if (!current) return null;
  const runs = (await executionsOf(azure, id)).map((each) => runOf(each, spec, records));
  const isRunning = runs.some(({ state }) => state === 'running');
  const rest = spec.mode === 'scheduled' ? 'scheduled' : 'idle';
  return {
    url: null,
    state: {
      ...NOTHING_RAN,
      status: spec.isPaused ? 'stopped' : isRunning ? 'running' : rest,
      since: current.createdAt,
      revision: current.number,
      runCount: runs.length,
      activeMs: runs.reduce(
        (all, { startedAt, endedAt }) => all + (endedAt ?? Date.now()) - startedAt,
        0,
      ),
      runs,
      nextRunAt: spec.cron === null || spec.isPaused ? null : nextOf(spec.cron),
    },
    record: recordFor(id, spec.mode === 'scheduled' ? 'scheduled' : 'job', records, current, {
      isFinished: true,
      wanted: spec.isPaused ? 'stopped' : 'up',
    }),
  };
}

/** Azure does not tell it. */
const nextOf = (cron: string): number | null =>
  new Cron(cron, { timezone: 'UTC' }).nextRun()?.getTime() ?? null;

const STATES: Readonly<Record<string, JobRun['state']>> = {
  Succeeded: 'succeeded',
  Failed: 'failed',
  Degraded: 'failed',
  Stopped: 'cancelled',
};

function runOf(
  { name, status, startTime, endTime, template }: JobExecution,
  { mode, number }: JobSpec,
  records: readonly RevisionRecord[],
): JobRun {
  const state = STATES[String(status)] ?? 'running';
  const image = template?.containers?.[0]?.image;
  return {
    id: name ?? '',
    revision: records.findLast((each) => each.image === image)?.number ?? number,
    // Azure does not tell who began it.
    trigger: mode === 'scheduled' ? 'schedule' : 'person',
    startedAt: startTime?.getTime() ?? 0,
    endedAt: state === 'running' ? null : (endTime?.getTime() ?? startTime?.getTime() ?? 0),
    state,
    exitCode: state === 'succeeded' ? 0 : null,
    message: state === 'failed' ? 'The run ended with an error.' : '',
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
    targetId: 'azure-container-apps',
    mode,
    port: null,
    currentRevision: current.number,
    revisions,
    createdAt: revisions[0]?.createdAt ?? current.createdAt,
    deployedAt: current.createdAt,
    ...more,
  };
}

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
