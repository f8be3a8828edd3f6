/** All that should stand in the account for one revision, in the order of making. */
import { fail } from '../../../../shared/base/studio-error';
import type { Json, Resource, RevisionRecord } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { policyOf, roleArn, trustIn } from '../aws/kinds/roles';
import { nameOf, repositoryName, roleName } from '../aws/names';
import { FREE, kept, ownedBy, type Part, pricedBy, storage } from '../aws/storage';
import { awsCron } from './cron';
import type { Here } from './here';
import { balancerName } from './kinds/balancer';
import { clusterName } from './kinds/clusters';
import { ANYWHERE } from './kinds/network';
import { scheduleName } from './kinds/schedules';
import { serviceName } from './kinds/services';
import { definitionName } from './kinds/task-definitions';
import { family, logGroupName } from './naming';
import { type AwsOptions, awsOptions } from './options';
import { secretsOf, wholeSecret } from './secrets';

/** What the package's server listens on inside of its container. */
export const SERVICE_PORT = 8000;
const HEALTH = '/readyz';

const RUNNING = ['vcpu', 'memory', 'storage'];

export function desiredOf(
  here: Here,
  wanted: Wanted,
  standingImages: readonly string[],
): Resource[] {
  const options = awsOptions(wanted.settings.options);
  const parts = [
    ...storage(wanted, { ...options, logGroup: logGroupName(wanted.id) }, standingImages),
    ...permissions(here, wanted, options),
    ...network(wanted, options),
    ...(wanted.mode === 'service' && options.exposure === 'load balancer'
      ? balancer(wanted, options)
      : []),
    ...(here.cluster === '' ? [cluster(here, wanted)] : []),
    ...kept(wanted).map((record) => definition(here, wanted, record)),
    ...runner(here, wanted, options),
  ];
  return ownedBy(wanted, parts);
}

export const groupName = (id: string): string => nameOf(id, '', 200);

function executionRole(here: Here, { id }: Wanted, options: AwsOptions): string {
  return options.executionRole || roleArn(here, roleName(id, here.account.region, 'execution'));
}

const schedulerRole = (here: Here, { id }: Wanted, options: AwsOptions): string =>
  options.schedulerRole || roleArn(here, roleName(id, here.account.region, 'scheduler'));

function permissions(here: Here, wanted: Wanted, options: AwsOptions): Part[] {
  const { id, mode } = wanted;
  const { partition, region, account } = here.account;
  const arn = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const passed = [executionRole(here, wanted, options), options.taskRole].filter(Boolean);
  const role = (what: string, service: string, detail: string, policy: Json): Part => ({
    kind: 'role',
    name: roleName(id, region, what),
    what: `Role ${roleName(id, region, what)}`,
    detail,
    price: FREE,
    spec: { trust: trustIn(service, here), policy },
  });
  const repository = repositoryName(id, options.repositoryFolder);
  // Those of all kept revisions: going back to one must not lack a right.
  const secrets = [
    ...new Set(
      kept(wanted).flatMap(({ settings }) => Object.values(secretsOf(settings?.secrets ?? {}))),
    ),
  ];
  const execution = policyOf(
    { actions: ['ecr:GetAuthorizationToken'], on: ['*'] },
    {
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchGetImage',
      ],
      on: [arn('ecr', `repository/${repository}`)],
    },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      on: [arn('logs', `log-group:${logGroupName(id)}:*`)],
    },
    {
      actions: ['secretsmanager:GetSecretValue'],
      on: secrets.filter((each) => each.includes(':secretsmanager:')).map(wholeSecret),
    },
    { actions: ['ssm:GetParameters'], on: secrets.filter((each) => each.includes(':ssm:')) },
  );
  const starting = policyOf(
    { actions: ['ecs:RunTask'], on: [arn('ecs', `task-definition/${family(id)}:*`)] },
    { actions: ['ecs:TagResource'], on: [arn('ecs', `task/${clusterName(here, id)}/*`)] },
    { actions: ['iam:PassRole'], on: passed },
  );
  return [
    ...(options.executionRole === ''
      ? [
          role(
            'execution',
            'ecs-tasks.amazonaws.com',
            'pulls the image, writes the log, reads the secrets that are named',
            execution,
          ),
        ]
      : []),
    ...(mode === 'scheduled' && options.schedulerRole === ''
      ? [
          role(
            'scheduler',
            'scheduler.amazonaws.com',
            'starts runs of this deployment and nothing else',
            starting,
          ),
        ]
      : []),
  ];
}

function network({ id, mode }: Wanted, options: AwsOptions): Part[] {
  const balancerGroup = `${groupName(id)}-balancer`;
  const hasBalancer = mode === 'service' && options.exposure === 'load balancer';
  const group = (name: string, detail: string, opens: Json): Part => ({
    kind: 'security group',
    name,
    what: `Security group ${name}`,
    detail,
    price: FREE,
    spec: { vpc: options.vpc, opens },
  });
  const from = hasBalancer ? balancerGroup : ANYWHERE;
  const opens = mode === 'service' ? [{ port: SERVICE_PORT, from }] : [];
  const reached = hasBalancer
    ? 'reached from the load balancer only'
    : `port ${SERVICE_PORT} open to everyone`;
  return [
    ...(hasBalancer
      ? [group(balancerGroup, 'port 80 open to everyone', [{ port: 80, from: ANYWHERE }])]
      : []),
    group(groupName(id), mode === 'service' ? reached : 'nothing gets in', opens),
  ];
}

