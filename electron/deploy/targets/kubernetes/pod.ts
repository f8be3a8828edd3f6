/** The pod of a package: what runs, with which environment, limits and rights. Pure. */
import type { DeploySettings, Json } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import type { KubeOptions } from './options';
import { cpuText, memoryText } from './projection';

/** The package's own Dockerfile makes this user and gives it the run folder. */
const USER = 65532;
export const RUN_FOLDER = '/app/run';
export const PORT = 8000;
export const CONTAINER = 'main';

export const namesOf = (id: string, revision: number) => ({
  record: `${id}-r${revision}`,
  environment: `${id}-r${revision}-environment`,
  secret: `${id}-r${revision}-secret`,
  claim: `${id}-runs`,
});

export const serveCommand = (packageName: string): string[] => [
  ...['python3', '-m', packageName, 'serve'],
  ...['--host', '0.0.0.0', '--port', String(PORT)],
];

export const runCommand = (packageName: string, parameters: DeploySettings['parameters']) => [
  ...['python3', '-m', packageName, 'run', '--fresh', '--run-folder', RUN_FOLDER],
  ...parameterFlags(parameters),
];

/** Starts what a run starts with, and does nothing. */
export const trialCommand = (packageName: string): string[] => [
  ...['python3', '-m', packageName, 'steps'],
];

export const parameterFlags = (parameters: DeploySettings['parameters']): string[] =>
  Object.entries(parameters).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`);

/** Secrets whose value is brought along; the others lie in the cluster already. */
export const carriedSecrets = ({ secrets }: DeploySettings): [string, string][] =>
  Object.entries(secrets).filter(([, reference]) => !reference.startsWith('there:'));

function secretVariable(name: string, reference: string, own: string): Json {
  const there = /^there:([^/]+)\/?(.*)$/.exec(reference);
  const key = there ? { name: there[1] ?? '', key: there[2] || name } : { name: own, key: name };
  return { name, valueFrom: { secretKeyRef: key } };
}

export function environmentOf({ id, revision, settings }: Wanted): {
  readonly [key: string]: Json;
} {
  const names = namesOf(id, revision.number);
  const secrets = Object.entries(settings.secrets).sort();
  const hasPlain = Object.keys(settings.environment).length > 0;
  return {
    // Empty lists too are said: what is added to them by hand is a difference.
    envFrom: hasPlain ? [{ configMapRef: { name: names.environment } }] : [],
    env: secrets.map(([name, each]) => secretVariable(name, each, names.secret)),
  };
}

export function resourcesOf({ resources }: Pick<DeploySettings, 'resources'>): Json {
  const { vcpu, memoryGib } = resources ?? { vcpu: 1, memoryGib: 1 };
  const memory = memoryText(memoryGib);
  // Starting takes a whole processor for a moment, however little the work itself needs.
  return {
    requests: { cpu: cpuText(vcpu), memory },
    limits: { cpu: cpuText(Math.max(1, vcpu)), memory },
  };
}

export const containerRights = ({ readOnlyRoot }: Pick<KubeOptions, 'readOnlyRoot'>): Json => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: readOnlyRoot,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
});

export const POD_RIGHTS: Json = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  seccompProfile: { type: 'RuntimeDefault' },
};

export const pullSecrets = ({ pullSecret }: Pick<KubeOptions, 'pullSecret'>) => ({
  imagePullSecrets: pullSecret === '' ? [] : [{ name: pullSecret }],
});

interface PodParts {
  readonly command: readonly string[];
  readonly more: { readonly [key: string]: Json };
  readonly runVolume: Json;
}

export function podSpec(wanted: Wanted, options: KubeOptions, parts: PodParts): Json {
  const { revision, settings } = wanted;
  return {
    ...pullSecrets(options),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: POD_RIGHTS,
    initContainers: [],
    containers: [
      {
        name: CONTAINER,
        image: revision.image ?? '',
        imagePullPolicy: 'IfNotPresent',
        command: parts.command,
        ...environmentOf(wanted),
        resources: resourcesOf(settings),
        securityContext: containerRights(options),
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'run', mountPath: RUN_FOLDER },
        ],
        ...parts.more,
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'run', ...(parts.runVolume as object) },
    ],
  };
}
