/** What a swarm tells of a deployment: its revisions, how its service is, the runs of its job. */
import type Docker from 'dockerode';
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  type DeploymentRecord,
  type JobRun,
  LABEL,
  type RevisionRecord,
  type RuntimeState,
  recordOf,
} from '../../../../shared/deploy';
import type { Observed } from '../../resources/platform';
import { readSchedule } from '../docker/schedule';
import { listConfigs, listServices, listTasks, type SwarmService, type SwarmTask } from './answers';
import { specOf } from './service-spec';

export async function observeSwarm(
  docker: Docker,
  id: DeploymentId,
  host: string,
): Promise<Observed | null> {
  const configs = await listConfigs(docker, id);
  const revisions = configs
    .flatMap(({ labels }) => recordOf(labels) ?? [])
    .sort((a, b) => a.number - b.number);
  const newest = revisions.at(-1);
  if (!newest) return null;
  const services = await listServices(docker, id);
  const service = services.find(({ Spec }) => Spec.Name === id);
  const number = service ? specOf(service).revision : newest.number;
  const current = revisions.find((each) => each.number === number) ?? newest;
  const mode = current.settings?.mode ?? 'service';
  const port = service ? specOf(service).port : null;
  const record: DeploymentRecord = {
    version: 1,
    id,
    targetId: 'docker-swarm',
    mode,
    port,
    wanted: mode !== 'job' && service && specOf(service).replicas === 0 ? 'stopped' : 'up',
    isFinished: service !== undefined,
    currentRevision: current.number,
    revisions,
    createdAt: Math.min(...revisions.map(({ createdAt }) => createdAt)),
    deployedAt: Date.parse(service?.UpdatedAt ?? '') || newest.createdAt,
  };
  const runs = services.filter(({ Spec }) => Spec.Labels?.[LABEL.run] !== undefined);
  const state = service ? await stateOf(docker, service, current, mode, runs) : null;
  return { record, state, url: port === null ? null : `http://${host}:${port}` };
}

async function stateOf(
  docker: Docker,
  service: SwarmService,
  { number, image }: RevisionRecord,
  mode: DeploymentRecord['mode'],
  runServices: readonly SwarmService[],
): Promise<RuntimeState> {
  const tasks = await listTasks(docker, service.Spec.Name);
  const up = tasks.filter(
    ({ Status, DesiredState }) => Status.State === 'running' && DesiredState === 'running',
  );
  const container = up[0]?.Status.ContainerStatus?.ContainerID;
  const kept =
    mode === 'scheduled' && container
      ? await readSchedule(docker.getContainer(container), number)
      : null;
  const own = await Promise.all(runServices.map((each) => runOf(docker, each)));
  const runs = [...(kept?.runs ?? own)].sort((a, b) => b.startedAt - a.startedAt);
  const since = Date.parse(up[0]?.Status.Timestamp ?? service.UpdatedAt);
  return {
    ...statusOf(mode, service, up, tasks, runs),
    since,
    revision: number,
    health:
      mode === 'service' && up.length > 0
        ? {
            status: 'ok',
            message: `${up.length} of ${specOf(service).replicas} answer`,
            checkedAt: null,
          }
        : { status: 'unknown', message: image ?? '', checkedAt: null },
    restarts: tasks.filter(({ Status }) => Status.State === 'failed').length,
    requests: null,
    errors: null,
    activeMs:
      mode === 'service'
        ? up.length > 0
          ? Date.now() - since
          : 0
        : runs.reduce((sum, run) => sum + ((run.endedAt ?? Date.now()) - run.startedAt), 0),
    runCount: runs.length,
    runs: runs.slice(0, 50),
    nextRunAt: kept?.nextRunAt ?? null,
  };
}

function statusOf(
  mode: DeploymentRecord['mode'],
  service: SwarmService,
  up: readonly SwarmTask[],
  tasks: readonly SwarmTask[],
  runs: readonly JobRun[],
): Pick<RuntimeState, 'status' | 'detail'> {
  const isRunning = runs[0]?.state === 'running';
  if (mode === 'job') {
    if (isRunning) return { status: 'running', detail: 'A run goes on.' };
    return runs[0]?.state === 'failed'
      ? { status: 'failed', detail: runs[0].message }
      : { status: 'idle', detail: 'Waits to be told.' };
  }
  const { replicas } = specOf(service);
  if (replicas === 0) return { status: 'stopped', detail: 'Scaled to none.' };
  if (up.length === 0) {
    const problem = tasks.find(({ Status }) => Status.Err)?.Status.Err;
    return { status: problem ? 'restarting' : 'starting', detail: problem ?? 'Its tasks start.' };
  }
  if (mode === 'scheduled') {
    return isRunning
      ? { status: 'running', detail: 'A run goes on.' }
      : { status: 'scheduled', detail: 'Waits for its next run.' };
  }
  return up.length < replicas
    ? { status: 'starting', detail: `${up.length} of ${replicas} are up.` }
    : { status: 'running', detail: `${up.length} of ${replicas} are up.` };
}

async function runOf(docker: Docker, { Spec, CreatedAt }: SwarmService): Promise<JobRun> {
  const task = (await listTasks(docker, Spec.Name))[0];
  const ended = task && ['complete', 'failed', 'rejected', 'shutdown'].includes(task.Status.State);
  const exitCode = ended ? (task.Status.ContainerStatus?.ExitCode ?? null) : null;
  return {
    id: Spec.Labels?.[LABEL.run] ?? '',
    revision: Number(Spec.Labels?.[LABEL.revision] ?? 0),
    trigger: 'person',
    startedAt: Date.parse(CreatedAt),
    endedAt: ended ? Date.parse(task.Status.Timestamp) : null,
    state: !ended ? 'running' : task.Status.State === 'complete' ? 'succeeded' : 'failed',
    exitCode,
    message: ended && task.Status.State !== 'complete' ? (task.Status.Err ?? 'It failed.') : '',
  };
}
