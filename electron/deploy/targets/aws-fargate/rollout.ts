/** Watches a rollout to its end, and tells in words why it failed, with the last lines of the task that ended. */
import type { Deployment, Service, Task } from '@aws-sdk/client-ecs';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import type { TaskContext } from '../../../task';
import { linesOfStream } from '../aws/container-logs';
import { orNone } from '../aws/failures';
import { pause } from '../aws/here';
import type { Here } from './here';
import { clusterName } from './kinds/clusters';
import { readService, serviceName } from './kinds/services';
import { definitionArn, streamOf } from './kinds/task-definitions';

/** AWS's circuit breaker gives up by itself; this is for what hangs without failing. */
const MOST_LOOKS = 360;
/** A change of a moment ago may not be told at once. */
const LATE_LOOKS = 3;
const LAST_LINES = 12;

export async function waitForRollout(
  here: Here,
  id: DeploymentId,
  revision: number,
  task: TaskContext,
): Promise<void> {
  const arn = await definitionArn(here, id, revision);
  const told = new Set<string>();
  let isSeen = false;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const service = await readService(here, id);
    if (!service)
      return fail(
        'unexpected',
        `The service of “${id}” is gone while it was rolled out. Deploy again.`,
      );
    tellEvents(service, told, task);
    const mine = service.deployments?.find(({ taskDefinition }) => taskDefinition === arn);
    const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
    isSeen ||= mine !== undefined || look >= LATE_LOOKS;
    const isTakenBack = isSeen && primary !== undefined && primary.taskDefinition !== arn;
    if (mine?.rolloutState === 'FAILED' || isTakenBack) {
      return failRollout(here, id, revision, arn, mine);
    }
    if (mine?.status === 'PRIMARY' && mine.rolloutState === 'COMPLETED') return;
    task.progress(null, wordsOf(mine));
    await pause(here, task);
  }
  return failRollout(here, id, revision, arn, undefined);
}

const wordsOf = (deployment: Deployment | undefined): string =>
  deployment
    ? `${deployment.runningCount ?? 0} of ${deployment.desiredCount ?? 0} tasks run${deployment.failedTasks ? `, ${deployment.failedTasks} failed` : ''}`
    : 'Waiting for the rollout to begin';

function tellEvents(service: Service, told: Set<string>, task: TaskContext): void {
  for (const { id = '', message = '' } of [...(service.events ?? [])].reverse()) {
    if (told.has(id)) continue;
    told.add(id);
    task.log(message);
  }
}

async function failRollout(
  here: Here,
  id: DeploymentId,
  revision: number,
  arn: string,
  deployment: Deployment | undefined,
): Promise<never> {
  const ended = (await stoppedTasks(here, id)).filter(
    ({ taskDefinitionArn }) => taskDefinitionArn === arn,
  );
  const last = ended.at(-1);
  const what = `Revision ${revision} of “${id}” did not get ready`;
  if (!last) {
    const why = deployment?.rolloutStateReason ?? 'AWS gave no reason, and no task of it ended';
    return fail('step-failed', `${what}: ${why}. Look at the service’s events in the ECS console.`);
  }
  const lines = (await linesOfStream(here, id, streamOf(revision, taskId(last)))).slice(
    -LAST_LINES,
  );
  const said =
    lines.length > 0 ? ` Its last words: ${lines.map(({ text }) => text).join(' | ')}` : '';
  return fail('step-failed', `${what}: ${whyEnded(last)}${said}`, {
    detail: [last.stoppedReason, last.containers?.[0]?.reason, ...lines.map(({ text }) => text)]
      .filter(Boolean)
      .join('\n'),
  });
}

export const taskId = ({ taskArn }: Pick<Task, 'taskArn'>): string =>
  taskArn?.split('/').at(-1) ?? '';

/** Those of the last hour, as long as ECS remembers them; the one that ended first comes first. */
async function stoppedTasks(here: Here, id: DeploymentId): Promise<Task[]> {
  const ecs = await here.clients.ecs();
  const cluster = clusterName(here, id);
  const wanted = { cluster, serviceName: serviceName(id), desiredStatus: 'STOPPED' as const };
  const tasks = (await orNone(ecs.listTasks(wanted)))?.taskArns ?? [];
  if (tasks.length === 0) return [];
  const described = await ecs.describeTasks({ cluster, tasks });
  return (described.tasks ?? [])
    .filter(({ lastStatus }) => lastStatus === 'STOPPED')
    .sort((a, b) => (a.stoppedAt?.getTime() ?? 0) - (b.stoppedAt?.getTime() ?? 0));
}

/** One sentence, with the next step. */
export function whyEnded({ stoppedReason = '', containers = [], memory }: Task): string {
  const container = containers[0];
  const reason = `${stoppedReason} ${container?.reason ?? ''}`;
  if (/CannotPull/i.test(reason)) {
    return `the image cannot be pulled (${tail(reason, 'CannotPull')}). Check that it is in the registry and that the subnets lead to it.`;
  }
  if (/OutOfMemory/i.test(reason) || container?.exitCode === 137) {
    const had = memory === undefined ? '' : ` of ${Number(memory) / 1024} GB`;
    return `it does not fit: it took more memory than its limit${had}. Give it more memory.`;
  }
  if (/health check/i.test(reason)) {
    return `it started but never got ready: ${stoppedReason.replace(/\.$/, '')}. Look at what it says at the start.`;
  }
  if (/secret|ssm/i.test(reason) && /ResourceInitialization/i.test(reason)) {
    return `a secret could not be read (${tail(reason, 'ResourceInitialization')}). Check its ARN and its region.`;
  }
  if (/capacity/i.test(reason)) {
    return `AWS has no room for it just now (${stoppedReason}). Try later, or in another subnet.`;
  }
  if (container?.exitCode !== undefined) {
    return `the container ended with exit code ${container.exitCode} each time it was started.`;
  }
  return `${reason.trim() || 'its task ended without a reason'}.`;
}

const tail = (text: string, from: string): string =>
  text.slice(text.indexOf(from)).trim().slice(0, 300);
