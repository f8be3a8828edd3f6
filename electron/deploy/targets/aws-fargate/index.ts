/** AWS: a service, a schedule or a job on Fargate, with its image in ECR and its log in CloudWatch Logs. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { TARGET_TITLES } from '../../../../shared/estimate';
import type { Options, Platform, TargetDriver } from '../../resources/platform';
import type { Clients } from '../aws/clients';
import { logGroupNames } from '../aws/kinds/logs';
import { PREFIX } from '../aws/names';
import { type AwsNeeds, deploymentIds, openAccount } from '../aws/open';
import type { Here } from './here';
import { logGroupName, NAMING } from './naming';
import { awsOptionFields, awsOptions, placeOptionsOf } from './options';
import { platformAt } from './platform';

export function awsFargateDriver(needs: AwsNeeds): TargetDriver {
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

function open(needs: AwsNeeds, options: Options): Promise<Platform> {
  const wanted = awsOptions({ ...options, logDays: '', exposure: '' });
  return openAccount(needs, wanted, (account) => {
    const { cluster } = wanted;
    const here: Here = { ...account, cluster, naming: NAMING, ids: () => deploymentsIn(here) };
    return platformAt(here);
  });
}

/** By what is made first and removed last, and by the records: a log group may have been deleted by hand. */
async function deploymentsIn(here: Here): Promise<DeploymentId[]> {
  const [groups, families] = await Promise.all([logGroupNames(here), familyNames(here.clients)]);
  return deploymentIds([
    ...groups.map((name) => name.slice(logGroupName('').length)),
    ...families.map((name) => name.slice(PREFIX.length)),
  ]);
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
