/** AWS Lambda: a service as a function from its image in ECR, behind a function URL; a version for each revision. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { TARGET_TITLES } from '../../../../shared/estimate';
import type { Options, Platform, TargetDriver } from '../../resources/platform';
import { logGroupNames } from '../aws/kinds/logs';
import { PREFIX } from '../aws/names';
import { type AwsNeeds, deploymentIds, openAccount } from '../aws/open';
import type { Here } from './here';
import { LambdaCalls } from './lambda-calls';
import { NAMING } from './naming';
import { lambdaOptionFields, lambdaOptions, placeOptionsOf } from './options';
import { platformAt } from './platform';

export function awsLambdaDriver(needs: AwsNeeds): TargetDriver {
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

function open(needs: AwsNeeds, options: Options): Promise<Platform> {
  return openAccount(needs, lambdaOptions(placeOptionsOf(options)), (account) => {
    const lambda = new LambdaCalls(account.clients.lambda);
    const here: Here = { ...account, lambda, naming: NAMING, ids: () => deploymentsIn(here) };
    return platformAt(here);
  });
}

/** By what is made first and removed last, and by the functions: a log group may have been deleted by hand. */
async function deploymentsIn(here: Here): Promise<DeploymentId[]> {
  const [groups, functions] = await Promise.all([logGroupNames(here), here.lambda.functionNames()]);
  return deploymentIds([
    ...groups.map((name) => name.slice(NAMING.logGroups.length)),
    ...functions.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)),
  ]);
}
