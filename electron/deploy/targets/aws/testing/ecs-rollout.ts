/** One step of time in our ECS: tasks start, run, end; rollouts complete, fail, are taken back by the circuit breaker. */
import { randomUUID } from 'node:crypto';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import {
  type EcsState,
  type Surroundings,
  seconds,
  type TaskEngine,
  type WireDeployment,
  type WireService,
  type WireTask,
} from './ecs-state';

/** Of AWS: half of the desired tasks, at least three. */
const breakerThreshold = (desired: number): number =>
  Math.min(200, Math.max(3, Math.ceil(desired / 2)));

export async function advance(state: EcsState, world: Surroundings): Promise<void> {
  for (const task of state.tasks.values()) await stepTask(state, world, task);
  for (const service of state.services.values()) await stepService(state, world, service);
}

async function stepTask(state: EcsState, world: Surroundings, task: WireTask): Promise<void> {
  if (task.lastStatus === 'STOPPED') return;
  if (task.desiredStatus === 'STOPPED')
    return endTask(world, task, task.stoppedReason ?? 'Task stopped', null);
  if (task.lastStatus === 'PROVISIONING') {
    task.lastStatus = 'PENDING';
    return;
  }
  const definition = state.definitions.get(task.taskDefinitionArn);
  const container = definition?.containerDefinitions?.[0];
  if (world.engine && container) return stepContainer(world, world.engine, task, container);
  const image = container?.image ?? '';
  const behaviour = await world.behaviourOf(image);
  if (task.lastStatus === 'RUNNING') {
    if (behaviour?.isUnhealthy && task.startedBy?.startsWith('ecs-svc/')) {
      task.healthStatus = 'UNHEALTHY';
      return endTask(world, task, 'Task failed container health checks', 143);
    }
    if (behaviour?.exitCode == null) {
      // The first answer to a health check comes a while after the start.
      if (container?.healthCheck) task.healthStatus = 'HEALTHY';
      return;
    }
    const reason = behaviour.isTooLarge
      ? 'OutOfMemoryError: Container killed due to memory usage'
      : undefined;
    return endTask(
      world,
      task,
      'Essential container in task exited',
      behaviour.isTooLarge ? 137 : behaviour.exitCode,
      reason,
    );
  }
  if (!behaviour) {
    const why = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`;
    return endTask(world, task, why, null);
  }
  if (!(await writeLog(world, task, container, behaviour.log)))
    return endTask(world, task, NO_LOG_GROUP, null);
  task.lastStatus = 'RUNNING';
  task.startedAt = seconds();
}

const NO_LOG_GROUP =
  'ResourceInitializationError: failed to validate logger args: The specified log group does not exist.';

function writeLog(
  world: Surroundings,
  task: WireTask,
  container: ContainerDefinition | undefined,
  lines: readonly string[],
): Promise<boolean> {
  const options = container?.logConfiguration?.options ?? {};
  const stream = `${options['awslogs-stream-prefix']}/${container?.name}/${task.taskArn.split('/').at(-1)}`;
  return world.writeLog(options['awslogs-group'] ?? '', stream, lines);
}

/** As above, with a container that really runs. */
async function stepContainer(
  world: Surroundings,
  engine: TaskEngine,
  task: WireTask,
  container: ContainerDefinition,
): Promise<void> {
  if (task.lastStatus === 'RUNNING') {
    const { exitCode, isHealthy, log } = await engine.look(task.taskArn);
    await writeLog(world, task, container, log);
    if (exitCode !== null)
      return endTask(world, task, 'Essential container in task exited', exitCode);
    if (isHealthy) task.healthStatus = 'HEALTHY';
    return;
  }
  if (!(await writeLog(world, task, container, [])))
    return endTask(world, task, NO_LOG_GROUP, null);
  try {
    await engine.start(task.taskArn, container, cardOf(task) ?? '');
  } catch (thrown) {
    return endTask(world, task, `CannotPullContainerError: ${thrown}`, null);
  }
  task.lastStatus = 'RUNNING';
  task.startedAt = seconds();
}

const cardOf = (task: WireTask): string | undefined =>
  task.attachments?.[0]?.details?.find(({ name }) => name === 'networkInterfaceId')?.value;

export async function endTask(
  world: Surroundings,
  task: WireTask,
  reason: string,
  exitCode: number | null,
  detail?: string,
) {
  task.lastStatus = 'STOPPED';
  task.desiredStatus = 'STOPPED';
  task.stoppedAt = seconds();
  task.stoppedReason = reason;
  task.stopCode ??= exitCode === null ? 'TaskFailedToStart' : 'EssentialContainerExited';
  const container = task.containers?.[0];
  if (container) {
    container.lastStatus = 'STOPPED';
    if (exitCode !== null) container.exitCode = exitCode;
    if (detail !== undefined) container.reason = detail;
  }
  await world.engine?.stop(task.taskArn);
  const card = cardOf(task);
  if (card) await world.detach(card);
}

const tasksOf = (state: EcsState, deployment: WireDeployment): WireTask[] =>
  [...state.tasks.values()].filter(({ startedBy }) => startedBy === deployment.id);
const isUp = ({ lastStatus }: WireTask): boolean => lastStatus !== 'STOPPED';
const isReady = ({ lastStatus, healthStatus }: WireTask): boolean =>
  lastStatus === 'RUNNING' && healthStatus === 'HEALTHY';

async function stepService(
  state: EcsState,
  world: Surroundings,
  service: WireService,
): Promise<void> {
  if (service.status === 'INACTIVE') return;
  if (service.status === 'DRAINING') {
    for (const each of service.deployments) await stopTasks(state, world, each, 0);
    service.deployments = [];
    service.status = 'INACTIVE';
    return;
  }
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary) await stepPrimary(state, world, service, primary);
  for (const each of service.deployments) countTasks(state, each);
  service.runningCount = sum(service.deployments, 'runningCount');
  service.pendingCount = sum(service.deployments, 'pendingCount');
}

async function stepPrimary(
  state: EcsState,
  world: Surroundings,
  service: WireService,
  primary: WireDeployment,
) {
  primary.desiredCount = service.desiredCount;
  if (primary.rolloutState === 'FAILED') return;
  const tasks = tasksOf(state, primary);
  const ended = tasks.filter(
    (task) => !isUp(task) && task.stopCode !== 'ServiceSchedulerInitiated',
  );
  primary.failedTasks = primary.rolloutState === 'COMPLETED' ? 0 : ended.length;
  const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
  if (breaker?.enable && primary.failedTasks >= breakerThreshold(service.desiredCount)) {
    return breakCircuit(state, world, service, primary);
  }
  if (tasks.filter(isReady).length >= service.desiredCount) {
    if (primary.rolloutState !== 'COMPLETED') {
      primary.rolloutState = 'COMPLETED';
      primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
      say(service, `(service ${service.serviceName}) has reached a steady state.`);
    }
    for (const other of service.deployments) {
      if (other !== primary) await stopTasks(state, world, other, 0);
    }
    service.deployments = [primary];
  }
  await stopTasks(state, world, primary, service.desiredCount);
  for (let up = tasks.filter(isUp).length; up < service.desiredCount; up += 1) {
    await startTask(state, world, service.clusterArn, {
      ...{ taskDefinitionArn: primary.taskDefinition, startedBy: primary.id },
      ...{ group: `service:${service.serviceName}`, tags: service.tags ?? [] },
      network: service.networkConfiguration,
    });
    say(service, `(service ${service.serviceName}) has started 1 tasks.`);
  }
}

async function breakCircuit(
  state: EcsState,
  world: Surroundings,
  service: WireService,
  primary: WireDeployment,
) {
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  primary.rolloutState = 'FAILED';
  primary.rolloutStateReason = reason;
  say(
    service,
    `(service ${service.serviceName}) deployment ${primary.id} deployment failed: tasks failed to start.`,
  );
  await stopTasks(state, world, primary, 0);
  const before = service.deployments.find(({ status }) => status === 'ACTIVE');
  if (!service.deploymentConfiguration?.deploymentCircuitBreaker?.rollback || !before) return;
  say(service, `(service ${service.serviceName}) rolling back to deployment ${before.id}.`);
  service.deployments = service.deployments.filter((each) => each !== primary);
  before.status = 'PRIMARY';
  before.rolloutState = 'IN_PROGRESS';
  service.taskDefinition = before.taskDefinition;
}

async function stopTasks(
  state: EcsState,
  world: Surroundings,
  deployment: WireDeployment,
  keep: number,
) {
  for (const task of tasksOf(state, deployment).filter(isUp).slice(keep)) {
    task.stopCode = 'ServiceSchedulerInitiated';
    await endTask(world, task, `Scaling activity initiated by (deployment ${deployment.id})`, 143);
  }
}

interface NewTask {
  readonly taskDefinitionArn: string;
  readonly startedBy: string;
  readonly group: string;
  readonly tags: WireTask['tags'];
  readonly network: WireService['networkConfiguration'];
}

export async function startTask(
  state: EcsState,
  world: Surroundings,
  clusterArn: string,
  wanted: NewTask,
): Promise<WireTask> {
  const id = randomUUID().replaceAll('-', '');
  const { subnets = [], securityGroups = [] } = wanted.network?.awsvpcConfiguration ?? {};
  const card = await world.attach(subnets[0] ?? '', securityGroups);
  const definition = state.definitions.get(wanted.taskDefinitionArn);
  const task: WireTask = {
    taskArn: `${clusterArn.replace(':cluster/', ':task/')}/${id}`,
    clusterArn,
    taskDefinitionArn: wanted.taskDefinitionArn,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    launchType: 'FARGATE',
    createdAt: seconds(),
    startedBy: wanted.startedBy,
    group: wanted.group,
    tags: wanted.tags ?? [],
    healthStatus: 'UNKNOWN',
    ...(definition?.memory === undefined ? {} : { memory: definition.memory }),
    containers: [
      { name: definition?.containerDefinitions?.[0]?.name ?? '', lastStatus: 'PENDING' },
    ],
    attachments: [
      {
        id: randomUUID(),
        type: 'ElasticNetworkInterface',
        status: 'ATTACHED',
        details: [{ name: 'networkInterfaceId', value: card }],
      },
    ],
  };
  state.tasks.set(task.taskArn, task);
  return task;
}

function countTasks(state: EcsState, deployment: WireDeployment): void {
  const up = tasksOf(state, deployment).filter(isUp);
  deployment.runningCount = up.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  deployment.pendingCount = up.length - deployment.runningCount;
}

const sum = (all: readonly WireDeployment[], key: 'runningCount' | 'pendingCount'): number =>
  all.reduce((total, each) => total + (each[key] ?? 0), 0);

function say(service: WireService, message: string): void {
  service.events.unshift({ id: randomUUID(), createdAt: seconds(), message });
}
