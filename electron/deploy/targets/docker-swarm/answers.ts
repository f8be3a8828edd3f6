/** The parts of a swarm's answers that are read here; dockerode types them as anything. */
import { isDeepStrictEqual } from 'node:util';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { DeploymentId } from '../../../../shared/base/ids';
import { labelFilter } from '../docker/kinds';

const labels = z.record(z.string(), z.string()).nullish();

const containerSpec = z.object({
  Image: z.string(),
  Args: z.array(z.string()).nullish(),
  Env: z.array(z.string()).nullish(),
  Mounts: z.array(z.object({ Source: z.string().optional(), Target: z.string() })).nullish(),
  Secrets: z
    .array(z.object({ SecretName: z.string(), File: z.object({ Name: z.string() }).nullish() }))
    .nullish(),
});

const taskSpec = z.object({
  ContainerSpec: containerSpec.nullish(),
  ForceUpdate: z.number().optional(),
  Resources: z
    .object({
      Limits: z
        .object({ NanoCPUs: z.number().optional(), MemoryBytes: z.number().optional() })
        .nullish(),
    })
    .nullish(),
});

export const serviceSchema = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  CreatedAt: z.string(),
  UpdatedAt: z.string(),
  Spec: z.object({
    Name: z.string(),
    Labels: labels,
    TaskTemplate: taskSpec.extend({ ContainerSpec: containerSpec }),
    Mode: z.object({ Replicated: z.object({ Replicas: z.number() }).nullish() }),
    EndpointSpec: z
      .object({
        Ports: z
          .array(
            z.object({
              TargetPort: z.number(),
              PublishedPort: z.number().optional(),
              PublishMode: z.enum(['ingress', 'host']).optional(),
            }),
          )
          .nullish(),
      })
      .nullish(),
  }),
  UpdateStatus: z
    .object({ State: z.string().optional(), Message: z.string().optional() })
    .nullish(),
});
export type SwarmService = z.infer<typeof serviceSchema>;

export const taskSchema = z.object({
  ID: z.string(),
  CreatedAt: z.string(),
  DesiredState: z.string(),
  Spec: taskSpec,
  Status: z.object({
    Timestamp: z.string(),
    State: z.string(),
    Err: z.string().optional(),
    Message: z.string().optional(),
    ContainerStatus: z
      .object({ ContainerID: z.string().optional(), ExitCode: z.number().optional() })
      .nullish(),
  }),
});
export type SwarmTask = z.infer<typeof taskSchema>;

const specNamed = z.object({
  ID: z.string(),
  Spec: z.object({ Name: z.string(), Labels: labels }),
});

export async function listServices(
  docker: Docker,
  id: DeploymentId | null,
): Promise<SwarmService[]> {
  return z.array(serviceSchema).parse(await docker.listServices({ filters: labelFilter(id) }));
}

/** Made from what the service is now: one of an earlier revision may have the same image. */
export const isCurrent = (task: SwarmTask, service: SwarmService): boolean =>
  isDeepStrictEqual(told(task.Spec), told(service.Spec.TaskTemplate));

/** Mounts are left out: the engine completes those of a service in another way than those of a task. */
const told = ({ ContainerSpec, Resources, ForceUpdate }: z.infer<typeof taskSpec>) => ({
  ...{
    image: ContainerSpec?.Image,
    args: ContainerSpec?.Args ?? [],
    env: ContainerSpec?.Env ?? [],
  },
  secrets: (ContainerSpec?.Secrets ?? []).map(({ SecretName, File }) => [SecretName, File?.Name]),
  cpus: Resources?.Limits?.NanoCPUs ?? 0,
  memory: Resources?.Limits?.MemoryBytes ?? 0,
  force: ForceUpdate ?? 0,
});

/** Newest first. */
export async function listTasks(docker: Docker, serviceName: string): Promise<SwarmTask[]> {
  const answer: unknown = await docker.listTasks({
    filters: JSON.stringify({ service: [serviceName] }),
  });
  return z
    .array(taskSchema)
    .parse(answer)
    .sort((a, b) => Date.parse(b.CreatedAt) - Date.parse(a.CreatedAt));
}

export interface Named {
  readonly ID: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export async function listConfigs(docker: Docker, id: DeploymentId | null): Promise<Named[]> {
  return named(await docker.listConfigs({ filters: JSON.stringify(labelFilter(id)) }));
}

export async function listSecrets(docker: Docker, id: DeploymentId | null): Promise<Named[]> {
  return named(await docker.listSecrets({ filters: JSON.stringify(labelFilter(id)) }));
}

/** Of the whole swarm, by name: a secret that a person made carries no label of ours. */
export async function secretIds(docker: Docker): Promise<ReadonlyMap<string, string>> {
  return new Map(named(await docker.listSecrets()).map(({ name, ID }) => [name, ID]));
}

const named = (answer: unknown): Named[] =>
  z
    .array(specNamed)
    .parse(answer)
    .map(({ ID, Spec }) => ({ ID, name: Spec.Name, labels: Spec.Labels ?? {} }));
