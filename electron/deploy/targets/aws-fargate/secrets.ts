/** Secrets that lie in Secrets Manager or Parameter Store: ECS reads them there, and their values never come here. */
import { z } from 'zod';
import { fail, StudioFailure } from '../../../../shared/base/studio-error';
import { orNone } from '../aws/failures';
import type { Here } from './here';

type Named = Readonly<Record<string, string>>;

/** Name to ARN. */
export function secretsOf(secrets: Named): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, reference]) => {
      const arn = /^there:(arn:[\w-]+:(?:secretsmanager|ssm):.+)$/.exec(reference)?.[1];
      return [
        name,
        arn ??
          fail(
            'invalid-input',
            `The secret ${name} must lie in Secrets Manager or Parameter Store of AWS. Put it there and name it as there:<its ARN>.`,
            {
              nextSteps: [
                {
                  label: 'Put it there',
                  shell: `aws secretsmanager create-secret --name ${name} --secret-string …`,
                },
              ],
            },
          ),
      ];
    }),
  );
}

/** ARN of the secret without a key, a stage or a version behind it. */
export const wholeSecret = (reference: string): string =>
  reference.split(':').slice(0, 7).join(':');

/** Fails where one is not there; answers their ARNs, with those that this sign-in may not look at. */
export async function needSecrets(here: Here, secrets: Named): Promise<string> {
  const all = Object.entries(secretsOf(secrets)).map(async ([name, arn]) => {
    const seen = await isThere(here, arn).catch((thrown: unknown) => {
      // Who deploys need not be allowed to look: the task's role reads it.
      if (thrown instanceof StudioFailure && thrown.error.kind === 'permission') return null;
      throw thrown;
    });
    if (seen === false) missing(name, arn);
    return seen ? arn : `${arn} (not looked at)`;
  });
  return (await Promise.all(all)).join(', ');
}

function missing(name: string, arn: string): never {
  const [, , service, region, , ...rest] = arn.split(':');
  const [what, where] =
    service === 'ssm'
      ? [`parameter ${rest.join(':').replace(/^parameter\/?/, '')}`, 'Parameter Store']
      : [`secret ${rest[1]}`, 'Secrets Manager'];
  return fail(
    'not-found',
    `There is no ${what} in ${where} of ${region}, where the secret ${name} is to come from. Put it there, or correct its ARN.`,
  );
}

/** Null where that cannot be known from here. */
async function isThere({ clients, account }: Here, arn: string): Promise<boolean | null> {
  const [, , service = '', region = '', owner, ...rest] = arn.split(':');
  if (owner !== account.account) return null;
  if (service === 'secretsmanager') {
    const body = { SecretId: wholeSecret(arn) };
    const target = 'secretsmanager.DescribeSecret';
    const told = await orNone(clients.call({ service, region, target, body }));
    return told !== null && !secretSchema.parse(told).DeletedDate;
  }
  // A name with folders begins with a slash, which the ARN does not tell from its own.
  const name = rest.join(':').replace(/^parameter\/?/, '');
  const body = {
    ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [name, `/${name}`] }],
  };
  const told = await clients.call({
    service,
    region,
    target: 'AmazonSSM.DescribeParameters',
    body,
  });
  return parametersSchema.parse(told).Parameters.length > 0;
}

/** One that is to be deleted can be read no more. */
const secretSchema = z.object({ DeletedDate: z.unknown() });
const parametersSchema = z.object({ Parameters: z.array(z.unknown()).default([]) });
