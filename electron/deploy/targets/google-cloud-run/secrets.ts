/** Secrets lie in Secret Manager: Cloud Run reads them there, and their values never come here. */
import { z } from 'zod';
import { fail, StudioFailure } from '../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../shared/deploy';
import { askIfThere } from './errors';
import type { Google } from './google';

type Secrets = Pick<DeploySettings, 'secrets'>;

/** "token/3". */
export function thereOf(name: string, reference: string): string {
  const [, secret, version = 'latest'] = /^there:([^/]+)(?:\/(.+))?$/.exec(reference) ?? [];
  return secret ? `${secret}/${version}` : fail('precondition', secretProblem(name));
}

const secretProblem = (name: string): string =>
  `Cloud Run reads the secret ${name} from Secret Manager. Put it there (gcloud secrets create ${name.toLowerCase()} --data-file=-), and name it there:${name.toLowerCase()}/latest.`;

/** A sentence for each secret that Cloud Run would not find. */
export async function secretProblems(google: Google, { secrets }: Secrets): Promise<string[]> {
  const all = Object.entries(secrets).map(async ([name, reference]) =>
    reference.startsWith('there:')
      ? lostProblem(google, name, thereOf(name, reference))
      : secretProblem(name),
  );
  return (await Promise.all(all)).filter((each) => each !== null);
}

const versionSchema = z.object({ state: z.string() });

async function lostProblem(google: Google, name: string, there: string): Promise<string | null> {
  const [secret = '', version = ''] = there.split('/');
  const path = `/v1/projects/${google.project}/secrets/${secret}/versions/${version}`;
  try {
    const told = await askIfThere({ doing: `looking for the secret ${secret}` }, () =>
      google.rest('secretmanager', path),
    );
    if (told !== null && versionSchema.parse(told).state === 'ENABLED') return null;
  } catch (thrown) {
    if (!(thrown instanceof StudioFailure)) throw thrown;
    // Who deploys need not be allowed to look: the service's account reads it.
    return thrown.error.kind === 'permission' ? null : thrown.error.message;
  }
  return `Secret Manager of ${google.project} has no secret ${secret} whose version ${version} can be read, where ${name} is to come from. Put it there (gcloud secrets create ${secret} --data-file=-), or correct its name.`;
}
