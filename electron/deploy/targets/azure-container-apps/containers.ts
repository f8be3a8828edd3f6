/** The container of a revision or a job: written in full, and read back in the same shape. */
import type { Container } from '@azure/arm-appcontainers';
import { fail, toStudioError } from '../../../../shared/base/studio-error';
import type { DeploySettings, Json } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { fingerprint, readSecret } from '../../resources/secrets';

export type ContainerSpec = {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A fingerprint of each value; the value itself lies with Azure. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly vcpu: number;
  readonly memoryGib: number;
};

type Secrets = Pick<DeploySettings, 'secrets'>;

export interface SecretValue {
  readonly name: string;
  readonly value: string;
}

/** The port in the package's Dockerfile. */
export const SERVICE_PORT = 8000;
const CONTAINER = 'package';

type Prints = ContainerSpec['secrets'];

/** `held` are the secrets that Azure has of this deployment. */
export async function containerSpec(
  { revision, settings, mode }: Wanted,
  held: Prints,
): Promise<ContainerSpec> {
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
    secrets: await secretPrints(settings, held),
    vcpu: resources.vcpu,
    memoryGib: resources.memoryGib,
  };
}

async function secretPrints({ secrets }: Secrets, held: Prints): Promise<Prints> {
  const prints = Object.entries(secrets).map(async ([name, reference]) => {
    const print = async () => fingerprint(await readValue(name, reference));
    return [name, await orHeld(print, held[name])] as const;
  });
  return Object.fromEntries(await Promise.all(prints));
}

/** Read at the moment they are needed, in the order of the settings. */
export const secretValues = (
  { secrets }: Secrets,
  held: readonly SecretValue[],
): Promise<SecretValue[]> =>
  Promise.all(
    Object.entries(secrets).map(async ([variable, reference]) => {
      const name = secretName(variable);
      const there = held.find((each) => each.name === name)?.value;
      return { name, value: await orHeld(() => readValue(variable, reference), there) };
    }),
  );

/** What cannot be read here any more stays as Azure holds it: going back needs no variable of long ago. */
async function orHeld(read: () => Promise<string>, held: string | undefined): Promise<string> {
  if (held === undefined) return read();
  return read().catch(() => held);
}

const readValue = async (name: string, reference: string): Promise<string> =>
  (await readSecret(name, reference)) ?? fail('precondition', thereProblem(name));

/** The first secret that cannot be given to Azure, in words. */
export async function secretProblem({ secrets }: Secrets): Promise<string | null> {
  for (const [name, reference] of Object.entries(secrets)) {
    const problem = await readValue(name, reference).then(
      () => null,
      (thrown: unknown) => toStudioError(thrown).message,
    );
    if (problem !== null) return problem;
  }
  return null;
}

const thereProblem = (name: string): string =>
  `Container Apps keeps its own secrets, so that ${name} can’t be named by a place. Name it env:${name} or file:PATH.`;

/** Azure takes lower case letters, digits and hyphens. */
export const secretName = (variable: string): string =>
  variable.toLowerCase().replace(/[^a-z0-9]+/g, '-');

export function containerFrom(spec: ContainerSpec, isService: boolean): Container {
  return {
    name: CONTAINER,
    image: spec.image,
    command: [...spec.command],
    args: [...spec.args],
    env: [
      ...Object.entries(spec.environment).map(([name, value]) => ({ name, value })),
      ...Object.keys(spec.secrets).map((name) => ({ name, secretRef: secretName(name) })),
    ],
    resources: { cpu: spec.vcpu, memory: `${spec.memoryGib}Gi` },
    ...(isService ? { probes: PROBES } : {}),
  };
}

/** Eight minutes to import the libraries and load the model. */
const PROBES: NonNullable<Container['probes']> = [
  {
    type: 'Startup',
    httpGet: { path: '/readyz', port: SERVICE_PORT },
    periodSeconds: 10,
    failureThreshold: 48,
    timeoutSeconds: 5,
  },
  {
    type: 'Liveness',
    httpGet: { path: '/healthz', port: SERVICE_PORT },
    periodSeconds: 30,
    failureThreshold: 3,
    timeoutSeconds: 5,
  },
];

export function readContainer(
  container: Container | undefined,
  secrets: readonly SecretValue[],
): ContainerSpec {
  const env = container?.env ?? [];
  const values = new Map(secrets.map(({ name, value }) => [name, value]));
  return {
    image: container?.image ?? '',
    command: container?.command ?? [],
    args: container?.args ?? [],
    environment: Object.fromEntries(
      env.filter(({ secretRef }) => !secretRef).map(({ name, value }) => [name ?? '', value ?? '']),
    ),
    secrets: Object.fromEntries(
      env
        .filter(({ secretRef }) => secretRef)
        .map(({ name, secretRef }) => [name ?? '', fingerprint(values.get(secretRef ?? '') ?? '')]),
    ),
    vcpu: container?.resources?.cpu ?? 0,
    memoryGib: Number((container?.resources?.memory ?? '').replace(/Gi$/, '')),
  };
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
