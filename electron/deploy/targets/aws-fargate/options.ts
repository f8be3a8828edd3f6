/** What AWS asks for beyond the common settings. */
import { fail } from '../../../../shared/base/studio-error';
import type { OptionField } from '../../../../shared/deploy';
import type { Options } from '../../resources/platform';
import { accountFields, logDaysField, logDaysIn, textField } from '../aws/options';

const EXPOSURES = ['load balancer', 'public address'] as const;

export interface AwsOptions {
  readonly profile: string;
  readonly region: string;
  /** Empty for one of the deployment's own; so with each below. */
  readonly cluster: string;
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly exposure: (typeof EXPOSURES)[number];
  readonly repositoryFolder: string;
  readonly executionRole: string;
  readonly taskRole: string;
  readonly schedulerRole: string;
  readonly logDays: number;
}

export function awsOptions(options: Options): AwsOptions {
  const text = (key: string) => String(options[key] ?? '').trim();
  const exposure = EXPOSURES.find((each) => each === (text('exposure') || EXPOSURES[0]));
  return {
    profile: text('profile'),
    region: text('region'),
    cluster: text('cluster'),
    vpc: text('vpc'),
    subnets: text('subnets')
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
      .sort(),
    exposure:
      exposure ??
      fail(
        'invalid-input',
        `A service is reached by a ${EXPOSURES.join(' or a ')}, not by “${text('exposure')}”.`,
      ),
    repositoryFolder: text('repositoryFolder'),
    executionRole: text('executionRole'),
    taskRole: text('taskRole'),
    schedulerRole: text('schedulerRole'),
    logDays: logDaysIn(text('logDays')),
  };
}

export const placeOptionsOf = (options: Options): Options => ({
  profile: options.profile ?? '',
  region: options.region ?? '',
  cluster: options.cluster ?? '',
});

export const awsOptionFields = (env = process.env): OptionField[] => [
  ...accountFields(env),
  textField(
    'cluster',
    'ECS cluster',
    'One that is there. Empty makes one for this deployment; a cluster costs nothing.',
  ),
  textField('vpc', 'VPC', 'Its id. Empty takes the region’s default VPC.'),
  textField(
    'subnets',
    'Subnets',
    'Ids, with commas between. Empty takes all of the VPC that give public addresses.',
  ),
  textField(
    'exposure',
    'Reached by',
    'A load balancer has a name that stays. A public address is the task’s own: it changes with every task, and costs less.',
    {
      kind: 'choice',
      fallback: EXPOSURES[0],
      choices: [...EXPOSURES],
      modes: ['service'],
    },
  ),
  textField(
    'repositoryFolder',
    'Registry folder',
    'The image goes to <folder>/<deployment> in ECR.',
    {
      fallback: 'slipway',
    },
  ),
  textField(
    'executionRole',
    'Execution role',
    'ARN of the role ECS pulls the image and writes the log with. Empty makes one.',
  ),
  textField(
    'taskRole',
    'Task role',
    'ARN of the role the program itself has. Empty gives it none.',
  ),
  textField(
    'schedulerRole',
    'Scheduler role',
    'ARN of the role that starts scheduled runs. Empty makes one.',
    { modes: ['scheduled'] },
  ),
  logDaysField(),
];
