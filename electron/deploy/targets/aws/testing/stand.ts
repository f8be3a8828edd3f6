/** An AWS for tests: moto behind our proxy, an ECS of our own, and a real registry for the images. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAM } from '@aws-sdk/client-iam';
import { type Registry, startRegistry, whyNoRegistry } from '../../../../engine/testing/registry';
import {
  answersHttp,
  dropFolder,
  freePort,
  must,
  RunningProgram,
  standFolder,
} from '../../../../engine/testing/stand';
import { StandContainers } from '../../../testing/stand-containers';
import type { RegistrySignIn } from '../../target';
import type { AwsEndpoint } from '../clients';
import { callJson } from '../json-call';
import { EcsFake } from './ecs-fake';
import type { Surroundings, TaskEngine } from './ecs-state';
import { LambdaFake } from './lambda-fake';
import { containedInstances, playedInstances } from './lambda-instances';
import { ServiceModel } from './model';
import { type StandProxy, startProxy } from './proxy';
import { readBehaviour } from './stand-images';

/** Made by scripts/setup/moto.mjs: the Python of an environment that has moto. */
export const PYTHON = process.env.SLIPWAY_TEST_MOTO ?? '';

export function whyNoAwsStand(): string | null {
  if (!existsSync(PYTHON))
    return process.env.SLIPWAY_TEST_MOTO_WHY ?? 'moto is not set up (SLIPWAY_TEST_MOTO)';
  return whyNoRegistry();
}

const SERVICE_PORT = 8000;
export const REGION = 'eu-central-1';
export const ACCOUNT = '123456789012';
export const CREDENTIALS = { accessKeyId: 'AKIASTAND', secretAccessKey: 'planted-aws-secret' };

export interface AwsStand {
  readonly endpoint: AwsEndpoint;
  readonly proxy: StandProxy;
  readonly ecs: EcsFake;
  readonly lambda: LambdaFake;
  readonly signIn: RegistrySignIn;
  /** Straight to moto: what somebody does by hand in the console. */
  readonly byHand: ReturnType<typeof handsOn>;
  readonly stop: () => Promise<void>;
}

interface StandOptions {
  readonly isReal?: boolean;
  /** A registry that is somebody else's to end. */
  readonly shared?: Registry;
}

/** With the tests' engine its tasks are containers that run; without it they do what their image is labelled with. */
export async function startAwsStand({
  isReal = false,
  shared,
}: StandOptions = {}): Promise<AwsStand> {
  const folder = standFolder('aws');
  const registry = shared ?? (await startRegistry({ auth: 'basic' }));
  const port = await freePort();
  const server = join(dirname(PYTHON), 'moto_server');
  const env = { ...process.env, MOTO_ACCOUNT_ID: ACCOUNT, PYTHONWARNINGS: 'ignore' };
  const moto = new RunningProgram(server, ['-H', '127.0.0.1', '-p', String(port)], folder, env);
  const url = `http://127.0.0.1:${port}`;
  await moto.until(() => answersHttp(`${url}/moto-api/`));
  const byHand = handsOn(url);
  const signIn = { username: registry.username, password: registry.password };
  const containers = isReal ? new StandContainers(signIn) : null;
  const around = surroundings(byHand, signIn, containers);
  const ecs = new EcsFake(around);
  const instances = containers
    ? containedInstances(containers)
    : playedInstances(around.behaviourOf);
  const lambda = new LambdaFake({
    ...around,
    instances,
    url: () => proxy.url,
    hasImage: async (image) => (await around.behaviourOf(image)) !== null,
  });
  const botocore = must(PYTHON, [
    '-c',
    'import botocore, os; print(os.path.dirname(botocore.__file__))',
  ]).trim();
  const models = Object.fromEntries(
    ['ecs', 'ecr', 'lambda', 'logs', 'scheduler'].map((service) => [
      service,
      new ServiceModel(botocore, service),
    ]),
  );
  const proxy = await startProxy({
    ...{ moto: url, ecs, lambda, models, signIn },
    registry: registry.host,
  });
  return {
    endpoint: { url: proxy.url, registry: registry.host, attempts: 3, pollMs: 5 },
    proxy,
    ecs,
    lambda,
    signIn,
    byHand,
    stop: async () => {
      await proxy.stop();
      await instances.stop();
      await containers?.stopAll();
      await moto.stop();
      if (!shared) await registry.stop();
      dropFolder(folder);
    },
  };
}

