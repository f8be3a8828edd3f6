/** EventBridge Scheduler starts the task of a scheduled job. Schedules carry no tags, their groups do: each has its own. */
import type {
  CreateScheduleCommandInput,
  GetScheduleCommandOutput,
} from '@aws-sdk/client-scheduler';
import { fail } from '../../../../../shared/base/studio-error';
import { type Found, LABEL, type Resource } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import {
  deploymentOf,
  kindOf,
  labelsFor,
  orTaken,
  ours,
  patiently,
  pause,
  specOf,
} from '../../aws/here';
import { fromTags, isOf, nameOf, upperTags } from '../../aws/names';
import type { Here } from '../here';
import { clusterName } from './clusters';
import { groupId, groupNames } from './network';
import { definitionArn, listDefinitions, numberOf } from './task-definitions';

interface ScheduleSpec {
  readonly deployment: string;
  readonly revision: number;
  readonly expression: string;
  readonly timeZone: string;
  readonly isOn: boolean;
  readonly role: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

export const scheduleName = (id: string): string => nameOf(id, '', 64);

export function scheduleGroups(here: Here): ResourceKind {
  return kindOf(here, 'schedule group', {
    list: async (id) => {
      const found = await readGroup(here, scheduleName(id));
      return found ? ours(found, id) : [];
    },
    create: async (resource, { task }) => {
      const scheduler = await here.clients.scheduler();
      const Tags = upperTags(labelsFor(resource));
      const isOurs = async () =>
        isOf((await readGroup(here, resource.name))?.labels ?? {}, deploymentOf(resource));
      // One that is being deleted still has the name for a while.
      await patiently(here, task, /is being deleted|DELETING/i, () =>
        orTaken(
          scheduler.createScheduleGroup({ Name: resource.name, Tags }),
          /Conflict/,
          isOurs,
          resource,
        ),
      );
    },
    update: async () => undefined,
    remove: async (name, task) => {
      const scheduler = await here.clients.scheduler();
      await orNone(scheduler.deleteScheduleGroup({ Name: name }));
      while (await orNone(scheduler.getScheduleGroup({ Name: name }))) await pause(here, task);
    },
  });
}

const readGroup = (here: Here, name: string): Promise<Found | null> =>
  here.clients.shared(`schedule group ${name}`, () => askGroup(here, name));

async function askGroup(here: Here, name: string): Promise<Found | null> {
  const scheduler = await here.clients.scheduler();
  const group = await orNone(scheduler.getScheduleGroup({ Name: name }));
  if (!group?.Arn || group.State === 'DELETING') return null;
  const tags = await orNone(scheduler.listTagsForResource({ ResourceArn: group.Arn }));
  const labels = fromTags(tags?.Tags);
  const spec = { deployment: labels[LABEL.deployment] ?? '' };
  return { kind: 'schedule group', name, labels, spec };
}

export function schedules(here: Here): ResourceKind {
  return kindOf(here, 'schedule', {
    list: async (id) => {
      const group = await readGroup(here, scheduleName(id));
      const schedule = group && isOf(group.labels, id) ? await readSchedule(here, id) : null;
      return group && schedule ? [await foundOf(here, id, schedule, group.labels)] : [];
    },
    create: async (resource, { task }) => {
      const scheduler = await here.clients.scheduler();
      const id = deploymentOf(resource);
      const wanted = await wantedSchedule(here, resource);
      await patiently(here, task, NOT_YET, async () => {
        if (await readSchedule(here, id)) await scheduler.updateSchedule(wanted);
        else await scheduler.createSchedule(wanted);
      });
    },
    update: async (resource, _, { task }) => {
      const scheduler = await here.clients.scheduler();
      const wanted = await wantedSchedule(here, resource);
      await patiently(here, task, NOT_YET, () => scheduler.updateSchedule(wanted));
    },
    remove: async (name) => {
      const scheduler = await here.clients.scheduler();
      await orNone(scheduler.deleteSchedule({ Name: name, GroupName: name }));
    },
  });
}

/** A role of a moment ago is not known everywhere yet. */
const NOT_YET = /must allow AWS EventBridge Scheduler to assume the role/i;

export const readSchedule = (here: Here, id: string): Promise<GetScheduleCommandOutput | null> =>
  here.clients.shared(`schedule ${id}`, () => askSchedule(here, id));

async function askSchedule(here: Here, id: string): Promise<GetScheduleCommandOutput | null> {
  const name = scheduleName(id);
  return orNone((await here.clients.scheduler()).getSchedule({ Name: name, GroupName: name }));
}

async function foundOf(
  here: Here,
  id: Parameters<typeof listDefinitions>[1],
  schedule: GetScheduleCommandOutput,
  labels: Found['labels'],
): Promise<Found> {
  const parameters = schedule.Target?.EcsParameters;
  const network = parameters?.NetworkConfiguration?.awsvpcConfiguration;
  const name = await groupNames(here, id);
  const definition = (await listDefinitions(here, id)).find(
    ({ arn }) => arn === parameters?.TaskDefinitionArn,
  );
  return {
    kind: 'schedule',
    name: scheduleName(id),
    labels,
    spec: {
      deployment: labels[LABEL.deployment] ?? '',
      revision: definition ? numberOf(definition) : (parameters?.TaskDefinitionArn ?? null),
      expression: schedule.ScheduleExpression ?? '',
      timeZone: schedule.ScheduleExpressionTimezone ?? 'UTC',
      isOn: schedule.State === 'ENABLED',
      role: schedule.Target?.RoleArn ?? '',
      subnets: [...(network?.Subnets ?? [])].sort(),
      securityGroup: (network?.SecurityGroups ?? []).map(name).join(', '),
    },
  };
}

export const RETRIES = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 } as const;
export const descriptionOf = (id: string): string => `Runs ${id}, made by Slipway`;

async function wantedSchedule(here: Here, resource: Resource): Promise<CreateScheduleCommandInput> {
  const spec = specOf<ScheduleSpec>(resource);
  const id = deploymentOf(resource);
  const { partition, region, account } = here.account;
  return {
    Name: resource.name,
    GroupName: resource.name,
    Description: descriptionOf(id),
    ScheduleExpression: spec.expression,
    ScheduleExpressionTimezone: spec.timeZone,
    State: spec.isOn ? 'ENABLED' : 'DISABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: `arn:${partition}:ecs:${region}:${account}:cluster/${clusterName(here, id)}`,
      RoleArn: spec.role,
      RetryPolicy: RETRIES,
      EcsParameters: {
        TaskDefinitionArn: await definitionArn(here, id, spec.revision),
        TaskCount: 1,
        LaunchType: 'FARGATE',
        PropagateTags: 'TASK_DEFINITION',
        EnableECSManagedTags: true,
        NetworkConfiguration: {
          awsvpcConfiguration: {
            Subnets: [...spec.subnets],
            SecurityGroups: [await groupId(here, spec.securityGroup)],
            AssignPublicIp: 'ENABLED',
          },
        },
      },
    },
  };
}

/** On or off; all else as it is. */
export async function switchSchedule(here: Here, id: string, isOn: boolean): Promise<void> {
  const schedule =
    (await readSchedule(here, id)) ??
    fail('not-found', `“${id}” has no schedule. Deploy it again.`);
  const { Name, GroupName, Description, ScheduleExpression, ScheduleExpressionTimezone, Target } =
    schedule;
  await (await here.clients.scheduler()).updateSchedule({
    ...{ Name, GroupName, Description, ScheduleExpression, ScheduleExpressionTimezone, Target },
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: isOn ? 'ENABLED' : 'DISABLED',
  });
}
