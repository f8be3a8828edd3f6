/** What an engine tells of a deployment: its revisions, how it is, the runs of its job. */
import type Docker from 'dockerode';
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  type DeploymentRecord,
  type Health,
  type JobRun,
  LABEL,
  type RevisionRecord,
  type RuntimeState,
  recordOf,
} from '../../../../shared/deploy';
import type { TargetId } from '../../../../shared/estimate';
import type { Observed } from '../../resources/platform';
import { readyCommand, START_PERIOD_MS, specOf } from './container-spec';
import { execSucceeds } from './exec';
import { hostOf, isHere } from './place';
import { readSchedule } from './schedule';

type Info = Docker.ContainerInspectInfo;

interface RevisionContainer {
  readonly info: Info;
  readonly record: RevisionRecord;
}

export async function observeContainers(
  docker: Docker,
  targetId: TargetId,
  id: DeploymentId,
  infos: readonly Info[],
  engine: string,
): Promise<Observed | null> {
  const revisions = infos
    .flatMap((info): RevisionContainer[] => {
      const record = info.Config.Labels[LABEL.run] ? null : recordOf(info.Config.Labels);
      return record ? [{ info, record }] : [];
    })
    .sort((a, b) => a.record.number - b.record.number);
  const newest = revisions.at(-1);
  if (!newest) return null;
  const named = revisions.find(({ info }) => specOf(info).isCurrent);
  const current = named ?? newest;
  const { mode } = current.record.settings ?? { mode: 'service' as const };
  const spec = specOf(current.info);
  const record: DeploymentRecord = {
    version: 1,
    id,
    targetId,
    mode,
    port: spec.publish?.port ?? null,
    wanted: mode === 'job' || spec.isRunning || !named ? 'up' : 'stopped',
    isFinished: named !== undefined,
    currentRevision: current.record.number,
    revisions: revisions.map((each) => each.record),
    createdAt: Math.min(...revisions.map(({ info }) => Date.parse(info.Created))),
    deployedAt: Date.parse(current.info.Created),
  };
  const runs = infos.filter(({ Config }) => Config.Labels[LABEL.run] !== undefined).map(runOf);
  const state = await stateOf(docker, current, mode, runs);
  const url = spec.publish ? urlOf(spec.publish, engine) : null;
  return { record, state, url };
}

/** A port on the loopback of another host is reached by a tunnel only. */
function urlOf(
  { address, port }: { address: string; port: number },
  engine: string,
): string | null {
  if (address === '127.0.0.1') return isHere(engine) ? `http://${address}:${port}` : null;
  return `http://${address === '0.0.0.0' ? hostOf(engine) : address}:${port}`;
}

async function stateOf(
  docker: Docker,
  { info, record }: RevisionContainer,
  mode: DeploymentRecord['mode'],
  runs: JobRun[],
): Promise<RuntimeState> {
  const kept =
    mode === 'scheduled' ? await readSchedule(docker.getContainer(info.Id), record.number) : null;
  const all = [...(kept?.runs ?? runs)].sort((a, b) => b.startedAt - a.startedAt);
  const began = Date.parse(info.State.StartedAt);
  const isUp = info.State.Running;
  const upMs = isUp ? Date.now() - began : Math.max(0, Date.parse(info.State.FinishedAt) - began);
  const health = await healthOf(docker, info);
  return {
    ...statusOf(info, mode, all, health),
    since: began > 0 ? began : Date.parse(info.Created),
    revision: record.number,
    health,
    restarts: info.RestartCount,
    // An engine does not count requests.
    requests: null,
    errors: null,
    activeMs:
      mode === 'service'
        ? Math.max(0, upMs)
        : all.reduce((sum, run) => sum + ((run.endedAt ?? Date.now()) - run.startedAt), 0),
    runCount: all.length,
    runs: all.slice(0, 50),
    nextRunAt: isUp ? (kept?.nextRunAt ?? null) : null,
  };
}

function statusOf(
  { State }: Info,
  mode: DeploymentRecord['mode'],
  runs: readonly JobRun[],
  health: Health,
): Pick<RuntimeState, 'status' | 'detail'> {
  if (mode === 'job') {
    const last = runs[0];
    if (last?.state === 'running') return { status: 'running', detail: 'A run goes on.' };
    if (last?.state === 'failed') return { status: 'failed', detail: last.message };
    return { status: 'idle', detail: 'Waits to be told.' };
  }
  if (State.Restarting) {
    return {
      status: 'restarting',
      detail: `It ended with code ${State.ExitCode} and is started again.`,
    };
  }
  if (!State.Running) {
    const why = State.OOMKilled ? 'It needed more memory than it may have' : 'It ended';
    return State.ExitCode === 0 || State.ExitCode === 143
      ? { status: 'stopped', detail: 'Stopped.' }
      : { status: 'failed', detail: `${why} (code ${State.ExitCode}).` };
  }
  if (mode === 'scheduled') {
    return runs[0]?.state === 'running'
      ? { status: 'running', detail: 'A run goes on.' }
      : { status: 'scheduled', detail: 'Waits for its next run.' };
  }
  if (health.status === 'failing') {
    return { status: 'unhealthy', detail: 'Its health check fails.' };
  }
  if (State.Health?.Status === 'starting' && health.status === 'unknown') {
    return { status: 'starting', detail: 'It was not healthy yet.' };
  }
  return { status: 'running', detail: 'It answers.' };
}

async function healthOf(docker: Docker, { Id, State }: Info): Promise<Health> {
  const last = State.Health?.Log?.at(-1);
  const checkedAt = last ? Date.parse(String(last.End)) : null;
  switch (State.Health?.Status) {
    case 'healthy':
      return { status: 'ok', message: 'Answers its health check', checkedAt };
    case 'unhealthy':
      return { status: 'failing', message: lastLine(last?.Output ?? ''), checkedAt };
    case 'starting':
      // Podman leaves the check to systemd: where none runs, nobody ever asks.
      if (!last && State.Running) return askedHere(docker.getContainer(Id), State.StartedAt);
      break;
  }
  return { status: 'unknown', message: 'Not asked yet', checkedAt };
}

async function askedHere(container: Docker.Container, startedAt: string): Promise<Health> {
  const answers = await execSucceeds(container, readyCommand('/healthz'));
  const checkedAt = Date.now();
  if (answers) return { status: 'ok', message: 'Answers its health check', checkedAt };
  return checkedAt - Date.parse(startedAt) < START_PERIOD_MS
    ? { status: 'unknown', message: 'Does not answer yet', checkedAt }
    : { status: 'failing', message: 'Does not answer its health check', checkedAt };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function runOf({ Config, State, Created }: Info): JobRun {
  const isRunning = State.Running;
  const began = Date.parse(State.StartedAt);
  const isStopped = State.ExitCode === 143 || State.ExitCode === 137;
  const state = isRunning
    ? 'running'
    : State.ExitCode === 0
      ? 'succeeded'
      : isStopped && !State.OOMKilled
        ? 'cancelled'
        : 'failed';
  return {
    id: Config.Labels[LABEL.run] ?? '',
    revision: Number(Config.Labels[LABEL.revision]),
    trigger: 'person',
    startedAt: began > 0 ? began : Date.parse(Created),
    endedAt: isRunning ? null : Date.parse(State.FinishedAt),
    state,
    exitCode: isRunning ? null : State.ExitCode,
    message: State.OOMKilled
      ? 'It needed more memory than it may have.'
      : isRunning || State.ExitCode === 0
        ? ''
        : `It ended with code ${State.ExitCode}.`,
  };
}
