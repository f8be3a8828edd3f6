/** Each cloud's stand as the window finds it: the variables of the app's environment, and what the stand holds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { inventoryOf } from '../electron/deploy/targets/aws/testing/inventory';
import {
  type AwsStand,
  CREDENTIALS,
  REGION,
  SIGNED_IN,
  startAwsStand,
  whyNoAwsStand,
} from '../electron/deploy/targets/aws/testing/stand';
import {
  GROUP,
  SUBSCRIPTION,
} from '../electron/deploy/targets/azure-container-apps/testing/arm-state';
import { FakeAzure } from '../electron/deploy/targets/azure-container-apps/testing/fake-azure';
import { REFRESH_TOKEN } from '../electron/deploy/targets/azure-container-apps/testing/registry-data';
import {
  SIGN_IN as AZURE_SIGN_IN,
  AzureRunner,
} from '../electron/deploy/targets/azure-container-apps/testing/runner';
import {
  FakeGoogle,
  PROJECT,
} from '../electron/deploy/targets/google-cloud-run/testing/fake-google';
import {
  ACCESS_TOKEN,
  SIGN_IN as GOOGLE_SIGN_IN,
  GoogleRunner,
} from '../electron/deploy/targets/google-cloud-run/testing/runner';
import { TEST_CLOUDS, type TestClouds } from '../electron/deploy/test-clouds';
import { testEngine } from '../electron/deploy/testing/engine-work';
import { type Pushed, StandRegistry } from '../electron/deploy/testing/stand-registry';
import { type Registry, startRegistry, whyNoRegistry } from '../electron/engine/testing/registry';
import type { Filled } from './pages/road-pages';
import type { Answered } from './roads';
import { answered, MARK } from './standing';

export interface CloudStand extends Filled {
  readonly environment: Readonly<Record<string, string>>;
  /** What the plan says of where and as whom. */
  readonly place: RegExp;
  /** Whether the window asks for secrets there. */
  readonly hasSecrets: boolean;
  /** Whether its plan can be had as a Terraform module. */
  readonly hasTerraform: boolean;
  /** What the window says of a secret that the cloud cannot read; null where it takes every kind. */
  readonly refusesSecret: RegExp | null;
  /** Nowhere to be read but where they belong. */
  readonly planted: readonly string[];
  readonly answered: Answered;
  inventory(): Promise<string[]>;
  /** What the registry itself says it has. */
  pushed(): Promise<Pushed[]>;
  stop(): Promise<void>;
}

interface Cloud {
  readonly target: 'aws-fargate' | 'aws-lambda' | 'google-cloud-run' | 'azure-container-apps';
  readonly title: string;
  readonly whyNot: () => string | null;
  readonly start: (registry: Registry) => Promise<CloudStand>;
}

/** One for all three: what one cloud was pushed, the next is not sent again. Each takes its own cloud's sign-in. */
export const startCloudRegistry = (): Promise<Registry> =>
  startRegistry({ auth: 'basic', guests: [GOOGLE_SIGN_IN, AZURE_SIGN_IN] });

const POLL_MS = 250;

const environmentOf = (clouds: TestClouds) => ({ [TEST_CLOUDS]: JSON.stringify(clouds) });

/** What runs there runs on the tests' engine. */
const answeredOnEngine: Answered = (since) => answered(testEngine(), since);

const aws = async (shared: Registry): Promise<CloudStand> =>
  awsCloud(await startAwsStand({ isReal: true, shared }), shared);

function awsCloud(stand: AwsStand, shared: Registry): CloudStand {
  const registry = new StandRegistry(shared, stand.signIn);
  return {
    options: {},
    choices: { exposure: 'public address' },
    environment: {
      ...SIGNED_IN,
      ...environmentOf({ aws: { ...stand.endpoint, pollMs: POLL_MS } }),
    },
    hasSecrets: true,
    hasTerraform: true,
    place: new RegExp(`AWS account \\d{12}, ${REGION}, as `),
    refusesSecret: /Secrets Manager|Parameter Store/,
    planted: [CREDENTIALS.secretAccessKey, stand.signIn.password],
    answered: answeredOnEngine,
    inventory: () => inventoryOf(stand),
    pushed: () => registry.list(),
    stop: stand.stop,
  };
}

