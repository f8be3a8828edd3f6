/** The container of a revision or a job: written in full, and read back in the same shape. */
import type { protos } from '@google-cloud/run';
import { fail } from '../../../../shared/base/studio-error';
import type { Json } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { thereOf } from './secrets';

type IContainer = protos.google.cloud.run.v2.IContainer;

export type ContainerSpec = {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** "name/version" in Secret Manager; never a value. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly vcpu: number;
  readonly memoryMib: number;
};

/** The port in the package's Dockerfile. */
export const SERVICE_PORT = 8000;

export function containerSpec({ revision, settings, mode }: Wanted): ContainerSpec {
  const resources =
    settings.resources ?? fail('precondition', 'No size is known for it. Run the package first.');
  const isService = mode === 'service';
  return {
    image: revision.image ?? fail('precondition', 'This revision has no image.'),
    command: isService ? [] : ['python3', '-m', revision.packageName, 'run'],
    args: isService
      ? []
      : Object.entries(settings.parameters).map(
          ([name, value]) => `--${name.replaceAll('_', '-')}=${value}`,
        ),
    environment: settings.environment,
    secrets: Object.fromEntries(
      Object.entries(settings.secrets).map(([name, reference]) => [name, thereOf(name, reference)]),
    ),
    vcpu: resources.vcpu,
    memoryMib: Math.round(resources.memoryGib * 1024),
  };
}

export function containerFrom(spec: ContainerSpec, isService: boolean): IContainer {
  const env = [
    ...Object.entries(spec.environment).map(([name, value]) => ({ name, value })),
    ...Object.entries(spec.secrets).map(([name, reference]) => ({
      name,
      valueSource: { secretKeyRef: secretKey(reference) },
    })),
  ];
  return {
    image: spec.image,
    command: [...spec.command],
    args: [...spec.args],
    env,
    resources: {
      limits: { cpu: String(spec.vcpu), memory: `${spec.memoryMib}Mi` },
      ...(isService ? { cpuIdle: true, startupCpuBoost: true } : {}),
    },
    ...(isService ? PROBES : {}),
  };
}

/** Four minutes to import the libraries and load the model: the longest that Cloud Run allows. */
const PROBES: IContainer = {
  ports: [{ name: 'http1', containerPort: SERVICE_PORT }],
  startupProbe: {
    httpGet: { path: '/readyz', port: SERVICE_PORT },
    periodSeconds: 10,
    failureThreshold: 24,
    timeoutSeconds: 5,
  },
  livenessProbe: {
    httpGet: { path: '/healthz', port: SERVICE_PORT },
    periodSeconds: 30,
    failureThreshold: 3,
    timeoutSeconds: 5,
  },
};

export function readContainer(container: IContainer | null | undefined): ContainerSpec {
  const env = container?.env ?? [];
  const limits = container?.resources?.limits ?? {};
  return {
    image: container?.image ?? '',
    command: container?.command ?? [],
    args: container?.args ?? [],
    environment: Object.fromEntries(
      env.filter((each) => !each.valueSource).map((each) => [each.name ?? '', each.value ?? '']),
    ),
    secrets: Object.fromEntries(
      env.flatMap(({ name, valueSource }) => {
        const key = valueSource?.secretKeyRef;
        return key ? [[name ?? '', `${key.secret}/${key.version || 'latest'}`]] : [];
      }),
    ),
    vcpu: vcpuOf(limits.cpu),
    memoryMib: memoryOf(limits.memory),
  };
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const vcpuOf = (text = ''): number =>
  text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);

function memoryOf(text = ''): number {
  const [, amount, unit] = /^([\d.]+)(Ki|Mi|Gi|M|G)?$/.exec(text) ?? [];
  return Math.round((Number(amount) * (BYTES[unit ?? ''] ?? 1)) / 1024 ** 2);
}
const BYTES: Readonly<Record<string, number>> = {
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  M: 1e6,
  G: 1e9,
};

const secretKey = (reference: string) => {
  const at = reference.indexOf('/');
  return { secret: reference.slice(0, at), version: reference.slice(at + 1) };
};
