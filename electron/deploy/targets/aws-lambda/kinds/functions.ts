/** The function: what it is made from is that of the revision it was last changed for; its versions have the traffic. */
import type { Architecture } from '@aws-sdk/client-lambda';
import { type Found, LABEL } from '../../../../../shared/deploy';
import type { TaskContext } from '../../../../task';
import type { ResourceKind } from '../../../resources/platform';
import { deploymentOf, kindOf, labelsFor, orTaken, ours, patiently, specOf } from '../../aws/here';
import { isOf, madeFor } from '../../aws/names';
import type { Here } from '../here';
import type { LambdaFunction } from '../lambda-calls';
import { functionName } from '../naming';
import { settled } from '../waiting';

/** Makes each revision another configuration, so that Lambda publishes a version for each. */
const REVISION = 'SLIPWAY_REVISION';
export const ARCHITECTURE: Architecture = 'x86_64';

export interface Config {
  readonly deployment: string;
  readonly revision: number;
  readonly image: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly role: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly architecture: string;
}

export interface FunctionSpec extends Config {
  readonly isOn: boolean;
}

export function functions(here: Here): ResourceKind {
  return kindOf(here, 'function', {
    list: async (id) => {
      const found = await readFunction(here, id);
      return found ? ours(foundOf(found), id) : [];
    },
    create: async (resource, { task }) => {
      const config = specOf<FunctionSpec>(resource);
      const isOurs = async () =>
        isOf(
          (await readFunction(here, deploymentOf(resource)))?.Tags ?? {},
          deploymentOf(resource),
        );
      const body = {
        FunctionName: resource.name,
        PackageType: 'Image' as const,
        Code: { ImageUri: config.image },
        Architectures: [ARCHITECTURE],
        Description: madeFor(config.deployment),
        Tags: { ...labelsFor(resource), [LABEL.mode]: 'service' },
        ...bodyOf(config),
      };
      const making = patiently(here, task, ROLE_IS_NEW, () => here.lambda.createFunction(body));
      await orTaken(making, /^ResourceConflictException$/, isOurs, resource);
    },
    update: async (resource, found, { task }) => {
      const { isOn, ...config } = specOf<FunctionSpec>(resource);
      await configure(here, resource.name, config, task);
      if (isOn !== specOf<FunctionSpec>(found).isOn)
        await switchFunction(here, resource.name, isOn);
    },
    ready: (resource, task) => settled(here, resource.name, task),
    remove: (name) => here.lambda.deleteFunction(name),
  });
}

/** A role of a moment ago. */
const ROLE_IS_NEW = /cannot be assumed by Lambda/;

export const readFunction = (here: Here, id: string): Promise<LambdaFunction | null> =>
  here.clients.shared(`function ${id}`, () => here.lambda.getFunction(functionName(id)));

/** No instance at all, or as many as the account has. */
export const switchFunction = (here: Here, name: string, isOn: boolean): Promise<void> =>
  here.lambda.reserve(name, isOn ? null : 0);

export const isOn = ({ Concurrency }: LambdaFunction): boolean =>
  Concurrency?.ReservedConcurrentExecutions !== 0;

function foundOf(made: LambdaFunction): Found {
  const labels = made.Tags ?? {};
  return {
    kind: 'function',
    name: made.Configuration.FunctionName,
    labels: { [LABEL.deployment]: labels[LABEL.deployment] ?? '' },
    spec: { ...configOf(made, labels[LABEL.deployment] ?? ''), isOn: isOn(made) },
  };
}

export function configOf({ Configuration, Code }: LambdaFunction, deployment: string) {
  const { [REVISION]: revision, ...environment } = Configuration.Environment?.Variables ?? {};
  return {
    deployment,
    revision: Number(revision ?? 0),
    image: Code?.ImageUri ?? '',
    memoryMb: Configuration.MemorySize ?? 0,
    timeoutSeconds: Configuration.Timeout ?? 0,
    role: Configuration.Role,
    command: Configuration.ImageConfigResponse?.ImageConfig?.Command ?? [],
    environment,
    logGroup: Configuration.LoggingConfig?.LogGroup ?? '',
    architecture: Configuration.Architectures?.[0] ?? '',
  } satisfies Config;
}

const bodyOf = (config: Config) => ({
  Role: config.role,
  Timeout: config.timeoutSeconds,
  MemorySize: config.memoryMb,
  Environment: {
    Variables: { ...config.environment, [REVISION]: String(config.revision) },
  },
  ImageConfig: { Command: [...config.command] },
  LoggingConfig: { LogFormat: 'Text' as const, LogGroup: config.logGroup },
});

/** One change at a time: Lambda takes the next when the one before is done. */
export async function configure(
  here: Here,
  name: string,
  config: Config,
  task: TaskContext,
): Promise<void> {
  await settledOrFailed(here, name, task);
  const now = await here.lambda.getFunction(name);
  if (now?.Code?.ImageUri !== config.image || now.Configuration.State === 'Failed') {
    const Architectures = [ARCHITECTURE];
    await here.lambda.updateCode({ FunctionName: name, ImageUri: config.image, Architectures });
    await settled(here, name, task);
  }
  await here.lambda.updateConfiguration({ FunctionName: name, ...bodyOf(config) });
  await settled(here, name, task);
}

/** What failed before is what is changed now. */
async function settledOrFailed(here: Here, name: string, task: TaskContext): Promise<void> {
  await settled(here, name, task).catch(async (thrown: unknown) => {
    task.signal.throwIfAborted();
    const now = (await here.lambda.getFunction(name))?.Configuration;
    if (now?.State !== 'Failed' && now?.LastUpdateStatus !== 'Failed') throw thrown;
  });
}