/** What the SDK's own chain finds: the variables of a signed-in shell, and nothing of this machine's person. */
export const SIGNED_IN = {
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_REGION: REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
} as const;

function handsOn(endpoint: string) {
  const config = { endpoint, region: REGION, credentials: CREDENTIALS };
  return {
    logs: new CloudWatchLogs(config),
    ec2: new EC2(config),
    elb: new ElasticLoadBalancingV2(config),
    iam: new IAM(config),
    /** Answers the ARN of what is kept there. */
    keepSecret: async (Name: string, SecretString: string) => {
      const target = 'secretsmanager.CreateSecret';
      const call = {
        service: 'secretsmanager',
        region: REGION,
        target,
        body: { Name, SecretString },
      };
      const made = await callJson(call, { url: endpoint, credentials: CREDENTIALS });
      return (made as { ARN: string }).ARN;
    },
    keepParameter: async (Name: string, Value: string) => {
      const body = { Name, Value, Type: 'SecureString' };
      const call = { service: 'ssm', region: REGION, target: 'AmazonSSM.PutParameter', body };
      await callJson(call, { url: endpoint, credentials: CREDENTIALS });
      return `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${Name.replace(/^\//, '')}`;
    },
  };
}

function surroundings(
  { logs, ec2, elb, iam }: ReturnType<typeof handsOn>,
  signIn: RegistrySignIn,
  containers: StandContainers | null,
): Surroundings {
  const addresses = new Map<string, string>();
  const publicAddresses = new Map<string, string>();
  let count = 0;
  return {
    region: REGION,
    account: ACCOUNT,
    engine: containers && taskEngine(containers, (card) => publicAddresses.get(card) ?? ''),
    behaviourOf: (image) => readBehaviour(image, signIn),
    writeLog: async (logGroupName, logStreamName, lines) => {
      try {
        await logs.createLogStream({ logGroupName, logStreamName });
      } catch (thrown) {
        if ((thrown as Error).name !== 'ResourceAlreadyExistsException') return false;
      }
      const now = Date.now();
      const logEvents = lines.map((message, at) => ({ timestamp: now + at, message }));
      if (lines.length > 0) await logs.putLogEvents({ logGroupName, logStreamName, logEvents });
      return true;
    },
    attach: async (SubnetId, groups) => {
      const { NetworkInterface } = await ec2.createNetworkInterface({
        SubnetId,
        Groups: [...groups],
      });
      const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
      // Each task of ours answers at an address of its own, which is one of this machine.
      const Address = containers ? loopback(++count) : undefined;
      const { AllocationId } = await ec2.allocateAddress({ Domain: 'vpc', Address });
      await ec2.associateAddress({ AllocationId, NetworkInterfaceId });
      addresses.set(NetworkInterfaceId, AllocationId ?? '');
      if (Address) publicAddresses.set(NetworkInterfaceId, Address);
      return NetworkInterfaceId;
    },
    detach: async (NetworkInterfaceId) => {
      const AllocationId = addresses.get(NetworkInterfaceId);
      if (AllocationId === undefined) return;
      addresses.delete(NetworkInterfaceId);
      await ec2.deleteNetworkInterface({ NetworkInterfaceId });
      await ec2.releaseAddress({ AllocationId });
    },
    hasBalancer: async (arn) => {
      const { TargetGroups } = await elb.describeTargetGroups({ TargetGroupArns: [arn] });
      return (TargetGroups?.[0]?.LoadBalancerArns ?? []).length > 0;
    },
    hasRole: (arn) =>
      iam.getRole({ RoleName: arn.split('/').at(-1) ?? '' }).then(
        () => true,
        () => false,
      ),
  };
}

const loopback = (count: number): string => `127.1.${count >> 8}.${count & 255}`;

function taskEngine(containers: StandContainers, addressOf: (card: string) => string): TaskEngine {
  const told = new Map<string, number>();
  return {
    start: (task, { image = '', command = [], environment = [], healthCheck }, card) =>
      containers.start(task, {
        image,
        command,
        environment: Object.fromEntries(
          environment.map(({ name = '', value = '' }) => [name, value]),
        ),
        at: { ip: addressOf(card), port: SERVICE_PORT },
        ...(healthCheck ? { health: healthCheck.command ?? [] } : {}),
      }),
    look: async (task) => {
      const { exitCode, isHealthy, log } = await containers.look(task);
      const from = told.get(task) ?? 0;
      told.set(task, log.length);
      return { exitCode, isHealthy, log: log.slice(from) };
    },
    stop: (task) => containers.stop(task),
  };
}
