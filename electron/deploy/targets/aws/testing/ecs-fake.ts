/** The calls of ECS that we make, with state: moto's has no rollout, no events, and no task that fails. */
import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  Tag,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { FARGATE_SIZES } from '../../../../../shared/estimate';
import { advance, startTask } from './ecs-rollout';
import { EcsError, EcsState, type Surroundings, seconds, type WireService } from './ecs-state';

interface Asked {
  readonly cluster?: string;
  readonly service?: string;
  readonly task?: string;
  readonly taskDefinition?: string;
  readonly familyPrefix?: string;
  readonly family?: string;
  readonly serviceName?: string;
  readonly status?: string;
  readonly desiredStatus?: string;
  readonly clusterName?: string;
  readonly reason?: string;
  readonly clusters?: readonly string[];
  readonly services?: readonly string[];
  readonly tasks?: readonly string[];
  readonly taskDefinitions?: readonly string[];
  readonly include?: readonly string[];
  readonly tags?: Tag[];
}

const last = (arn: string): string => arn.split('/').at(-1) ?? arn;

/** What a service says of itself as it was told, each with the fallback of AWS. */
const told = (wanted: CreateServiceCommandInput) => ({
  schedulingStrategy: wanted.schedulingStrategy ?? 'REPLICA',
  platformVersion: wanted.platformVersion ?? 'LATEST',
  propagateTags: wanted.propagateTags ?? 'NONE',
  enableECSManagedTags: wanted.enableECSManagedTags ?? false,
  healthCheckGracePeriodSeconds: wanted.healthCheckGracePeriodSeconds ?? 0,
  availabilityZoneRebalancing: wanted.availabilityZoneRebalancing ?? 'DISABLED',
});

