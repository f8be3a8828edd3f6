/** AWS: a service, a schedule or a job on Fargate, with its image in ECR and its log in CloudWatch Logs. */
import { DeploymentId } from '../../../../shared/base/ids';
import { TARGET_TITLES } from '../../../../shared/estimate';
import type { Options, Platform, TargetDriver } from '../../resources/platform';
import { type AwsEndpoint, type Clients, openClients, registryOf, whoAmI } from '../aws/clients';
import { logGroupNames } from '../aws/kinds/logs';
import { PREFIX } from '../aws/names';
import type { ImageMaker } from '../target';
import type { Here } from './here';
import { logGroupName, NAMING } from './naming';
import { awsOptionFields, awsOptions, placeOptionsOf } from './options';
import { platformAt } from './platform';

export interface AwsFargateNeeds {
  readonly images: ImageMaker;
  /** Another address than AWS's, for tests. */
  readonly endpoint?: AwsEndpoint;
}

const POLL_MS = 5000;

export function awsFargateDriver(needs: AwsFargateNeeds): TargetDriver {
  return {
    id: 'aws-fargate',
    hasDefaultPlace: false,
    describe: () => ({
      id: 'aws-fargate',
      title: TARGET_TITLES['aws-fargate'],
      summary:
        'ECS on Fargate in your AWS account: no machine to look after, billed by the second.',
      unavailable: null,
      exports: 'a Terraform module',
      modes: ['service', 'scheduled', 'job'],
      survival: [
        'It runs at AWS: closing Slipway or this computer changes nothing.',
        'A task that ends or does not answer is replaced by ECS.',
      ],
      options: awsOptionFields(),
      heeds: ['environment', 'secrets', 'resources', 'replicas'],
    }),
    placeOptions: placeOptionsOf,
    open: (options) => open(needs, options),
  };
}

async function open({ images, endpoint }: AwsFargateNeeds, options: Options): Promise<Platform> {
  const {
    profile,
    region: wanted,
    cluster,
  } = awsOptions({ ...options, logDays: '', exposure: '' });
  const { clients, region } = await openClients({
    profile,
    region: wanted,
    endpoint: endpoint ?? null,
  });
  try {
    const account = await whoAmI(clients, region);
    const here: Here = {
      clients,
      account,
      cluster,
      naming: NAMING,
      images,
      registry: endpoint?.registry ?? registryOf(account),
      pollMs: endpoint?.pollMs ?? POLL_MS,
      ids: () => deploymentsIn(here),
    };
    return platformAt(here);
  } catch (thrown) {
    clients.close();
    throw thrown;
  }
}

/** By what is made first and removed last, and by the records: a log group may have been deleted by hand. */
async function deploymentsIn(here: Here): Promise<DeploymentId[]> {
  const [groups, families] = await Promise.all([logGroupNames(here), familyNames(here.clients)]);
  const names = [
    ...groups.map((name) => name.slice(logGroupName('').length)),
    ...families.map((name) => name.slice(PREFIX.length)),
  ].filter((name) => /^[a-z0-9][a-z0-9-]*$/.test(name));
  return [...new Set(names)].sort().map(DeploymentId);
}

async function familyNames(clients: Clients): Promise<string[]> {
  const ecs = await clients.ecs();
  const all: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.listTaskDefinitionFamilies({
      familyPrefix: PREFIX,
      status: 'ACTIVE',
      nextToken,
    });
    all.push(...(page.families ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return all;
}
