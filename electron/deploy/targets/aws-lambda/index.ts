/** AWS Lambda: a service as a function from its image in ECR, behind a function URL; a version for each revision. */
import { DeploymentId } from '../../../../shared/base/ids';
import { TARGET_TITLES } from '../../../../shared/estimate';
import type { Options, Platform, TargetDriver } from '../../resources/platform';
import { type AwsEndpoint, openClients, registryOf, whoAmI } from '../aws/clients';
import { logGroupNames } from '../aws/kinds/logs';
import { PREFIX } from '../aws/names';
import type { ImageMaker } from '../target';
import type { Here } from './here';
import { LambdaCalls } from './lambda-calls';
import { NAMING } from './naming';
import { lambdaOptionFields, lambdaOptions, placeOptionsOf } from './options';
import { platformAt } from './platform';

interface AwsLambdaNeeds {
  readonly images: ImageMaker;
  /** Another address than AWS's, for tests. */
  readonly endpoint?: AwsEndpoint;
}

const POLL_MS = 5000;

export function awsLambdaDriver(needs: AwsLambdaNeeds): TargetDriver {
  return {
    id: 'aws-lambda',
    hasDefaultPlace: false,
    describe: () => ({
      id: 'aws-lambda',
      title: TARGET_TITLES['aws-lambda'],
      summary:
        'A function in your AWS account, from the same image: nothing runs, and nothing is billed, without a request.',
      unavailable: null,
      exports: null,
      modes: ['service'],
      survival: [
        'It runs at AWS: closing Slipway or this computer changes nothing.',
        'An instance that ends is replaced at the next request.',
      ],
      options: lambdaOptionFields(),
      heeds: ['environment', 'resources'],
    }),
    placeOptions: placeOptionsOf,
    open: (options) => open(needs, options),
  };
}

async function open({ images, endpoint }: AwsLambdaNeeds, options: Options): Promise<Platform> {
  const { profile, region: wanted } = lambdaOptions(placeOptionsOf(options));
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
      naming: NAMING,
      images,
      lambda: new LambdaCalls(clients.lambda),
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

/** By what is made first and removed last, and by the functions: a log group may have been deleted by hand. */
async function deploymentsIn(here: Here): Promise<DeploymentId[]> {
  const [groups, functions] = await Promise.all([logGroupNames(here), here.lambda.functionNames()]);
  const names = [
    ...groups.map((name) => name.slice(NAMING.logGroups.length)),
    ...functions.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)),
  ].filter((name) => /^[a-z0-9][a-z0-9-]*$/.test(name));
  return [...new Set(names)].sort().map(DeploymentId);
}
