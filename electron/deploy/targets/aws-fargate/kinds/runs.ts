/** Runs of a job: tasks of its family that no service keeps. ECS remembers one for an hour after its end. */
import type { Task } from '@aws-sdk/client-ecs';
import type { DeploymentId } from '../../../../../shared/base/ids';
import { fail } from '../../../../../shared/base/studio-error';
import { type Found, type JobRun, LABEL } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import { kindOf, pages } from '../../aws/here';
import { fromTags } from '../../aws/names';
import type { Here } from '../here';
import { family } from '../naming';
import { taskId, whyEnded } from '../rollout';
import { clusterName } from './clusters';
import { groupId } from './network';
import { definitionArn } from './task-definitions';

const BY_PERSON = 'slipway-person';

export function runs(here: Here): ResourceKind {
  return kindOf(here, 'run', {
    list: async (id) =>
      (await goingOf(here, id)).map((task): Found => {
        const labels = { [LABEL.deployment]: id, [LABEL.run]: taskId(task) };
        const spec = { deployment: id, revision: revisionOf(task) };
        return { kind: 'run', name: `${id}/${taskId(task)}`, labels, spec };
      }),
    create: async () => undefined,
    update: async () => undefined,
    remove: async (name) => {
      const [id = '', task = ''] = name.split('/');
      await stopRun(here, id, task, 'Removed by Slipway');
    },
  });
}

async function stopRun(here: Here, id: string, task: string, reason: string): Promise<void> {
  const ecs = await here.clients.ecs();
  const wanted = { cluster: clusterName(here, id), task, reason };
  await orNone(ecs.stopTask(wanted), /NotFound|^InvalidParameterException$/);
}

/** AWS gives each of them half a minute to end by itself. */
export async function stopRuns(here: Here, id: DeploymentId): Promise<void> {
  for (const task of await goingOf(here, id))
    await stopRun(here, id, taskId(task), 'Stopped with Slipway');
}

const goingOf = async (here: Here, id: DeploymentId): Promise<Task[]> =>
  (await tasksOf(here, id)).filter(({ lastStatus }) => lastStatus !== 'STOPPED');

/** Going and ended ones, newest first. */
export async function tasksOf(here: Here, id: DeploymentId): Promise<Task[]> {
  const ecs = await here.clients.ecs();
  const cluster = clusterName(here, id);
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
      pages(async (nextToken) => {
        const wanted = { cluster, family: family(id), desiredStatus, nextToken };
        const page = await orNone(ecs.listTasks(wanted));
        return { items: page?.taskArns, next: page?.nextToken };
      }),
    ),
  );
  const arns = lists.flat();
  const all: Task[] = [];
  for (let at = 0; at < arns.length; at += 100) {
    const tasks = arns.slice(at, at + 100);
    const described = await ecs.describeTasks({ cluster, tasks, include: ['TAGS'] });
    all.push(...(described.tasks ?? []));
  }
  return all
    .filter(({ startedBy }) => !startedBy?.startsWith('ecs-svc/'))
    .sort((a, b) => timeOf(b.createdAt) - timeOf(a.createdAt));
}

const timeOf = (date: Date | undefined): number => date?.getTime() ?? 0;

const revisionOf = (task: Task): number => Number(fromTags(task.tags)[LABEL.revision] ?? 0);

export function asRun(task: Task): JobRun {
  const exitCode = task.containers?.[0]?.exitCode ?? null;
  const ended = task.lastStatus === 'STOPPED';
  const isCancelled = task.stopCode === 'UserInitiated';
  const state = !ended
    ? 'running'
    : exitCode === 0
      ? 'succeeded'
      : isCancelled
        ? 'cancelled'
        : 'failed';
  return {
    id: taskId(task),
    revision: revisionOf(task),
    trigger: task.startedBy === BY_PERSON ? 'person' : 'schedule',
    startedAt: timeOf(task.startedAt ?? task.createdAt),
    endedAt: ended ? timeOf(task.stoppedAt) : null,
    state,
    exitCode,
    message: messageOf(state, exitCode, task),
  };
}

function messageOf(state: JobRun['state'], exitCode: number | null, task: Task): string {
  if (state === 'running') return (task.lastStatus ?? '').toLowerCase();
  if (state === 'succeeded') return 'ended well';
  if (state === 'cancelled') return 'was stopped';
  if (exitCode !== null && exitCode !== 137)
    return `failed with exit code ${exitCode}, see its log`;
  return whyEnded(task);
}

export interface RunSettings {
  readonly revision: number;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

export async function startRun(
  here: Here,
  id: DeploymentId,
  settings: RunSettings,
): Promise<string> {
  const ecs = await here.clients.ecs();
  const { tasks, failures } = await ecs.runTask({
    cluster: clusterName(here, id),
    taskDefinition: await definitionArn(here, id, settings.revision),
    count: 1,
    launchType: 'FARGATE',
    startedBy: BY_PERSON,
    propagateTags: 'TASK_DEFINITION',
    enableECSManagedTags: true,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...settings.subnets],
        securityGroups: [await groupId(here, settings.securityGroup)],
        assignPublicIp: 'ENABLED',
      },
    },
  });
  const started = tasks?.[0];
  if (started) return taskId(started);
  const reason = failures?.[0]?.reason ?? 'AWS gave no reason';
  return fail(
    'unexpected',
    `A run of “${id}” could not be started: ${reason}. Try again in a minute.`,
  );
}