function balancer({ id }: Wanted, options: AwsOptions): Part[] {
  const name = balancerName(id);
  return [
    {
      kind: 'load balancer',
      name,
      what: `Load balancer ${name}`,
      detail: `in ${options.subnets.length} subnets, reached by HTTP`,
      price: pricedBy('load-balancer'),
      spec: { subnets: options.subnets, securityGroup: `${groupName(id)}-balancer` },
    },
    {
      kind: 'target group',
      name,
      what: `Target group ${name}`,
      detail: `asks ${HEALTH} of each task`,
      price: FREE,
      spec: { port: SERVICE_PORT, vpc: options.vpc, health: HEALTH },
    },
    {
      kind: 'listener',
      name: `${name}:80`,
      what: 'Listener on port 80',
      detail: `leads to the target group ${name}`,
      price: FREE,
      spec: { port: 80, to: name },
    },
  ];
}

const cluster = (here: Here, { id }: Wanted): Part => ({
  kind: 'cluster',
  name: clusterName(here, id),
  what: `Cluster ${clusterName(here, id)}`,
  detail: 'on Fargate, without machines of its own',
  price: FREE,
  spec: {},
});

function definition(here: Here, wanted: Wanted, record: RevisionRecord): Part {
  const { id, mode } = wanted;
  const settings = record.settings ?? wanted.settings;
  const size = settings.resources ?? fail('unexpected', `Revision ${record.number} tells no size.`);
  const options = awsOptions(settings.options);
  const isService = mode === 'service';
  const isCurrent = record.number === wanted.revision.number;
  return {
    kind: 'task definition',
    name: definitionName(id, record.number),
    what: `Task definition, revision ${record.number}`,
    detail: `${size.vcpu} vCPU, ${size.memoryGib} GB, ${record.image ?? ''}`,
    price: mode === 'job' && isCurrent ? pricedBy(...RUNNING) : FREE,
    spec: {
      mode,
      image: record.image ?? '',
      ...size,
      port: isService ? SERVICE_PORT : null,
      command: isService ? serving(record) : running(record),
      environment: settings.environment,
      secrets: secretsOf(settings.secrets),
      executionRole: executionRole(here, wanted, options),
      taskRole: options.taskRole || null,
      logGroup: logGroupName(id),
      health: isService ? ASK : null,
      record: JSON.parse(JSON.stringify(record)) as Json,
    },
  };
}

/** Fails where the service does not answer: urlopen raises for every status from 400 on. */
const ASK = `import urllib.request; urllib.request.urlopen('http://127.0.0.1:${SERVICE_PORT}${HEALTH}', timeout=4)`;

const serving = ({ packageName }: RevisionRecord): string[] => [
  ...['python3', '-m', packageName, 'serve'],
  ...['--host', '0.0.0.0', '--port', String(SERVICE_PORT)],
];

const running = ({ packageName, parameters }: RevisionRecord): string[] => [
  ...['python3', '-m', packageName, 'run', '--fresh', '--run-folder', '/app/run'],
  ...Object.entries(parameters).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`),
];

function runner(here: Here, wanted: Wanted, options: AwsOptions): Part[] {
  const { id, mode, revision, settings } = wanted;
  const place = { subnets: options.subnets, securityGroup: groupName(id) };
  if (mode === 'service') {
    return [
      {
        kind: 'service',
        name: serviceName(id),
        what: `Service ${serviceName(id)}`,
        detail: `${settings.replicas} ${settings.replicas === 1 ? 'task' : 'tasks'} of revision ${revision.number}; a rollout that fails is taken back`,
        price: pricedBy(...RUNNING, 'address'),
        spec: {
          ...place,
          revision: revision.number,
          replicas: settings.replicas,
          targetGroup: options.exposure === 'load balancer' ? balancerName(id) : null,
          port: SERVICE_PORT,
          circuitBreaker: true,
        },
      },
    ];
  }
  if (mode === 'job' || !settings.schedule) {
    return [
      {
        kind: 'current revision',
        name: logGroupName(id),
        what: `Runs take revision ${revision.number}`,
        detail: 'a tag of the log group',
        price: FREE,
        spec: { revision: revision.number },
      },
    ];
  }
  const { cron, timeZone } = settings.schedule;
  return [
    {
      kind: 'schedule group',
      name: scheduleName(id),
      what: `Schedule group ${scheduleName(id)}`,
      detail: 'holds the schedule and its tags',
      price: FREE,
      spec: {},
    },
    {
      kind: 'schedule',
      name: scheduleName(id),
      what: `Schedule ${awsCron(cron)}`,
      detail: `in ${timeZone}, starts revision ${revision.number}`,
      price: pricedBy(...RUNNING),
      spec: {
        ...place,
        revision: revision.number,
        expression: awsCron(cron),
        timeZone,
        isOn: true,
        role: schedulerRole(here, wanted, options),
      },
    },
  ];
}
