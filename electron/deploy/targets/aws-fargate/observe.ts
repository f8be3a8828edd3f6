/** What is the case with a deployment, told by its service, its schedule or its runs. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import { Cron } from 'croner';
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  type Found,
  type Health,
  type JobRun,
  LABEL,
  type RevisionRecord,
  type RuntimeState,
  recordOf,
} from '../../../../shared/deploy';
import type { RunMode } from '../../../../shared/estimate';
import type { Observed } from '../../resources/platform';
import { orNone } from '../aws/failures';
import { specOf } from '../aws/here';
import { amongThem, currentOf, recordFor, type Standing } from '../aws/standing';
import { SERVICE_PORT } from './desired';
import type { Here } from './here';
import { balancerUrl } from './kinds/balancer';
import { clusterName } from './kinds/clusters';
import { asRun, tasksOf } from './kinds/runs';
import { readSchedule } from './kinds/schedules';
import { readService, serviceName } from './kinds/services';

interface StandingIn extends Standing {
  readonly mode: RunMode;
}

export function standingIn(found: readonly Found[]): StandingIn | null {
  const definitions = found.filter(({ kind }) => kind === 'task definition');
  const revisions = definitions.flatMap(({ labels }) => recordOf(labels) ?? []);
  const mode = definitions.at(-1)?.labels[LABEL.mode];
  if (revisions.length === 0 || (mode !== 'service' && mode !== 'scheduled' && mode !== 'job'))
    return null;
  const runner = found.find(({ kind }) =>
    ['service', 'schedule', 'current revision'].includes(kind),
  );
  const current = runner ? Number(specOf<{ revision: unknown }>(runner).revision) : Number.NaN;
  return {
    mode,
    revisions,
    current: amongThem(revisions, current),
  };
}

export async function observe(
  here: Here,
  id: DeploymentId,
  found: readonly Found[],
): Promise<Observed | null> {
  const standing = standingIn(found);
  const current = standing && currentOf(standing);
  if (!standing || !current) return null;
  const { state, url } =
    standing.mode === 'service'
      ? await observeService(here, id, current.number)
      : { state: await observeJob(here, id, standing.mode, current), url: null };
  const record = recordFor(id, standing, current, {
    ...{ targetId: 'aws-fargate', mode: standing.mode },
    port: standing.mode === 'service' ? SERVICE_PORT : null,
    wanted: state?.status === 'stopped' ? 'stopped' : 'up',
  });
  return { record, state: standing.current === null ? null : state, url };
}

const NOTHING = {
  health: { status: 'unknown', message: '', checkedAt: null } as Health,
  restarts: 0,
  requests: null,
  errors: null,
  activeMs: 0,
  runCount: 0,
  runs: [] as JobRun[],
  nextRunAt: null,
};

async function observeService(here: Here, id: DeploymentId, revision: number) {
  const service = await readService(here, id);
  if (!service) return { state: null, url: null };
  const tasks = await runningTasks(here, id);
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  const since = primary?.createdAt?.getTime() ?? 0;
  const state: RuntimeState = {
    ...NOTHING,
    ...statusOf(service, tasks),
    since,
    revision,
    health: healthOf(tasks),
    restarts: primary?.failedTasks ?? 0,
    activeMs: Date.now() - (service.createdAt?.getTime() ?? Date.now()),
  };
  const hasBalancer = (service.loadBalancers ?? []).length > 0;
  const url = hasBalancer ? await balancerUrl(here, id) : await publicUrl(here, tasks);
  return { state, url: state.status === 'stopped' ? null : url };
}

function statusOf(
  service: Service,
  tasks: readonly Task[],
): Pick<RuntimeState, 'status' | 'detail'> {
  const { desiredCount = 0, runningCount = 0, deployments = [] } = service;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const detail = `${runningCount} of ${desiredCount} tasks run`;
  if (desiredCount === 0) return { status: 'stopped', detail: 'It was told to have no task' };
  if (primary?.rolloutState === 'FAILED') {
    return { status: 'failed', detail: primary.rolloutStateReason ?? 'Its rollout failed' };
  }
  if (runningCount === 0) {
    return { status: (primary?.failedTasks ?? 0) > 0 ? 'restarting' : 'starting', detail };
  }
  if (tasks.length > 0 && tasks.every(({ healthStatus }) => healthStatus === 'UNHEALTHY')) {
    return { status: 'unhealthy', detail };
  }
  return {
    status: 'running',
    detail: primary?.rolloutState === 'IN_PROGRESS' ? `${detail}, rolling out` : detail,
  };
}

function healthOf(tasks: readonly Task[]): Health {
  const checkedAt = Date.now();
  const count = (status: string) =>
    tasks.filter(({ healthStatus }) => healthStatus === status).length;
  if (count('UNHEALTHY') > 0) {
    return {
      status: 'failing',
      message: `${count('UNHEALTHY')} of ${tasks.length} tasks do not answer their health check`,
      checkedAt,
    };
  }
  if (count('HEALTHY') === 0) return { ...NOTHING.health, checkedAt };
  return {
    status: 'ok',
    message: `${count('HEALTHY')} of ${tasks.length} tasks are healthy`,
    checkedAt,
  };
}

async function runningTasks(here: Here, id: DeploymentId): Promise<Task[]> {
  const ecs = await here.clients.ecs();
  const cluster = clusterName(here, id);
  const wanted = { cluster, serviceName: serviceName(id), desiredStatus: 'RUNNING' as const };
  const tasks = (await orNone(ecs.listTasks(wanted)))?.taskArns ?? [];
  if (tasks.length === 0) return [];
  return (await ecs.describeTasks({ cluster, tasks })).tasks ?? [];
}

/** The newest task's own address: it changes with the task. */
async function publicUrl(here: Here, tasks: readonly Task[]): Promise<string | null> {
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const card = running
    .at(-1)
    ?.attachments?.find(({ type }) => type === 'ElasticNetworkInterface')
    ?.details?.find(({ name }) => name === 'networkInterfaceId')?.value;
  if (card === undefined) return null;
  const ec2 = await here.clients.ec2();
  const answer = await orNone(ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [card] }));
  const address = answer?.NetworkInterfaces?.[0]?.Association?.PublicIp;
  return address === undefined ? null : `http://${address}:${SERVICE_PORT}`;
}

async function observeJob(
  here: Here,
  id: DeploymentId,
  mode: Exclude<RunMode, 'service'>,
  current: RevisionRecord,
): Promise<RuntimeState> {
  const runs = (await tasksOf(here, id)).map(asRun);
  const isOff = mode === 'scheduled' && (await readSchedule(here, id))?.State === 'DISABLED';
  const isRunning = runs.some(({ state }) => state === 'running');
  const waiting = mode === 'job' ? 'idle' : 'scheduled';
  return {
    ...NOTHING,
    status: isRunning ? 'running' : isOff ? 'stopped' : waiting,
    detail: isOff
      ? 'Its schedule is switched off'
      : (runs[0]?.message ?? 'It has not run in the last hour'),
    since: runs[0]?.startedAt ?? current.createdAt,
    revision: current.number,
    activeMs: runs.reduce(
      (sum, { startedAt, endedAt }) => sum + ((endedAt ?? Date.now()) - startedAt),
      0,
    ),
    runCount: runs.length,
    runs,
    nextRunAt: isOff ? null : nextRun(current),
  };
}

function nextRun({ schedule }: RevisionRecord): number | null {
  if (!schedule) return null;
  const cron = new Cron(schedule.cron, {
    paused: true,
    mode: '5-part',
    timezone: schedule.timeZone,
  });
  return cron.nextRun()?.getTime() ?? null;
}
