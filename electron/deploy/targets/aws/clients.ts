/** One account and region through the official SDK: each client is loaded when it is first needed. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECR } from '@aws-sdk/client-ecr';
import type { ECS } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IAM } from '@aws-sdk/client-iam';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { STS } from '@aws-sdk/client-sts';
import { fail } from '../../../../shared/base/studio-error';
import { explain } from './failures';
import { callJson, type JsonCall } from './json-call';

/** Another address than AWS's, for the stand of the tests. */
export interface AwsEndpoint {
  readonly url: string;
  /** Instead of `<account>.dkr.ecr.<region>.amazonaws.com`. */
  readonly registry: string;
  /** How often a throttled call is made again, and the pause between looks at a rollout. */
  readonly attempts: number;
  readonly pollMs: number;
}

export interface Account {
  readonly account: string;
  readonly arn: string;
  readonly region: string;
  /** "aws", "aws-cn", "aws-us-gov". */
  readonly partition: string;
}

export interface Clients {
  readonly ecs: () => Promise<ECS>;
  readonly ecr: () => Promise<ECR>;
  readonly iam: () => Promise<IAM>;
  readonly ec2: () => Promise<EC2>;
  readonly logs: () => Promise<CloudWatchLogs>;
  readonly scheduler: () => Promise<Scheduler>;
  readonly elb: () => Promise<ElasticLoadBalancingV2>;
  readonly sts: () => Promise<STS>;
  readonly lambda: () => Promise<Lambda>;
  /** Of a service that has no client here. */
  readonly call: (call: JsonCall) => Promise<unknown>;
  /**
   * Asks once where several ask the same at once; an answer from before a change is given to nobody who asks after it.
   */
  readonly shared: <T>(key: string, ask: () => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

interface Wanted {
  readonly profile: string;
  readonly region: string;
  readonly endpoint: AwsEndpoint | null;
}

const ATTEMPTS = 6;
const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;

export async function openClients(wanted: Wanted): Promise<{ clients: Clients; region: string }> {
  const { profile, endpoint } = wanted;
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const named = profile === '' ? {} : { profile };
  const credentials = fromNodeProviderChain(named);
  const common = {
    ...named,
    ...(wanted.region === '' ? {} : { region: wanted.region }),
    ...(endpoint ? { endpoint: endpoint.url } : {}),
    credentials,
    maxAttempts: endpoint?.attempts ?? ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS },
  };
  const { STS } = await import('@aws-sdk/client-sts');
  const sts = new STS(common);
  const region = await sts.config.region().catch(() =>
    fail(
      'invalid-input',
      `No region is set for AWS${profile === '' ? '' : ` in the profile ${profile}`}. Choose one in the settings.`,
      {
        nextSteps: [
          {
            label: 'Or keep one in the profile',
            shell: `aws configure set region eu-central-1${profile === '' ? '' : ` --profile ${profile}`}`,
          },
        ],
      },
    ),
  );
  const opened: { destroy(): void }[] = [];
  const asked = new Questions();
  const ready = <C extends Explained & { destroy(): void }>(client: C, service: string): C => {
    watch(client, { profile, region, service }, asked);
    opened.push(client);
    return client;
  };
  ready(sts, 'sts');
  const clients: Clients = {
    sts: async () => sts,
    ecs: once(async () => ready(new (await import('@aws-sdk/client-ecs')).ECS(common), 'ecs')),
    ecr: once(async () => ready(new (await import('@aws-sdk/client-ecr')).ECR(common), 'ecr')),
    iam: once(async () => ready(new (await import('@aws-sdk/client-iam')).IAM(common), 'iam')),
    ec2: once(async () => ready(new (await import('@aws-sdk/client-ec2')).EC2(common), 'ec2')),
    logs: once(async () => {
      const { CloudWatchLogs } = await import('@aws-sdk/client-cloudwatch-logs');
      return ready(new CloudWatchLogs(common), 'logs');
    }),
    scheduler: once(async () => {
      const { Scheduler } = await import('@aws-sdk/client-scheduler');
      return ready(new Scheduler(common), 'scheduler');
    }),
    elb: once(async () => {
      const { ElasticLoadBalancingV2 } = await import('@aws-sdk/client-elastic-load-balancing-v2');
      return ready(new ElasticLoadBalancingV2(common), 'elasticloadbalancing');
    }),
    lambda: once(async () => {
      const { Lambda } = await import('@aws-sdk/client-lambda');
      return ready(new Lambda(common), 'lambda');
    }),
    call: (call) => {
      const url =
        endpoint?.url ?? `https://${call.service}.${call.region}.${domainIn(call.region)}`;
      const action = `${call.service}:${call.target.split('.').at(-1)}`;
      return callJson(call, { url, credentials }).catch((thrown: unknown) => {
        throw explain(thrown, { profile, region: call.region, action });
      });
    },
    shared: (key, ask) => asked.once(key, ask),
    close: () => {
      for (const client of opened) client.destroy();
    },
  };
  return { clients, region };
}

/** Account and person behind the sign-in, read anew: the place's title. */
export async function whoAmI(clients: Clients, region: string): Promise<Account> {
  const { Account: account, Arn: arn } = await (await clients.sts()).getCallerIdentity({});
  if (!account || !arn) return fail('unauthorized', 'AWS does not tell whose sign-in this is.');
  return { account, arn, region, partition: arn.split(':')[1] ?? 'aws' };
}

const domainIn = (region: string): string =>
  `amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

export const registryOf = ({ account, region }: Account): string =>
  `${account}.dkr.ecr.${region}.${domainIn(region)}`;

type Handler = (args: never) => Promise<unknown>;
interface Explained {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler, context: { commandName?: string }) => Handler,
      options: { step: 'initialize'; priority: 'high'; name: string; override: boolean },
    ): void;
  };
}

const READS = /^(Describe|List|Get|Filter)/;

function watch(
  client: Explained,
  { profile, region, service }: { profile: string; region: string; service: string },
  asked: Questions,
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = (context.commandName ?? 'Request').replace(/Command$/, '');
      try {
        return await next(args);
      } catch (thrown) {
        throw explain(thrown, { profile, region, action: `${service}:${command}` });
      } finally {
        if (!READS.test(command)) asked.forget();
      }
    },
    { step: 'initialize', priority: 'high', name: 'slipwayWords', override: true },
  );
}

class Questions {
  #open = new Map<string, Promise<unknown>>();

  once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const there = this.#open.get(key);
    // A key stands for one question and so for one kind of answer.
    if (there) return there as Promise<T>;
    const asking = ask();
    const open = this.#open;
    open.set(key, asking);
    const drop = () => open.delete(key);
    asking.then(drop, drop);
    return asking;
  }

  forget(): void {
    this.#open = new Map();
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