export class EcsFake {
  readonly state = new EcsState();
  readonly #world: Surroundings;
  /** One call after the other: a step of time is no atom. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(world: Surroundings) {
    this.#world = world;
  }

  answer(operation: string, body: unknown): Promise<unknown> {
    const next = this.#queue.then(async () => {
      await advance(this.state, this.#world);
      return this.#carryOut(operation, body);
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async #carryOut(operation: string, body: unknown): Promise<unknown> {
    const asked = body as Asked;
    switch (operation) {
      case 'CreateCluster':
        return this.#createCluster(asked);
      case 'DescribeClusters':
        return {
          clusters: (asked.clusters ?? []).flatMap(
            (each) => this.state.clusters.get(last(each)) ?? [],
          ),
          failures: [],
        };
      case 'DeleteCluster':
        return this.#deleteCluster(asked);
      case 'RegisterTaskDefinition':
        return this.#register(body as RegisterTaskDefinitionCommandInput);
      case 'ListTaskDefinitions':
        return {
          taskDefinitionArns: this.#definitions(asked).map(
            ({ taskDefinitionArn }) => taskDefinitionArn,
          ),
        };
      case 'ListTaskDefinitionFamilies':
        return {
          families: [...new Set(this.#definitions({}).map(({ family }) => family))].filter((each) =>
            each.startsWith(asked.familyPrefix ?? ''),
          ),
        };
      case 'DescribeTaskDefinition': {
        const found = this.#definition(asked.taskDefinition);
        return {
          taskDefinition: found,
          tags: this.state.definitionTags.get(found.taskDefinitionArn) ?? [],
        };
      }
      case 'DeregisterTaskDefinition':
        return {
          taskDefinition: Object.assign(this.#definition(asked.taskDefinition), {
            status: 'INACTIVE',
          }),
        };
      case 'DeleteTaskDefinitions':
        return this.#deleteDefinitions(asked);
      case 'CreateService':
        return this.#createService(body as CreateServiceCommandInput);
      case 'UpdateService':
        return this.#updateService(body as UpdateServiceCommandInput);
      case 'DeleteService':
        return this.#deleteService(asked);
      case 'DescribeServices': {
        const all = (asked.services ?? []).map((each) =>
          this.state.services.get(this.#serviceKey(asked, last(each))),
        );
        return { services: all.filter((each) => each !== undefined), failures: [] };
      }
      case 'RunTask':
        return this.#runTask(body as RunTaskCommandInput);
      case 'StopTask':
        return this.#stopTask(asked);
      case 'ListTasks':
        return this.#listTasks(asked);
      case 'DescribeTasks':
        return {
          tasks: (asked.tasks ?? []).flatMap(
            (each) => this.#tasks().find(({ taskArn }) => last(taskArn) === last(each)) ?? [],
          ),
          failures: [],
        };
      default:
        throw new EcsError('InternalFailure', `The stand does not play ${operation}.`);
    }
  }

  #arn(rest: string): string {
    return `arn:aws:ecs:${this.#world.region}:${this.#world.account}:${rest}`;
  }

  #cluster(name: string | undefined) {
    const found = this.state.clusters.get(last(name ?? 'default'));
    if (found?.status !== 'ACTIVE')
      throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
    return found;
  }

  #serviceKey({ cluster }: Asked, name: string | undefined): string {
    return `${this.#cluster(cluster).clusterName}/${name}`;
  }

  #createCluster({ clusterName = 'default', tags = [] }: Asked): unknown {
    const there = this.state.clusters.get(clusterName);
    if (there?.status === 'ACTIVE') return { cluster: there };
    const cluster = {
      clusterArn: this.#arn(`cluster/${clusterName}`),
      clusterName,
      status: 'ACTIVE',
      tags,
    };
    this.state.clusters.set(clusterName, cluster);
    return { cluster };
  }

  #deleteCluster(asked: Asked): unknown {
    const cluster = this.#cluster(asked.cluster);
    const services = [...this.state.services.values()].filter(
      ({ clusterArn, status }) => clusterArn === cluster.clusterArn && status !== 'INACTIVE',
    );
    if (services.length > 0)
      throw new EcsError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      );
    const tasks = this.#tasks().filter(
      ({ clusterArn, lastStatus }) => clusterArn === cluster.clusterArn && lastStatus !== 'STOPPED',
    );
    if (tasks.length > 0)
      throw new EcsError(
        'ClusterContainsTasksException',
        'The Cluster cannot be deleted while Tasks are active.',
      );
    cluster.status = 'INACTIVE';
    return { cluster };
  }

  #definitions({ familyPrefix }: Asked) {
    return [...this.state.definitions.values()].filter(
      ({ family, status }) =>
        status === 'ACTIVE' && (familyPrefix === undefined || family === familyPrefix),
    );
  }

  #definition(wanted: string | undefined) {
    const found = this.state.definitions.get(wanted ?? '');
    if (!found) throw new EcsError('ClientException', 'Unable to describe task definition.');
    return found;
  }

  #register({ tags = [], ...wanted }: RegisterTaskDefinitionCommandInput): unknown {
    const [vcpu, memoryGib] = [Number(wanted.cpu) / 1024, Number(wanted.memory) / 1024];
    if (!FARGATE_SIZES.some((each) => each.vcpu === vcpu && each.memoryGib === memoryGib)) {
      throw new EcsError(
        'ClientException',
        `No Fargate configuration exists for given values: ${wanted.cpu} CPU, ${wanted.memory} memory. See the Amazon ECS documentation for the valid values.`,
      );
    }
    const family = wanted.family ?? '';
    const revision = (this.state.revisions.get(family) ?? 0) + 1;
    this.state.revisions.set(family, revision);
    const taskDefinitionArn = this.#arn(`task-definition/${family}:${revision}`);
    const taskDefinition = {
      ...wanted,
      family,
      revision,
      taskDefinitionArn,
      status: 'ACTIVE' as const,
    };
    this.state.definitions.set(taskDefinitionArn, taskDefinition);
    this.state.definitionTags.set(taskDefinitionArn, tags);
    return { taskDefinition, tags };
  }

  #deleteDefinitions({ taskDefinitions = [] }: Asked): unknown {
    if (taskDefinitions.length > 10)
      throw new EcsError('InvalidParameterException', 'At most 10 task definitions.');
    for (const arn of taskDefinitions) {
      if (this.#definition(arn).status !== 'INACTIVE')
        throw new EcsError(
          'ClientException',
          'The specified task definition is still in ACTIVE status.',
        );
      Object.assign(this.#definition(arn), { status: 'DELETE_IN_PROGRESS' });
    }
    return { taskDefinitions: [], failures: [] };
  }

  async #createService(wanted: CreateServiceCommandInput): Promise<unknown> {
    const { clusterArn, clusterName } = this.#cluster(wanted.cluster);
    const key = `${clusterName}/${wanted.serviceName}`;
    const there = this.state.services.get(key);
    if (there?.status === 'ACTIVE')
      throw new EcsError('InvalidParameterException', 'Creation of service was not idempotent.');
    if (there?.status === 'DRAINING')
      throw new EcsError(
        'InvalidParameterException',
        'Unable to Start a service that is still Draining.',
      );
    await this.#checkService(wanted);
    const service: WireService = {
      serviceArn: this.#arn(`service/${key}`),
      serviceName: wanted.serviceName ?? '',
      clusterArn,
      status: 'ACTIVE',
      desiredCount: wanted.desiredCount ?? 0,
      runningCount: 0,
      pendingCount: 0,
      launchType: wanted.launchType ?? 'FARGATE',
      ...told(wanted),
      taskDefinition: wanted.taskDefinition ?? '',
      ...(wanted.deploymentConfiguration
        ? { deploymentConfiguration: wanted.deploymentConfiguration }
        : {}),
      ...(wanted.networkConfiguration ? { networkConfiguration: wanted.networkConfiguration } : {}),
      loadBalancers: wanted.loadBalancers ?? [],
      tags: wanted.tags ?? [],
      createdAt: seconds(),
      deployments: [],
      events: [],
    };
    this.#rollOut(service);
    this.state.services.set(key, service);
    return { service };
  }

  async #checkService(
    wanted: Pick<CreateServiceCommandInput, 'taskDefinition' | 'loadBalancers'>,
  ): Promise<void> {
    const definition = this.#definition(wanted.taskDefinition);
    if (!(await this.#world.hasRole(definition.executionRoleArn ?? ''))) {
      throw new EcsError(
        'ClientException',
        `ECS was unable to assume the role '${definition.executionRoleArn}' that was provided for this task.`,
      );
    }
    for (const { targetGroupArn = '', containerName, containerPort } of wanted.loadBalancers ??
      []) {
      if (!(await this.#world.hasBalancer(targetGroupArn))) {
        throw new EcsError(
          'InvalidParameterException',
          `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
        );
      }
      const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
      if (!container?.portMappings?.some((each) => each.containerPort === containerPort)) {
        throw new EcsError(
          'InvalidParameterException',
          `The container ${containerName} did not have a container port ${containerPort} defined.`,
        );
      }
    }
  }

  async #updateService(wanted: UpdateServiceCommandInput): Promise<unknown> {
    const service = this.state.services.get(
      this.#serviceKey(
        { ...(wanted.cluster ? { cluster: wanted.cluster } : {}) },
        last(wanted.service ?? ''),
      ),
    );
    if (!service || service.status === 'INACTIVE')
      throw new EcsError('ServiceNotFoundException', 'Service not found.');
    if (service.status !== 'ACTIVE')
      throw new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    const taskDefinition = wanted.taskDefinition ?? service.taskDefinition;
    await this.#checkService({ taskDefinition, loadBalancers: wanted.loadBalancers });
    const isOther =
      taskDefinition !== service.taskDefinition ||
      wanted.forceNewDeployment === true ||
      (wanted.networkConfiguration !== undefined &&
        JSON.stringify(wanted.networkConfiguration) !==
          JSON.stringify(service.networkConfiguration));
    service.taskDefinition = taskDefinition;
    service.desiredCount = wanted.desiredCount ?? service.desiredCount;
    if (wanted.networkConfiguration) service.networkConfiguration = wanted.networkConfiguration;
    if (wanted.deploymentConfiguration)
      service.deploymentConfiguration = wanted.deploymentConfiguration;
    if (wanted.loadBalancers) service.loadBalancers = wanted.loadBalancers;
    if (isOther) this.#rollOut(service);
    return { service };
  }

  #rollOut(service: WireService): void {
    for (const each of service.deployments) if (each.status === 'PRIMARY') each.status = 'ACTIVE';
    this.state.count += 1;
    service.deployments.unshift({
      id: `ecs-svc/${String(this.state.count).padStart(19, '0')}`,
      status: 'PRIMARY',
      taskDefinition: service.taskDefinition,
      desiredCount: service.desiredCount,
      runningCount: 0,
      pendingCount: 0,
      failedTasks: 0,
      rolloutState: 'IN_PROGRESS',
      createdAt: seconds(),
    });
  }

  #deleteService(asked: Asked): unknown {
    const service = this.state.services.get(this.#serviceKey(asked, last(asked.service ?? '')));
    if (!service || service.status === 'INACTIVE')
      throw new EcsError('ServiceNotFoundException', 'Service not found.');
    service.status = 'DRAINING';
    return { service };
  }

  #tasks() {
    return [...this.state.tasks.values()];
  }

  async #runTask(wanted: RunTaskCommandInput): Promise<unknown> {
    const { clusterArn } = this.#cluster(wanted.cluster);
    const definition = this.#definition(wanted.taskDefinition);
    const tags =
      wanted.propagateTags === 'TASK_DEFINITION'
        ? this.state.definitionTags.get(definition.taskDefinitionArn)
        : [];
    const task = await startTask(this.state, this.#world, clusterArn, {
      taskDefinitionArn: definition.taskDefinitionArn,
      startedBy: wanted.startedBy ?? '',
      group: `family:${definition.family}`,
      tags: [...(tags ?? []), ...(wanted.tags ?? [])],
      network: wanted.networkConfiguration,
    });
    return { tasks: [task], failures: [] };
  }

  #stopTask({ task = '', reason = 'Task stopped by user' }: Asked): unknown {
    const found = this.#tasks().find(({ taskArn }) => last(taskArn) === last(task));
    if (!found)
      throw new EcsError('InvalidParameterException', 'The referenced task was not found.');
    Object.assign(found, {
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: reason,
    });
    return { task: found };
  }

  #listTasks(asked: Asked): unknown {
    const { clusterArn } = this.#cluster(asked.cluster);
    const found = this.#tasks().filter(
      (task) =>
        task.clusterArn === clusterArn &&
        task.desiredStatus === (asked.desiredStatus ?? 'RUNNING') &&
        (asked.family === undefined ||
          last(task.taskDefinitionArn).startsWith(`${asked.family}:`)) &&
        (asked.serviceName === undefined || task.group === `service:${asked.serviceName}`),
    );
    return { taskArns: found.map(({ taskArn }) => taskArn) };
  }
}
