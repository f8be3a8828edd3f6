/** What can be said before anything is made. */
import type { DeploySettings } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import type { DeployablePackage } from '../target';
import { readApp } from './apps';
import type { Azure } from './azure';
import { secretProblem } from './containers';
import { scheduleProblem } from './desired';
import { readEnvironment } from './environments';
import { readJob } from './jobs';
import { readRegistry } from './registries';
import { isOf } from './tags';

const LONGEST_NAME = 32;

const item = (label: string, problem: string | null, good: string): CheckItem => ({
  label,
  status: problem ? 'failed' : 'ok',
  detail: problem ?? good,
});

export async function checkSettings(
  azure: Azure,
  settings: DeploySettings,
  made: DeployablePackage,
): Promise<CheckItem[]> {
  const { name, mode, schedule, options } = settings;
  const secret = await secretProblem(settings);
  return [
    item(
      'Name',
      nameProblem(name) ?? (await foreignProblem(azure, settings)),
      `${name} is free or its own`,
    ),
    item('Size', sizeProblem(settings), 'Container Apps offers it'),
    item('Registry', await registryProblem(azure, settings), String(options.registry || 'Its own')),
    item(
      'Environment',
      await environmentProblem(azure, String(options.environment ?? '')),
      String(options.environment || 'Its own'),
    ),
    ...(schedule ? [item('Schedule', scheduleProblem(schedule.timeZone), 'In UTC')] : []),
    ...(mode === 'service'
      ? [item('Service', made.hasService ? null : NO_SERVICE, 'The package answers requests')]
      : []),
    ...(secret ? [item('Secrets', secret, '')] : []),
  ];
}

const NO_SERVICE = 'The package has no service. Choose a model to serve, or deploy it as a job.';

function nameProblem(name: string): string | null {
  if (name.length > LONGEST_NAME)
    return `The name may have at most ${LONGEST_NAME} characters here.`;
  return /^[a-z]([a-z0-9]|-(?!-))*$/.test(name) && !name.endsWith('-')
    ? null
    : 'Here the name begins with a letter, has no two hyphens side by side and does not end with one.';
}

async function foreignProblem(
  azure: Azure,
  { name, mode }: DeploySettings,
): Promise<string | null> {
  const there = await (mode === 'service' ? readApp(azure, name) : readJob(azure, name));
  return there && !isOf(there.tags, name)
    ? `Something named ${name} is in this resource group already and was not made by Slipway. Choose another name.`
    : null;
}

/** Consumption: quarters of a vCPU, and twice as many GiB. */
function sizeProblem({ resources }: DeploySettings): string | null {
  if (!resources) return null;
  const { vcpu, memoryGib } = resources;
  const isOffered = vcpu <= 4 && vcpu * 4 === Math.round(vcpu * 4) && memoryGib === vcpu * 2;
  return isOffered
    ? null
    : `Container Apps gives quarters of a vCPU up to 4, each with twice as many GiB of memory; not ${vcpu} vCPU with ${memoryGib} GiB.`;
}

async function registryProblem(azure: Azure, { options }: DeploySettings): Promise<string | null> {
  const name = String(options.registry ?? '');
  if (name === '') return null;
  const there = await readRegistry(azure, name);
  if (!there)
    return `There is no registry ${name} in ${azure.group}. Make it, or leave the field empty.`;
  return there.adminUserEnabled || options.identity
    ? null
    : `The registry ${name} gives no password to pull with. Switch its admin user on, or name an identity that may pull (AcrPull).`;
}

async function environmentProblem(azure: Azure, name: string): Promise<string | null> {
  if (name === '' || (await readEnvironment(azure, name))) return null;
  return `There is no environment ${name} in ${azure.group}. Make it, or leave the field empty.`;
}
