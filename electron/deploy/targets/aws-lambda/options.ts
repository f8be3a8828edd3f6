/** What Lambda asks for beyond the common settings. */
import { fail } from '../../../../shared/base/studio-error';
import type { OptionField } from '../../../../shared/deploy';
import type { Options } from '../../resources/platform';
import { accountFields, logDaysField, logDaysIn, textField } from '../aws/options';
import { NAMING } from './naming';

export const ACCESS = ['everyone', 'signed in to AWS'] as const;
const MOST_SECONDS = 900;

interface LambdaOptions {
  readonly profile: string;
  readonly region: string;
  readonly access: (typeof ACCESS)[number];
  readonly timeoutSeconds: number;
  readonly repositoryFolder: string;
  /** Empty for one of the deployment's own. */
  readonly role: string;
  readonly logDays: number;
}

export function lambdaOptions(options: Options): LambdaOptions {
  const text = (key: string) => String(options[key] ?? '').trim();
  const timeoutSeconds = Number(text('timeoutSeconds') || '60');
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > MOST_SECONDS) {
    fail(
      'invalid-input',
      `A request may take 1 to ${MOST_SECONDS} seconds on Lambda, not ${text('timeoutSeconds')}.`,
    );
  }
  return {
    profile: text('profile'),
    region: text('region'),
    access:
      ACCESS.find((each) => each === (text('access') || ACCESS[0])) ??
      fail(
        'invalid-input',
        `It is open to ${ACCESS.join(' or to who is ')}, not “${text('access')}”.`,
      ),
    timeoutSeconds,
    repositoryFolder: text('repositoryFolder'),
    role: text('role'),
    logDays: logDaysIn(text('logDays')),
  };
}

export const placeOptionsOf = (options: Options): Options => ({
  profile: options.profile ?? '',
  region: options.region ?? '',
});

export const lambdaOptionFields = (env = process.env): OptionField[] => [
  ...accountFields(env),
  textField(
    'access',
    'Open to',
    'Everyone on the internet, or only who is signed in to AWS and permitted: then each request is signed.',
    { kind: 'choice', fallback: ACCESS[0], choices: [...ACCESS] },
  ),
  textField(
    'timeoutSeconds',
    'Seconds a request may take',
    'At most 900; with the start, where an instance is new.',
    { fallback: '60' },
  ),
  textField(
    'repositoryFolder',
    'Registry folder',
    'The image goes to <folder>/<deployment> in ECR.',
    {
      fallback: NAMING.repositories,
    },
  ),
  textField(
    'role',
    'Function role',
    'ARN of the role the program has; it must be allowed to write the log. Empty makes one that may do that and nothing else.',
  ),
  logDaysField(),
];
