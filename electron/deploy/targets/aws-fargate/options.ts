/** What AWS asks for beyond the common settings. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../../../shared/base/studio-error';
import type { OptionField } from '../../../../shared/deploy';
import type { Options } from '../../resources/platform';

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

/** What CloudWatch Logs takes. */
const LOG_DAYS = ['1', '3', '5', '7', '14', '30', '60', '90', '180', '365'];

export function awsOptions(options: Options): AwsOptions {
  const text = (key: string) => String(options[key] ?? '').trim();
  const exposure = EXPOSURES.find((each) => each === (text('exposure') || EXPOSURES[0]));
  const logDays = text('logDays') || '30';
  if (!LOG_DAYS.includes(logDays)) {
    fail('invalid-input', `Logs can be kept for ${LOG_DAYS.join(', ')} days, not ${logDays}.`);
  }
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
    logDays: Number(logDays),
  };
}

export const placeOptionsOf = (options: Options): Options => ({
  profile: options.profile ?? '',
  region: options.region ?? '',
  cluster: options.cluster ?? '',
});

const text = (
  key: string,
  label: string,
  help: string,
  more: Partial<OptionField> = {},
): OptionField => ({
  key,
  label,
  help,
  kind: 'text',
  fallback: '',
  choices: [],
  modes: [],
  ...more,
});

export const awsOptionFields = (env = process.env): OptionField[] => [
  text(
    'profile',
    'Profile',
    'Of the AWS configuration, for example one of an SSO sign-in. Empty takes AWS_PROFILE, the variables of the environment or the default profile.',
    {
      choices: profiles(env),
    },
  ),
  text('region', 'Region', 'Empty takes the profile’s.', { choices: REGIONS }),
  text(
    'cluster',
    'ECS cluster',
    'One that is there. Empty makes one for this deployment; a cluster costs nothing.',
  ),
  text('vpc', 'VPC', 'Its id. Empty takes the region’s default VPC.'),
  text(
    'subnets',
    'Subnets',
    'Ids, with commas between. Empty takes all of the VPC that give public addresses.',
  ),
  text(
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
  text('repositoryFolder', 'Registry folder', 'The image goes to <folder>/<deployment> in ECR.', {
    fallback: 'slipway',
  }),
  text(
    'executionRole',
    'Execution role',
    'ARN of the role ECS pulls the image and writes the log with. Empty makes one.',
  ),
  text('taskRole', 'Task role', 'ARN of the role the program itself has. Empty gives it none.'),
  text(
    'schedulerRole',
    'Scheduler role',
    'ARN of the role that starts scheduled runs. Empty makes one.',
    { modes: ['scheduled'] },
  ),
  text('logDays', 'Days logs are kept', 'In CloudWatch Logs.', {
    kind: 'choice',
    fallback: '30',
    choices: LOG_DAYS,
  }),
];

/** Offered, not required: another can be typed. */
const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1'],
  ...['ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2'],
];

/** Names only, from the two files that every AWS tool reads; no key is looked at. */
function profiles(env: NodeJS.ProcessEnv): string[] {
  const folder = join(homedir(), '.aws');
  const config = lines(env.AWS_CONFIG_FILE ?? join(folder, 'config')).flatMap(
    (line) => /^\s*\[(?:profile\s+)?([^\]]+?)\s*\]/.exec(line)?.[1] ?? [],
  );
  const credentials = lines(env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials')).flatMap(
    (line) => /^\s*\[([^\]]+?)\s*\]/.exec(line)?.[1] ?? [],
  );
  const isOther = (name: string) => /^(sso-session|services)\s/.test(name);
  return [...new Set([...config, ...credentials])].filter((name) => !isOther(name)).sort();
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
