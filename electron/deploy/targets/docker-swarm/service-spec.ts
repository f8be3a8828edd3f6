/** A deployment's service: what it should be, and what the swarm says it is, in one shape. */
import type { CreateServiceOptions } from 'dockerode';
import { type Json, LABEL } from '../../../../shared/deploy';
import { fingerprint } from '../../resources/secrets';
import { RUN_FOLDER, readyCommand, SERVICE_PORT } from '../docker/container-spec';
import type { SwarmService } from './answers';
import { noSuchSecret } from './secrets';

const SECOND = 1_000_000_000;
/** Set by us, so that what a person added to the environment by hand is told from it. */
const SECRET_FILES = '/run/secrets/';

export interface ServiceSpec {
  readonly revision: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variable to the swarm's secret that holds its value. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly port: number | null;
  /** On every node through the routing mesh, or on the nodes where it runs. */
  readonly publish: 'ingress' | 'host' | null;
  readonly volume: string | null;
  readonly cpus: number | null;
  readonly memoryMib: number | null;
  readonly replicas: number;
}

export const comparable = ({ command, ...spec }: ServiceSpec): Json => ({
  ...spec,
  command: command.map((word) => (word.includes('\n') ? `program ${fingerprint(word)}` : word)),
});

/** A swarm gives secrets as files; the package reads its environment. */
const withSecrets = (command: readonly string[], names: readonly string[]): string[] => {
  if (names.length === 0) return [...command];
  const reads = names.map((name) => `${name}="$(cat ${SECRET_FILES}${name})"; export ${name}`);
  return ['sh', '-c', `${reads.join('; ')}; exec "$@"`, 'sh', ...command];
};

const withoutSecrets = (args: readonly string[], names: readonly string[]): string[] =>
  names.length > 0 && args[0] === 'sh' ? args.slice(4) : [...args];

export function serviceOptions(
  name: string,
  spec: ServiceSpec,
  secretIds: ReadonlyMap<string, string>,
  labels: Readonly<Record<string, string>>,
): CreateServiceOptions {
  const { port, publish, volume, cpus, memoryMib } = spec;
  const names = Object.keys(spec.secrets);
  const rollout = {
    ...{ Parallelism: 1, Monitor: 5 * SECOND, MaxFailureRatio: 0, FailureAction: 'pause' },
    // The next one is up before the one before goes: no request is lost. Where both would want one port, and for a
    // job that must not run twice, the one before goes first.
    Order: publish === 'ingress' ? 'start-first' : 'stop-first',
  };
  const options = {
    Name: name,
    Labels: { ...labels, [LABEL.revision]: String(spec.revision) },
    TaskTemplate: {
      ContainerSpec: {
        Image: spec.image,
        Args: withSecrets(spec.command, names),
        Env: Object.entries(spec.environment).map(([key, value]) => `${key}=${value}`),
        Labels: { [LABEL.deployment]: labels[LABEL.deployment] ?? '' },
        Init: true,
        CapabilityDrop: ['ALL'],
        StopGracePeriod: 15 * SECOND,
        Secrets: Object.entries(spec.secrets).map(([variable, secret]) => ({
          SecretID: secretIds.get(secret) ?? noSuchSecret(variable, secret),
          SecretName: secret,
          File: { Name: variable, UID: '65532', GID: '65532', Mode: 0o400 },
        })),
        ...(volume
          ? { Mounts: [{ Type: 'volume' as const, Source: volume, Target: RUN_FOLDER }] }
          : {}),
        ...(port === null
          ? {}
          : {
              HealthCheck: {
                Test: ['CMD', ...readyCommand('/readyz')],
                Interval: 2 * SECOND,
                Timeout: 5 * SECOND,
                Retries: 3,
                StartPeriod: 180 * SECOND,
              },
            }),
      },
      Resources: {
        Limits: {
          ...(cpus === null ? {} : { NanoCPUs: Math.round(cpus * 1e9) }),
          ...(memoryMib === null ? {} : { MemoryBytes: memoryMib * 1024 * 1024 }),
        },
      },
      RestartPolicy: { Condition: 'any', Delay: SECOND },
      LogDriver: { Name: 'json-file', Options: { 'max-size': '5m', 'max-file': '5' } },
    },
    Mode: { Replicated: { Replicas: spec.replicas } },
    UpdateConfig: rollout,
    RollbackConfig: rollout,
    ...(port === null
      ? {}
      : {
          EndpointSpec: {
            Mode: 'vip',
            Ports: [
              {
                Protocol: 'tcp',
                TargetPort: SERVICE_PORT,
                PublishedPort: port,
                PublishMode: publish,
              },
            ],
          },
        }),
  };
  return options as CreateServiceOptions;
}

export function specOf({ Spec }: SwarmService): ServiceSpec {
  const container = Spec.TaskTemplate.ContainerSpec;
  const limits = Spec.TaskTemplate.Resources?.Limits;
  const secrets = container.Secrets ?? [];
  const port = Spec.EndpointSpec?.Ports?.find(({ TargetPort }) => TargetPort === SERVICE_PORT);
  return {
    revision: Number(Spec.Labels?.[LABEL.revision] ?? 0),
    // The swarm adds the digest it found.
    image: container.Image.replace(/@sha256:.*$/, ''),
    command: withoutSecrets(
      container.Args ?? [],
      secrets.map(({ SecretName }) => SecretName),
    ),
    environment: Object.fromEntries((container.Env ?? []).map(splitOnce)),
    secrets: Object.fromEntries(
      secrets.map(({ SecretName, File }) => [File?.Name ?? SecretName, SecretName]),
    ),
    port: port?.PublishedPort ?? null,
    publish: port ? (port.PublishMode ?? 'ingress') : null,
    volume: container.Mounts?.find(({ Target }) => Target === RUN_FOLDER)?.Source ?? null,
    cpus: limits?.NanoCPUs ? limits.NanoCPUs / 1e9 : null,
    memoryMib: limits?.MemoryBytes ? Math.round(limits.MemoryBytes / 1024 / 1024) : null,
    replicas: Spec.Mode.Replicated?.Replicas ?? 0,
  };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
