/** A revision is a revision of the task definition; its record stands in its tags. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { DeploymentId } from '../../../../../shared/base/ids';
import {
  type Found,
  type Json,
  LABEL,
  type Resource,
  type RevisionRecord,
  recordOf,
} from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import { deploymentOf, given, kindOf, labelsFor, pages, specOf } from '../../aws/here';
import { fromTags, isOf, type Labels, lowerTags, recordTags } from '../../aws/names';
import type { Here } from '../here';
import { family } from '../naming';

export const CONTAINER = 'app';

export interface DefinitionSpec {
  readonly deployment: string;
  readonly mode: string;
  readonly image: string;
  readonly vcpu: number;
  readonly memoryGib: number;
  /** Null for what answers nothing. */
  readonly port: number | null;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Name to the ARN of what holds it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly executionRole: string;
  readonly taskRole: string | null;
  readonly logGroup: string;
  /** Asked inside of the container; null where nothing answers. */
  readonly health: string | null;
  readonly record: RevisionRecord;
}

export interface Definition extends Found {
  readonly arn: string;
}

export const definitionName = (id: string, revision: number): string => `${id}:r${revision}`;

export function taskDefinitions(here: Here): ResourceKind {
  return kindOf(here, 'task definition', {
    list: (id) => listDefinitions(here, id),
    create: (resource) => register(here, resource),
    update: async (resource) => {
      const before = await arnsOf(here, deploymentOf(resource), resource.name);
      await register(here, resource);
      await drop(here, before);
    },
    remove: async (name) => {
      const id = name.slice(0, name.lastIndexOf(':')) as DeploymentId;
      await drop(here, await arnsOf(here, id, name));
    },
  });
}

/** One a revision, the newest where an interruption left two, oldest revision first. */
export async function listDefinitions(here: Here, id: DeploymentId): Promise<Definition[]> {
  const all = await readAll(here, id);
  const newest = new Map(all.map((each) => [each.name, each]));
  return [...newest.values()].sort((a, b) => numberOf(a) - numberOf(b));
}

export const numberOf = ({ labels }: Pick<Found, 'labels'>): number =>
  Number(labels[LABEL.revision]);

/** Its ARN, for a service, a run or a schedule. */
export async function definitionArn(
  here: Here,
  id: DeploymentId,
  revision: number,
): Promise<string> {
  const found = (await listDefinitions(here, id)).find((each) => numberOf(each) === revision);
  return given(found?.arn, `the task definition of revision ${revision}`);
}

async function arnsOf(here: Here, id: DeploymentId, name: string): Promise<string[]> {
  return (await readAll(here, id)).filter((each) => each.name === name).map(({ arn }) => arn);
}

const readAll = (here: Here, id: DeploymentId): Promise<Definition[]> =>
  here.clients.shared(`definitions of ${id}`, () => askAll(here, id));

async function askAll(here: Here, id: DeploymentId): Promise<Definition[]> {
  const ecs = await here.clients.ecs();
  const arns = await pages(async (nextToken) => {
    const page = await ecs.listTaskDefinitions({
      familyPrefix: family(id),
      status: 'ACTIVE',
      sort: 'ASC',
      nextToken,
    });
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  const found = await Promise.all(
    arns.map(async (taskDefinition) => {
      const asked = ecs.describeTaskDefinition({ taskDefinition, include: ['TAGS'] });
      const answer = await orNone(asked, /^ClientException$|NotFound/);
      const labels = fromTags(answer?.tags);
      return answer?.taskDefinition && isOf(labels, id)
        ? [foundOf(id, taskDefinition, answer.taskDefinition, labels)]
        : [];
    }),
  );
  return found.flat();
}

function foundOf(
  id: DeploymentId,
  arn: string,
  made: TaskDefinition,
  labels: Record<string, string>,
): Definition {
  const container = made.containerDefinitions?.[0] ?? {};
  const spec = {
    deployment: id,
    mode: labels[LABEL.mode] ?? '',
    image: container.image ?? '',
    vcpu: Number(made.cpu) / 1024,
    memoryGib: Number(made.memory) / 1024,
    port: container.portMappings?.[0]?.containerPort ?? null,
    command: container.command ?? [],
    environment: pairs(container.environment?.map(({ name, value }) => [name, value])),
    secrets: pairs(container.secrets?.map(({ name, valueFrom }) => [name, valueFrom])),
    executionRole: made.executionRoleArn ?? '',
    taskRole: made.taskRoleArn ?? null,
    logGroup: container.logConfiguration?.options?.['awslogs-group'] ?? '',
    health: container.healthCheck?.command?.at(-1) ?? null,
    record: JSON.parse(JSON.stringify(recordOf(labels))) as Json,
  };
  return {
    kind: 'task definition',
    name: definitionName(id, numberOf({ labels })),
    arn,
    labels,
    spec,
  };
}

const pairs = (all: readonly (readonly [string | undefined, string | undefined])[] = []) =>
  Object.fromEntries(all.map(([name, value]) => [name ?? '', value ?? '']));

async function register(here: Here, resource: Resource): Promise<void> {
  const spec = specOf<DefinitionSpec>(resource);
  await (await here.clients.ecs()).registerTaskDefinition({
    family: family(spec.deployment),
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    cpu: String(spec.vcpu * 1024),
    memory: String(spec.memoryGib * 1024),
    executionRoleArn: spec.executionRole,
    ...(spec.taskRole === null ? {} : { taskRoleArn: spec.taskRole }),
    containerDefinitions: [containerOf(here, spec)],
    tags: lowerTags(definitionTags(resource)),
  });
}

export function definitionTags(resource: Resource): Labels {
  const { mode, record } = specOf<DefinitionSpec>(resource);
  return {
    ...labelsFor(resource),
    [LABEL.revision]: String(record.number),
    [LABEL.mode]: mode,
    [LABEL.package]: record.packageName,
    ...recordTags(record),
  };
}

/** The first seconds of a large model's start count as no failure. */
const HEALTH = { interval: 10, timeout: 5, retries: 3, startPeriod: 120 };

export function containerOf(
  { account: { region } }: Pick<Here, 'account'>,
  spec: DefinitionSpec,
): ContainerDefinition {
  return {
    name: CONTAINER,
    image: spec.image,
    essential: true,
    command: [...spec.command],
    environment: Object.entries(spec.environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(spec.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    ...(spec.port === null
      ? {}
      : { portMappings: [{ containerPort: spec.port, hostPort: spec.port, protocol: 'tcp' }] }),
    ...(spec.health === null
      ? {}
      : { healthCheck: { command: ['CMD', 'python3', '-c', spec.health], ...HEALTH } }),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': spec.logGroup,
        'awslogs-region': region,
        'awslogs-stream-prefix': streamPrefix(spec.record.number),
      },
    },
  };
}

export const streamPrefix = (revision: number): string => `r${revision}`;
export const streamOf = (revision: number, task: string): string =>
  `${streamPrefix(revision)}/${CONTAINER}/${task}`;

async function drop(here: Here, arns: readonly string[]): Promise<void> {
  if (arns.length === 0) return;
  const ecs = await here.clients.ecs();
  for (const taskDefinition of arns) {
    await orNone(ecs.deregisterTaskDefinition({ taskDefinition }), /^ClientException$|NotFound/);
  }
  // At most ten at once; AWS deletes them when nothing runs from them any more.
  for (let at = 0; at < arns.length; at += 10) {
    await ecs.deleteTaskDefinitions({ taskDefinitions: arns.slice(at, at + 10) });
  }
}
