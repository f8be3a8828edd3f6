/** What our ECS remembers, and what a container of an image does. */
import type {
  ContainerDefinition,
  Deployment,
  Service,
  Tag,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Behaviour } from './stand-images';

/** As it travels: times are seconds, and nothing in it is optional that we always have. */
type Wire<T> = { [K in keyof T]?: T[K] extends Date | undefined ? number : T[K] };

export type WireTask = Wire<Task> & {
  taskArn: string;
  taskDefinitionArn: string;
  lastStatus: string;
};
export type WireDeployment = Wire<Deployment> & {
  id: string;
  taskDefinition: string;
  status: string;
  failedTasks: number;
};
export interface WireService extends Omit<Wire<Service>, 'deployments' | 'events'> {
  serviceName: string;
  clusterArn: string;
  status: string;
  desiredCount: number;
  taskDefinition: string;
  deployments: WireDeployment[];
  events: { id: string; createdAt: number; message: string }[];
}
export interface WireCluster {
  clusterArn: string;
  clusterName: string;
  status: string;
  tags: Tag[];
}
export type WireDefinition = Wire<TaskDefinition> & {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  status: string;
};

export class EcsState {
  readonly clusters = new Map<string, WireCluster>();
  readonly definitions = new Map<string, WireDefinition>();
  readonly definitionTags = new Map<string, Tag[]>();
  readonly services = new Map<string, WireService>();
  readonly tasks = new Map<string, WireTask>();
  /** Counted on for ever, as AWS does for a family. */
  readonly revisions = new Map<string, number>();
  count = 0;
}

/** Runs a task's container; without one the behaviour that its image is labelled with is played. */
export interface TaskEngine {
  /** Fails where the image cannot be pulled. `card` is the task's network interface. */
  readonly start: (task: string, container: ContainerDefinition, card: string) => Promise<void>;
  readonly look: (
    task: string,
  ) => Promise<{ exitCode: number | null; isHealthy: boolean; log: readonly string[] }>;
  readonly stop: (task: string) => Promise<void>;
}

/** What the fake needs of the world around it. */
export interface Surroundings {
  /** Null where tasks do what their image is labelled with. */
  readonly engine: TaskEngine | null;
  /** Null where the registry has no such image. */
  readonly behaviourOf: (image: string) => Promise<Behaviour | null>;
  /** Adds them; false where the log group is missing: then a task does not start. */
  readonly writeLog: (group: string, stream: string, lines: readonly string[]) => Promise<boolean>;
  readonly attach: (subnet: string, groups: readonly string[]) => Promise<string>;
  readonly detach: (card: string) => Promise<void>;
  readonly hasBalancer: (targetGroup: string) => Promise<boolean>;
  readonly hasRole: (arn: string) => Promise<boolean>;
  readonly region: string;
  readonly account: string;
}

export class EcsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const seconds = (): number => Date.now() / 1000;
