/** One account's region: what should stand there, what does, and what happens to it. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import type { DeploymentRecord, DeploySettings, LogSource } from '../../../../shared/deploy';
import {
  type Deployed,
  FARGATE_SIZES,
  pickSize,
  type TargetEstimate,
} from '../../../../shared/estimate';
import type { TaskContext } from '../../../task';
import { findAll } from '../../resources/engine';
import type { CheckItem, Platform } from '../../resources/platform';
import { fargateModule } from '../../terraform/aws-fargate';
import { moduleFiles } from '../../terraform/module';
import { followLines, readLines } from '../aws/container-logs';
import { logGroups, pointers } from '../aws/kinds/logs';
import { images, listImages, repositories, tagOf } from '../aws/kinds/registry';
import { roles } from '../aws/kinds/roles';
import { repositoryName } from '../aws/names';
import { checkImagePlatform } from '../image-platform';
import type { DeployablePackage, DeploymentCommand } from '../target';
import { awsCron } from './cron';
import { desiredOf, groupName } from './desired';
import type { Here } from './here';
import { listeners, loadBalancers, targetGroups } from './kinds/balancer';
import { clusters, readCluster } from './kinds/clusters';
import { findNetwork, securityGroups } from './kinds/network';
import { runs, startRun, stopRuns } from './kinds/runs';
import { scheduleGroups, schedules, switchSchedule } from './kinds/schedules';
import { restart, scale, services } from './kinds/services';
import { taskDefinitions } from './kinds/task-definitions';
import { observe, standingIn } from './observe';
import { awsOptions } from './options';
import { needSecrets, secretsOf } from './secrets';

export function platformAt(here: Here): Platform {
  const { account, arn, region } = here.account;
  const cluster = here.cluster === '' ? '' : `-${here.cluster}`;
  const kinds = [
    ...[logGroups, repositories, images, roles, securityGroups, loadBalancers, targetGroups],
    ...[listeners, clusters, taskDefinitions, services, scheduleGroups, schedules, pointers, runs],
  ].map((kind) => kind(here));
  const platform: Platform = {
    place: {
      id: `aws-${account}-${region}${cluster}`,
      title: `AWS account ${account}, ${region}, as ${nameIn(arn)}`,
    },
    kinds,
    check: (settings) => check(here, settings),
    imageOf: (made, settings) => imageOf(here, made, settings),
    settle: (settings, now, priced) => settle(here, settings, now, priced),
    deployed: (settings) => deployed(here, settings),
    desired: async (wanted) =>
      desiredOf(
        here,
        wanted,
        (await listImages(here, wanted.id)).map(({ name }) => name),
      ),
    exportFiles: async (wanted) => {
      const [resources, found] = [
        await platform.desired(wanted),
        await findAll(platform, wanted.id),
      ];
      return moduleFiles(await fargateModule(here, wanted, resources, found));
    },
    observe: (id, found) => observe(here, id, found),
    followLogs: async function* (id, tail, signal) {
      yield* followLines(here, id, tail, await sourceOf(platform, id), signal);
    },
    readLogs: async (id, tail) => readLines(here, id, tail, await sourceOf(platform, id)),
    command: (id, command, task) => carryOutCommand(here, platform, id, command, task),
    reach: async (id) => {
      const url = (await observe(here, id, await findAll(platform, id)))?.url;
      if (!url) {
        return fail(
          'precondition',
          `“${id}” has no address now: no task of it runs. Start it, or look at its log.`,
        );
      }
      return { url, close: async () => undefined };
    },
    warnings: warningsFor,
    close: async () => here.clients.close(),
  };
  return platform;
}

/** "role/Deploy/anna", "user/anna". */
const nameIn = (arn: string): string => arn.split(':').at(-1) ?? arn;

const imageOf = (here: Here, made: DeployablePackage, settings: DeploySettings): string => {
  const { repositoryFolder } = awsOptions(settings.options);
  const repository = repositoryName(settings.name, repositoryFolder);
  return `${here.registry}/${repository}:${tagOf(here.images.nameOf(made))}`;
};

async function sourceOf(platform: Platform, id: DeploymentId): Promise<LogSource> {
  const standing = standingIn(await findAll(platform, id));
  return standing?.mode === 'service' ? 'service' : 'run';
}

async function check(here: Here, settings: DeploySettings): Promise<CheckItem[]> {
  const options = awsOptions(settings.options);
  const items: CheckItem[] = [await checkImagePlatform(here.images, 'AWS Fargate')];
  const ask = async (label: string, work: () => Promise<string> | string) => {
    try {
      items.push({ label, status: 'ok', detail: await work() });
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      items.push({ label, status: 'failed', detail });
    }
  };
  await ask('Network', async () => {
    const { vpc, subnets } = await findNetwork(here, options.vpc, options.subnets);
    if (settings.mode === 'service' && options.exposure === 'load balancer') needTwo(subnets);
    return `${vpc}, ${subnets.join(', ')}`;
  });
  if (here.cluster !== '') await ask('Cluster', () => needCluster(here));
  if (settings.resources)
    await ask('Size', () => sizeText(settings.resources ?? { vcpu: 0, memoryGib: 0 }));
  if (settings.schedule) await ask('Schedule', () => awsCron(settings.schedule?.cron ?? ''));
  if (Object.keys(settings.secrets).length > 0) {
    await ask('Secrets', () => needSecrets(here, settings.secrets));
  }
  return items;
}

