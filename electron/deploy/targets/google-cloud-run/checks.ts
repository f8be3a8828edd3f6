/** What can be said before anything is made. */
import type { DeploySettings } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import type { DeployablePackage } from '../target';
import { askIfThere } from './errors';
import { CALL, type Google } from './google';
import { readJob } from './jobs';
import { isOf } from './names';
import { secretProblems } from './secrets';
import { readService } from './services';

/** Of a service; the label of a shared repository is longer by eight. */
const LONGEST_NAME = 45;
const VCPUS = [1, 2, 4, 6, 8];
const MOST_GIB: Readonly<Record<number, number>> = { 1: 4, 2: 8, 4: 16, 6: 24, 8: 32 };

const item = (label: string, problem: string | null, good: string): CheckItem => ({
  label,
  status: problem ? 'failed' : 'ok',
  detail: problem ?? good,
});

export async function checkSettings(
  google: Google,
  settings: DeploySettings,
  made: DeployablePackage,
): Promise<CheckItem[]> {
  const { name, mode, options } = settings;
  const foreign = await foreignNameProblem(google, settings);
  const repository = String(options.repository ?? '');
  const secrets = await secretProblems(google, settings);
  return [
    item('Name', nameProblem(name) ?? foreign, `${name} is free or its own`),
    item('Size', sizeProblem(settings), 'Cloud Run offers it'),
    item('Repository', await repositoryProblem(google, repository), repository || 'Its own'),
    ...(mode === 'service'
      ? [item('Service', made.hasService ? null : NO_SERVICE, 'The package answers requests')]
      : []),
    ...(secrets.length > 0 ? [item('Secrets', secrets.join(' '), '')] : []),
  ];
}

const NO_SERVICE = 'The package has no service. Choose a model to serve, or deploy it as a job.';

function nameProblem(name: string): string | null {
  if (name.length > LONGEST_NAME)
    return `The name may have at most ${LONGEST_NAME} characters here.`;
  return /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)
    ? null
    : 'Here the name begins with a letter and does not end with a hyphen.';
}

async function foreignNameProblem(
  google: Google,
  { name, mode }: DeploySettings,
): Promise<string | null> {
  const there = await (mode === 'service' ? readService(google, name) : readJob(google, name));
  return there && !isOf(there.labels, name)
    ? `Something named ${name} is in this project and region already and was not made by Slipway. Choose another name.`
    : null;
}

function sizeProblem({ resources }: DeploySettings): string | null {
  if (!resources) return null;
  const { vcpu, memoryGib } = resources;
  if (!VCPUS.includes(vcpu)) return `Cloud Run gives ${VCPUS.join(', ')} vCPU, not ${vcpu}.`;
  const most = MOST_GIB[vcpu] ?? 0;
  return memoryGib > most
    ? `With ${vcpu} vCPU Cloud Run gives at most ${most} GiB of memory, not ${memoryGib}. Take more vCPU.`
    : null;
}

async function repositoryProblem(google: Google, repository: string): Promise<string | null> {
  if (repository === '') return null;
  const there = await askIfThere({ doing: `reading the repository ${repository}` }, async () => {
    const name = `${google.parent}/repositories/${repository}`;
    return (await google.registry.getRepository({ name }, CALL))[0];
  });
  if (!there)
    return `There is no repository ${repository} in ${google.region}. Make it, or leave the field empty.`;
  return String(there.format) === 'DOCKER' ? null : `${repository} does not hold Docker images.`;
}
