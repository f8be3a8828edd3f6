/** One account's region: what should stand there, what does, and what happens to it. */
import { fail } from '../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../shared/deploy';
import {
  LAMBDA_MB,
  lambdaSize,
  lambdaVcpus,
  type TargetEstimate,
} from '../../../../shared/estimate';
import { findAll } from '../../resources/engine';
import type { CheckItem, Platform } from '../../resources/platform';
import { followLines, readLines } from '../aws/container-logs';
import { logGroups } from '../aws/kinds/logs';
import { images, listImages, repositories, tagOf } from '../aws/kinds/registry';
import { roles } from '../aws/kinds/roles';
import { repositoryName } from '../aws/names';
import { checkImagePlatform } from '../image-platform';
import type { DeployablePackage } from '../target';
import { desiredOf } from './desired';
import { checkEnvironment } from './environment';
import type { Here } from './here';
import { addresses, readAddress } from './kinds/addresses';
import { aliases } from './kinds/aliases';
import { functions, isOn, readFunction, switchFunction } from './kinds/functions';
import { versions } from './kinds/versions';
import { functionName } from './naming';
import { observe, standingIn, urlOf } from './observe';
import { lambdaOptions } from './options';
import { reachSigned } from './reach';

export function platformAt(here: Here): Platform {
  const { account, arn, region } = here.account;
  const kinds = [
    ...[logGroups, repositories, images, roles].map((kind) => kind(here)),
    ...[functions, versions, aliases, addresses].map((kind) => kind(here)),
  ];
  const platform: Platform = {
    place: {
      id: `aws-lambda-${account}-${region}`,
      title: `Lambda of AWS account ${account}, ${region}, as ${arn.split(':').at(-1) ?? arn}`,
    },
    kinds,
    check: async (settings, made) => [
      await checkImagePlatform(here.images, 'AWS Lambda'),
      ...check(settings, made),
    ],
    imageOf: (made, settings) => imageOf(here, made, settings),
    settle: async (settings, _, priced, made) => settle(settings, priced, made),
    deployed: ({ resources }) => ({ region, ...resources }),
    desired: async (wanted) =>
      desiredOf(
        here,
        wanted,
        (await listImages(here, wanted.id)).map(({ name }) => name),
      ),
    observe: (id, found) => observe(here, id, found),
    followLogs: (id, tail, signal) => followLines(here, id, tail, 'service', signal),
    readLogs: (id, tail) => readLines(here, id, tail, 'service'),
    command: async (id, command, task) => {
      if (standingIn(await findAll(platform, id))?.current == null) {
        return fail('precondition', `“${id}” was not deployed to its end. Deploy it again.`);
      }
      task.progress(null, `${command} ${id}`);
      if (command === 'run') fail('precondition', `“${id}” is a service: it has no runs.`);
      if (command === 'restart') {
        fail(
          'precondition',
          'Lambda starts its instances by itself: stop it and start it instead.',
        );
      }
      return switchFunction(here, functionName(id), command === 'start');
    },
    reach: async (id) => {
      const made = await readFunction(here, id);
      if (made && !isOn(made)) {
        return fail('precondition', `“${id}” was stopped: it answers nobody. Start it.`);
      }
      const [url, address] = await Promise.all([urlOf(here, id), readAddress(here, id)]);
      if (url === null) {
        return fail('precondition', `“${id}” has no address now. Deploy it again.`);
      }
      if (address?.AuthType === 'AWS_IAM') return reachSigned(here, url);
      return { url, close: async () => undefined };
    },
    warnings: warningsFor,
    close: async () => here.clients.close(),
  };
  return platform;
}

const imageOf = (here: Here, made: DeployablePackage, settings: DeploySettings): string => {
  const { repositoryFolder } = lambdaOptions(settings.options);
  const repository = repositoryName(settings.name, repositoryFolder);
  return `${here.registry}/${repository}:${tagOf(here.images.nameOf(made))}`;
};

function check(settings: DeploySettings, made: DeployablePackage): CheckItem[] {
  const items: CheckItem[] = [];
  const ask = (label: string, work: () => string) => {
    try {
      items.push({ label, status: 'ok', detail: work() });
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      items.push({ label, status: 'failed', detail });
    }
  };
  ask('Service', () => needService(settings, made));
  ask('Longest request', () => `${lambdaOptions(settings.options).timeoutSeconds} s`);
  const { resources } = settings;
  if (resources) ask('Size', () => sizeText(resources));
  if (Object.keys(settings.environment).length > 0) {
    ask('Environment', () => checkEnvironment(settings.environment));
  }
  if (Object.keys(settings.secrets).length > 0) ask('Secrets', () => refuseSecrets(settings));
  return items;
}

function needService({ mode }: DeploySettings, { hasService }: DeployablePackage): string {
  if (mode === 'service' && hasService)
    return 'answered by a function, behind an address of its own';
  return fail(
    'invalid-input',
    'Slipway puts services on Lambda, and this is none. For a job or a schedule, take AWS Fargate.',
  );
}

function refuseSecrets({ secrets }: DeploySettings): string {
  const names = Object.keys(secrets).join(', ');
  if (names === '') return '';
  return fail(
    'invalid-input',
    `Lambda gives a function no secrets by reference, and Slipway writes none into its settings: ${names}. Take AWS Fargate for it, or read the secret in the program, with a role of its own.`,
  );
}

type Size = NonNullable<DeploySettings['resources']>;

function sizeText({ vcpu, memoryGib }: Size): string {
  const mb = memoryGib * 1024;
  const { least, most } = LAMBDA_MB;
  if (!Number.isInteger(mb) || mb < least || mb > most) {
    return fail(
      'invalid-input',
      `Lambda offers whole megabytes from ${least} to ${most}, not ${memoryGib} GB (${mb} MB).`,
    );
  }
  if (vcpu > lambdaVcpus(mb)) {
    const next = lambdaSize({ vcpu, memoryGib });
    const hint =
      next && next.vcpu >= vcpu
        ? `Ask for ${next.memoryGib} GB.`
        : `The most it has is ${lambdaVcpus(most)}, with ${most / 1024} GB.`;
    return fail(
      'invalid-input',
      `On Lambda the vCPUs come with the memory: ${memoryGib} GB has ${lambdaVcpus(mb)}, not ${vcpu}. ${hint}`,
    );
  }
  return `${mb} MB with ${lambdaVcpus(mb)} vCPU`;
}

/** The size is filled in. */
function settle(
  settings: DeploySettings,
  { fit }: TargetEstimate,
  made: DeployablePackage,
): DeploySettings {
  needService(settings, made);
  lambdaOptions(settings.options);
  refuseSecrets(settings);
  checkEnvironment(settings.environment);
  if (settings.resources) sizeText(settings.resources);
  return { ...settings, port: null, resources: settings.resources ?? sizeFor(fit) };
}

function sizeFor(fit: TargetEstimate['fit']): Size {
  if (fit.kind === 'does-not-fit') {
    return fail('precondition', `It does not fit Lambda: ${fit.reason}`);
  }
  const size = lambdaSize(fit);
  return size
    ? { ...size }
    : fail('precondition', `It does not fit Lambda: nothing there has ${fit.memoryGib} GB.`);
}

const LIMITS =
  'A request and its answer hold at most 6 MB each; the program can write to /tmp only, and what it writes there goes with the instance.';

function warningsFor(settings: DeploySettings): string[] {
  const isOpen = lambdaOptions(settings.options).access === 'everyone';
  return [...(isOpen ? ['Everyone on the internet can reach it.'] : []), LIMITS];
}
