/** The service keeps its tasks up; its circuit breaker takes a rollout back that never gets ready. */
import type { CreateServiceCommandInput, Service } from '@aws-sdk/client-ecs';
import { DeploymentId } from '../../../../../shared/base/ids';
import { fail } from '../../../../../shared/base/studio-error';
import { type Found, LABEL, type Resource } from '../../../../../shared/deploy';
import type { TaskContext } from '../../../../task';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import {
  deploymentOf,
  given,
  kindOf,
  labelsFor,
  ours,
  patiently,
  pause,
  specOf,
} from '../../aws/here';
import { fromTags, isOf, lowerTags, nameOf } from '../../aws/names';
import type { Here } from '../here';
import { waitForRollout } from '../rollout';
import { targetGroupArn, targetGroupIn } from './balancer';
import { clusterName } from './clusters';
import { groupId, groupNames } from './network';
import { CONTAINER, definitionArn, listDefinitions, numberOf } from './task-definitions';

export interface ServiceSpec {
  readonly deployment: string;
  readonly revision: number;
  readonly replicas: number;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  /** Of the load balancer; null where tasks are reached at their own addresses. */
  readonly targetGroup: string | null;
  readonly port: number;
  readonly circuitBreaker: boolean;
}

export const serviceName = (id: string): string => nameOf(id, '', 255);

export function services(here: Here): ResourceKind {
  return kindOf(here, 'service', {
    list: async (id) => {
      const service = await readService(here, id);
      return service ? ours(await foundOf(here, id, service), id) : [];
    },
    create: (resource, { task }) => createService(here, resource, task),
    update: async (resource, _, { task }) => updateService(here, resource, task),
    ready: (resource, task) =>
      waitForRollout(here, deploymentOf(resource), specOf<ServiceSpec>(resource).revision, task),
    remove: (name, task) => removeService(here, name, task),
  });
}

/** Null where there is none, also where one is on its way out. */
export const readService = (here: Here, id: string): Promise<Service | null> =>
  here.clients.shared(`service ${id}`, () => askService(here, id));

async function askService(here: Here, id: string): Promise<Service | null> {
  const ecs = await here.clients.ecs();
  const wanted = {
    cluster: clusterName(here, id),
    services: [serviceName(id)],
    include: ['TAGS' as const],
  };
  const answer = await orNone(ecs.describeServices(wanted));
  return answer?.services?.find(({ status }) => status === 'ACTIVE') ?? null;
}

async function foundOf(here: Here, id: DeploymentId, service: Service): Promise<Found> {
  const labels = fromTags(service.tags);
  const network = service.networkConfiguration?.awsvpcConfiguration;
  const name = await groupNames(here, id);
  const balancer = service.loadBalancers?.[0];
  const definitions = await listDefinitions(here, id);
  const definition = definitions.find(({ arn }) => arn === service.taskDefinition);
  const target = balancer?.targetGroupArn;
  return {
    kind: 'service',
    name: serviceName(id),
    labels,
    spec: {
      deployment: labels[LABEL.deployment] ?? '',
      revision: definition ? numberOf(definition) : (service.taskDefinition ?? null),
      replicas: service.desiredCount ?? 0,
      subnets: [...(network?.subnets ?? [])].sort(),
      securityGroup: (network?.securityGroups ?? []).map(name).join(', '),
      targetGroup: target ? targetGroupIn(target) : null,
      // A service without a load balancer does not tell its port: its task definition does.
      port: balancer?.containerPort ?? definedPort(definition) ?? null,
      circuitBreaker: service.deploymentConfiguration?.deploymentCircuitBreaker?.rollback ?? false,
    },
  };
}

const definedPort = (definition: Found | undefined): number | null =>
  definition ? specOf<{ port: number | null }>(definition).port : null;

async function createService(here: Here, resource: Resource, task: TaskContext): Promise<void> {
  const id = deploymentOf(resource);
  const there = await readService(here, id);
  if (there && isOf(fromTags(there.tags), id)) return updateService(here, resource, task);
  if (there) {
    fail(
      'conflict',
      `There is a service ${resource.name} in the cluster ${clusterName(here, id)} already, which Slipway did not make. Give the deployment another name.`,
    );
  }
  const ecs = await here.clients.ecs();
  const wanted = await wantedService(here, resource);
  await patiently(here, task, NOT_YET, () =>
    ecs.createService({
      ...wanted,
      serviceName: resource.name,
      launchType: 'FARGATE',
      schedulingStrategy: 'REPLICA',
      enableECSManagedTags: true,
      tags: lowerTags(labelsFor(resource)),
    }),
  );
}

async function updateService(here: Here, resource: Resource, task: TaskContext): Promise<void> {
  const ecs = await here.clients.ecs();
  const wanted = await wantedService(here, resource);
  await patiently(here, task, NOT_YET, () =>
    ecs.updateService({ ...wanted, service: resource.name }),
  );
}

/** A role or a load balancer of a moment ago is not known everywhere; a service being removed still has the name. */
const NOT_YET =
  /unable to assume the (role|service linked role)|does not have an associated load balancer|still Draining|verify that the ECS service role/i;

async function wantedService(here: Here, resource: Resource) {
  const spec = specOf<ServiceSpec>(resource);
  const id = deploymentOf(resource);
  return {
    cluster: clusterName(here, id),
    taskDefinition: await definitionArn(here, id, spec.revision),
    desiredCount: spec.replicas,
    propagateTags: 'SERVICE',
    platformVersion: 'LATEST',
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      ...ROLLOUT,
    },
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...spec.subnets],
        securityGroups: [await groupId(here, spec.securityGroup)],
        assignPublicIp: 'ENABLED',
      },
    },
    loadBalancers: spec.targetGroup
      ? [
          {
            targetGroupArn: await targetGroupArn(here, spec.targetGroup),
            containerName: CONTAINER,
            containerPort: spec.port,
          },
        ]
      : [],
    ...(spec.targetGroup ? { healthCheckGracePeriodSeconds: GRACE_SECONDS } : {}),
  } satisfies Partial<CreateServiceCommandInput>;
}

/** While the tasks of a new revision come up beside the old ones. */
export const ROLLOUT = { minimumHealthyPercent: 100, maximumPercent: 200 } as const;
export const GRACE_SECONDS = 120;

/** How many tasks there should be: none is a service that stands still. */
export async function scale(here: Here, id: DeploymentId, desiredCount: number): Promise<void> {
  const cluster = clusterName(here, id);
  await (await here.clients.ecs()).updateService({
    cluster,
    service: serviceName(id),
    desiredCount,
  });
}

export async function restart(here: Here, id: DeploymentId): Promise<void> {
  const wanted = { cluster: clusterName(here, id), service: serviceName(id) };
  await (await here.clients.ecs()).updateService({ ...wanted, forceNewDeployment: true });
}

async function removeService(here: Here, name: string, task: TaskContext): Promise<void> {
  const id = DeploymentId(name.replace(/^slipway-/, ''));
  const cluster = clusterName(here, id);
  const ecs = await here.clients.ecs();
  await orNone(ecs.deleteService({ cluster, service: name, force: true }));
  for (;;) {
    const answer = await orNone(ecs.describeServices({ cluster, services: [name] }));
    const service = answer?.services?.[0];
    if (!service || given(service.status, 'a status') === 'INACTIVE') return;
    task.progress(null, `Waiting for the last tasks of ${name}`);
    await pause(here, task);
  }
}