function needTwo(subnets: readonly string[]): void {
  if (subnets.length >= 2) return;
  fail(
    'precondition',
    'A load balancer stands in two zones at least: name two subnets, or choose a public address.',
  );
}

async function needCluster(here: Here): Promise<string> {
  const there = await readCluster(here, here.cluster);
  if (there) return here.cluster;
  const { region } = here.account;
  return fail(
    'not-found',
    `There is no cluster ${here.cluster} in ${region}. Check its name and the region, or leave it empty for a new one.`,
  );
}

type Size = NonNullable<DeploySettings['resources']>;

function sizeText({ vcpu, memoryGib }: Size): string {
  const isOffered = FARGATE_SIZES.some(
    (each) => each.vcpu === vcpu && each.memoryGib === memoryGib,
  );
  if (isOffered) return `${vcpu} vCPU with ${memoryGib} GB`;
  const next = pickSize(FARGATE_SIZES, { vcpu, memoryGib });
  const hint = next
    ? `The next that holds it is ${next.vcpu} vCPU with ${next.memoryGib} GB.`
    : 'Its largest is 16 vCPU with 120 GB.';
  return fail('invalid-input', `Fargate does not offer ${vcpu} vCPU with ${memoryGib} GB. ${hint}`);
}

/** Network and size are filled in and kept: a subnet that is added to the VPC later makes no new revision. */
async function settle(
  here: Here,
  settings: DeploySettings,
  now: DeploymentRecord | null,
  priced: TargetEstimate,
): Promise<DeploySettings> {
  const options = awsOptions(settings.options);
  if (here.cluster !== '') await needCluster(here);
  if (settings.schedule) awsCron(settings.schedule.cron);
  secretsOf(settings.secrets);
  const before = now?.revisions.find(({ number }) => number === now.currentRevision)?.settings
    ?.options;
  const kept = before ? awsOptions(before) : null;
  const wanted =
    options.vpc === '' && options.subnets.length === 0 && kept && kept.vpc !== ''
      ? { vpc: kept.vpc, subnets: kept.subnets }
      : options;
  const { vpc, subnets } = await findNetwork(here, wanted.vpc, wanted.subnets);
  if (settings.mode === 'service' && options.exposure === 'load balancer') needTwo(subnets);
  if (settings.resources) sizeText(settings.resources);
  return {
    ...settings,
    port: null,
    resources: settings.resources ?? sizeFor(priced),
    options: { ...settings.options, vpc, subnets: subnets.join(',') },
  };
}

function deployed(
  { account: { region } }: Here,
  { mode, resources, replicas, options }: DeploySettings,
): Deployed {
  const hasLoadBalancer = awsOptions(options).exposure === 'load balancer';
  return {
    region,
    ...resources,
    ...(mode === 'service' ? { instances: replicas, hasLoadBalancer } : {}),
  };
}

function sizeFor({ fit }: TargetEstimate): Size {
  if (fit.kind === 'does-not-fit')
    return fail('precondition', `It does not fit Fargate: ${fit.reason}`);
  const size = pickSize(FARGATE_SIZES, fit);
  return size
    ? { ...size }
    : fail('precondition', `It does not fit Fargate: nothing there has ${fit.memoryGib} GB.`);
}

async function carryOutCommand(
  here: Here,
  platform: Platform,
  id: DeploymentId,
  command: DeploymentCommand,
  task: TaskContext,
): Promise<void> {
  const standing = standingIn(await findAll(platform, id));
  const record = standing?.revisions.find(({ number }) => number === standing.current);
  const settings = record?.settings;
  if (!standing || !record || !settings) {
    return fail('precondition', `“${id}” was not deployed to its end. Deploy it again.`);
  }
  task.progress(null, `${command} ${id}`);
  if (command === 'run') {
    if (standing.mode === 'service') fail('precondition', `“${id}” is a service: it has no runs.`);
    const { subnets } = awsOptions(settings.options);
    await startRun(here, id, { revision: record.number, subnets, securityGroup: groupName(id) });
    return;
  }
  if (standing.mode === 'service') {
    if (command === 'restart') return restart(here, id);
    return scale(here, id, command === 'stop' ? 0 : settings.replicas);
  }
  if (command === 'stop') await stopRuns(here, id);
  else if (standing.mode === 'job')
    fail('precondition', `“${id}” is a job: it runs when it is told to.`);
  if (standing.mode === 'scheduled') await switchSchedule(here, id, command !== 'stop');
}

function warningsFor(settings: DeploySettings): string[] {
  const { exposure } = awsOptions(settings.options);
  if (settings.mode !== 'service') {
    return [
      'What a run writes to its disk is gone when it ends: AWS keeps its log, its end for an hour, and nothing else.',
    ];
  }
  const open = 'Everyone on the internet can reach it, over HTTP without encryption.';
  return exposure === 'public address'
    ? [open, 'Its address changes whenever its task is replaced.']
    : [open];
}
