/** Secrets a person made in the swarm: `there:NAME` names one. Its value never comes here, and it stays when a deployment goes. */
import type Docker from 'dockerode';
import { fail } from '../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import { secretIds } from './answers';

const THERE = 'there:';

/** Null for a secret that the deployment makes itself. */
export const nameThere = (reference: string): string | null =>
  reference.startsWith(THERE) ? reference.slice(THERE.length) : null;

export function noSuchSecret(variable: string, name: string): never {
  return fail('not-found', sentenceOf(variable, name), {
    nextSteps: [{ label: 'Make it', shell: `docker secret create ${name} -` }],
  });
}

const sentenceOf = (variable: string, name: string): string =>
  `The swarm has no secret ${name}, which ${variable} is to come from. Make it on a manager, or name another.`;

/** Before anything is made: a service that names what is not there would be refused at the very end. */
export async function needSecretsThere(docker: Docker, settings: DeploySettings): Promise<void> {
  for (const [variable, name] of await missing(docker, settings)) noSuchSecret(variable, name);
}

export async function checkSecrets(docker: Docker, settings: DeploySettings): Promise<CheckItem[]> {
  return (await missing(docker, settings)).map(([variable, name]) => ({
    label: 'Secrets',
    status: 'failed',
    detail: sentenceOf(variable, name),
  }));
}

async function missing(docker: Docker, { secrets }: DeploySettings): Promise<[string, string][]> {
  const named = Object.entries(secrets).flatMap(([variable, reference]): [string, string][] => {
    const name = nameThere(reference);
    return name === null ? [] : [[variable, name]];
  });
  if (named.length === 0) return [];
  const ids = await secretIds(docker);
  return named.filter(([, name]) => !ids.has(name));
}
