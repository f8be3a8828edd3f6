/** Secrets are named, never kept: a reference stands in the settings, its value is read when it is needed. */
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fail } from '../../../shared/base/studio-error';

/** Null for `there:NAME/KEY`: it lies at the target already and its value never comes here. */
export async function readSecret(name: string, reference: string): Promise<string | null> {
  const at = reference.indexOf(':');
  const [kind, rest] = [reference.slice(0, at), reference.slice(at + 1)];
  if (kind === 'there') return null;
  if (kind === 'env') {
    return (
      process.env[rest] ??
      fail(
        'precondition',
        `The secret ${name} is to come from the variable ${rest}, which is not set.`,
        {
          nextSteps: [{ label: 'Set it', shell: `export ${rest}=…` }],
        },
      )
    );
  }
  const text = await readFile(rest, 'utf8').catch(() =>
    fail(
      'not-found',
      `The secret ${name} is to come from the file ${rest}, which cannot be read.`,
      {
        place: { path: rest },
      },
    ),
  );
  return text.replace(/\r?\n$/, '');
}

const KEY = randomBytes(32);

/** Tells whether two values are the same without telling either; another one in each run of the app. */
export const fingerprint = (value: string): string =>
  createHmac('sha256', KEY).update(value).digest('hex').slice(0, 12);
