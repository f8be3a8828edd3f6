/** A revision's container: what it should be, and what an engine says it is, in one shape. */
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { familiarName } from '../../../../shared/build';
import {
  type DeploySettings,
  type Json,
  LABEL,
  type RevisionRecord,
} from '../../../../shared/deploy';
import { fingerprint } from '../../resources/secrets';

export const SERVICE_PORT = 8000;
export const RUN_FOLDER = '/app/run';
/** Names of environment variables that are ours, and which of them are secrets: an engine lists the image's too. */
export const ENVIRONMENT_LABEL = 'dev.slipway.environment';
export const SECRETS_LABEL = 'dev.slipway.secrets';
export const HEALTH_EVERY_MS = 5000;
export const HEALTH_RETRIES = 3;
const NS_A_MS = 1_000_000;
export const START_PERIOD_MS = 180_000;

/** Asks the service from inside: the image has Python, and may have nothing else. */
export const readyCommand = (path: string): string[] => [
  'python3',
  '-c',
  `import urllib.request as r; r.urlopen('http://127.0.0.1:${SERVICE_PORT}${path}', timeout=4)`,
];

export interface ContainerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Values of secrets; they are compared by fingerprint and told nowhere. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly publish: { readonly address: string; readonly port: number } | null;
  readonly volume: string | null;
  readonly cpus: number | null;
  readonly memoryMib: number | null;
  readonly isKept: boolean;
  readonly isRunning: boolean;
  /** The current one has the deployment's own name, an earlier one its name with the revision. */
  readonly isCurrent: boolean;
}

export function commandOf(
  mode: DeploySettings['mode'],
  revision: RevisionRecord,
  keeper: string,
): string[] {
  if (mode === 'service') {
    return [
      'python3',
      '-m',
      revision.packageName,
      'serve',
      '--host',
      '0.0.0.0',
      '--port',
      String(SERVICE_PORT),
    ];
  }
  const run = [
    ...['python3', '-m', revision.packageName, 'run', '--fresh', '--run-folder', RUN_FOLDER],
    ...Object.entries(revision.parameters).map(([name, value]) => `--${name}=${value}`),
  ];
  const { schedule } = revision;
  if (mode === 'job' || !schedule) return run;
  const state = `${RUN_FOLDER}/schedule.json`;
  return ['python3', '-c', keeper, schedule.cron, schedule.timeZone, state, ...run];
}

/** As it is compared and shown: a secret's value is not in it. */
export const comparable = ({ secrets, command, image, ...spec }: ContainerSpec): Json => ({
  ...spec,
  image: familiarName(image),
  // The keeper's text is long and tells nobody anything.
  command: command.map((word) => (word.includes('\n') ? `program ${fingerprint(word)}` : word)),
  secrets: Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, fingerprint(value)]),
  ),
});

export function createOptions(
  name: string,
  spec: ContainerSpec,
  labels: Readonly<Record<string, string>>,
): ContainerCreateOptions {
  const { publish, volume } = spec;
  const port = `${SERVICE_PORT}/tcp`;
  return {
    name,
    Image: spec.image,
    Cmd: [...spec.command],
    Env: Object.entries({ ...spec.environment, ...spec.secrets }).map(
      ([key, value]) => `${key}=${value}`,
    ),
    Labels: {
      ...labels,
      [ENVIRONMENT_LABEL]: Object.keys(spec.environment).join(','),
      [SECRETS_LABEL]: Object.keys(spec.secrets).join(','),
    },
    StopTimeout: 15,
    ...(publish
      ? {
          ExposedPorts: { [port]: {} },
          Healthcheck: {
            Test: ['CMD', ...readyCommand('/healthz')],
            Interval: HEALTH_EVERY_MS * NS_A_MS,
            Timeout: HEALTH_EVERY_MS * NS_A_MS,
            StartPeriod: START_PERIOD_MS * NS_A_MS,
            Retries: HEALTH_RETRIES,
          },
        }
      : {}),
    HostConfig: {
      Init: true,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      RestartPolicy: { Name: spec.isKept ? 'unless-stopped' : 'no' },
      ...(publish
        ? {
            PortBindings: { [port]: [{ HostIp: publish.address, HostPort: String(publish.port) }] },
          }
        : {}),
      ...(volume
        ? { Mounts: [{ Type: 'volume' as const, Source: volume, Target: RUN_FOLDER }] }
        : {}),
      ...(spec.cpus === null ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
      ...(spec.memoryMib === null ? {} : { Memory: spec.memoryMib * 1024 * 1024 }),
      // A log that fills the disk ends everything on that computer.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '5' } },
    },
  };
}

export function specOf(info: ContainerInspectInfo): ContainerSpec {
  const { Config, HostConfig, State, Mounts } = info;
  const labels = Config.Labels;
  const all = new Map((Config.Env ?? []).map(splitOnce));
  const pick = (names: string | undefined) =>
    Object.fromEntries(
      (names ?? '')
        .split(',')
        .flatMap((name) => (all.has(name) ? [[name, all.get(name) ?? '']] : [])),
    );
  const binding = HostConfig.PortBindings?.[`${SERVICE_PORT}/tcp`] as
    | { HostIp?: string; HostPort?: string }[]
    | undefined;
  const published = binding?.[0];
  return {
    image: Config.Image,
    command: Config.Cmd ?? [],
    environment: pick(labels[ENVIRONMENT_LABEL]),
    secrets: pick(labels[SECRETS_LABEL]),
    publish: published
      ? { address: published.HostIp || '0.0.0.0', port: Number(published.HostPort) }
      : null,
    volume: Mounts.find(({ Destination }) => Destination === RUN_FOLDER)?.Name ?? null,
    cpus: HostConfig.NanoCpus ? HostConfig.NanoCpus / 1e9 : null,
    memoryMib: HostConfig.Memory ? Math.round(HostConfig.Memory / 1024 / 1024) : null,
    isKept: HostConfig.RestartPolicy?.Name === 'unless-stopped',
    isRunning: State.Running || State.Restarting,
    isCurrent: info.Name.replace(/^\//, '') === labels[LABEL.deployment],
  };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
