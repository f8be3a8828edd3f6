/** What each target in an AWS account asks for: whose account, where, and how long logs are kept. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../../../shared/base/studio-error';
import type { OptionField } from '../../../../shared/deploy';

/** What CloudWatch Logs takes. */
const LOG_DAYS = ['1', '3', '5', '7', '14', '30', '60', '90', '180', '365'];

export function logDaysIn(text: string): number {
  const days = text || '30';
  if (!LOG_DAYS.includes(days)) {
    fail('invalid-input', `Logs can be kept for ${LOG_DAYS.join(', ')} days, not ${days}.`);
  }
  return Number(days);
}

export const textField = (
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

export const accountFields = (env = process.env): OptionField[] => [
  textField(
    'profile',
    'Profile',
    'Of the AWS configuration, for example one of an SSO sign-in. Empty takes AWS_PROFILE, the variables of the environment or the default profile.',
    {
      choices: profiles(env),
    },
  ),
  textField('region', 'Region', 'Empty takes the profile’s.', { choices: REGIONS }),
];

export const logDaysField = (): OptionField =>
  textField('logDays', 'Days logs are kept', 'In CloudWatch Logs.', {
    kind: 'choice',
    fallback: '30',
    choices: LOG_DAYS,
  });

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