/** The same stand: a function's container asks its runtime for requests, and the address hands them over. */
async function lambda(shared: Registry): Promise<CloudStand> {
  const stand = await startAwsStand({ isReal: true, shared });
  return {
    ...awsCloud(stand, shared),
    choices: { access: 'everyone' },
    hasSecrets: false,
    hasTerraform: false,
    refusesSecret: null,
    place: new RegExp(`Lambda of AWS account \\d{12}, ${REGION}, as `),
    answered: async () => addressedMarks(stand),
  };
}

/** A function writes no access log: what has its address is the version that its alias names. */
const addressedMarks = ({ lambda: { functions } }: AwsStand): string[] =>
  [...functions.values()].flatMap(({ aliases, versions }) =>
    [...aliases.values()].map(({ version }) => {
      const made = versions.find(({ config }) => config.Version === version);
      const { Variables } = environmentSchema.parse(made?.config.Environment);
      return Variables[MARK] ?? '';
    }),
  );

const environmentSchema = z.object({ Variables: z.record(z.string(), z.string()) });

async function google(registry: Registry): Promise<CloudStand> {
  const stand = new FakeGoogle();
  const port = await stand.start();
  const runner = GoogleRunner.start(stand.state, registry);
  return {
    options: { project: PROJECT, region: 'europe-west3' },
    choices: {},
    environment: environmentOf({
      google: { port, pollMs: POLL_MS, registry: runner.registry.host },
    }),
    hasSecrets: true,
    hasTerraform: true,
    place: /Google Cloud project demo-project, europe-west3, as ada@example.com/,
    refusesSecret: /Secret Manager/,
    planted: [ACCESS_TOKEN],
    answered: answeredOnEngine,
    inventory: async () => [...stand.state.things.keys(), ...stand.state.images.keys()].sort(),
    pushed: () => runner.registry.list(),
    stop: async () => {
      await stand.stop();
      await runner.stop();
    },
  };
}

const CLIENT_SECRET = 'planted-azure-client-secret';

async function azure(registry: Registry): Promise<CloudStand> {
  const stand = new FakeAzure();
  const port = await stand.start();
  const runner = await AzureRunner.start(stand.state, stand.tls, registry);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-ca-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, stand.ca);
  return {
    options: { subscription: SUBSCRIPTION, resourceGroup: GROUP },
    choices: { ingress: 'external' },
    environment: {
      ...{ AZURE_TENANT_ID: '99999999-8888-7777-6666-555555555555', AZURE_CLIENT_ID: 'stand' },
      ...{ AZURE_CLIENT_SECRET: CLIENT_SECRET, NODE_EXTRA_CA_CERTS: ca },
      ...environmentOf({
        azure: {
          ...{ port, ca: stand.ca, pollMs: POLL_MS, retryMs: 1 },
          registry: runner.registry.host,
        },
      }),
    },
    hasSecrets: true,
    hasTerraform: true,
    place: /Azure subscription Demo, resource group ml-team, as ada@example.com of tenant/,
    refusesSecret: null,
    planted: [CLIENT_SECRET, REFRESH_TOKEN, 'pull-me'],
    answered: answeredOnEngine,
    inventory: async () =>
      [
        ...stand.state.things.keys(),
        ...stand.state.images.map(({ server, repository }) => `${server}/${repository}`),
      ].sort(),
    pushed: () => runner.registry.list(),
    stop: async () => {
      await stand.stop();
      await runner.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export const CLOUDS: readonly Cloud[] = [
  { target: 'aws-fargate', title: 'AWS Fargate', whyNot: whyNoAwsStand, start: aws },
  { target: 'aws-lambda', title: 'AWS Lambda', whyNot: whyNoAwsStand, start: lambda },
  { target: 'google-cloud-run', title: 'Google Cloud Run', whyNot: whyNoRegistry, start: google },
  {
    target: 'azure-container-apps',
    title: 'Azure Container Apps',
    whyNot: whyNoRegistry,
    start: azure,
  },
];
