/** A deployment on Fargate as a Terraform module, from the same resources as its plan. */
import type { Found, Resource } from '../../../shared/deploy';
import type { Wanted } from '../resources/platform';
import { roleArn } from '../targets/aws/kinds/roles';
import { repositoryName } from '../targets/aws/names';
import type { Here } from '../targets/aws-fargate/here';
import { clusterName } from '../targets/aws-fargate/kinds/clusters';
import { family, logGroupName } from '../targets/aws-fargate/naming';
import { awsOptions } from '../targets/aws-fargate/options';
import { secretsOf } from '../targets/aws-fargate/secrets';
import { awsImports } from './aws-imports';
import { type AwsContext, awsRules, groupLabel, roleLabel, secretRef } from './aws-rules';
import { type Block, type Hcl, ref, text } from './hcl';
import { asWritten, mapResources } from './mapping';
import type { Output, TerraformModule, Variable } from './module';
import type { Replacement } from './references';

/** What it was checked with; a newer minor version may deprecate an argument. */
const PROVIDER = '~> 5.100.0';

export async function fargateModule(
  here: Here,
  wanted: Wanted,
  resources: readonly Resource[],
  found: readonly Found[],
): Promise<TerraformModule> {
  const context = contextOf(here, wanted, resources);
  const { blocks, leftOut } = mapResources(asWritten(resources, found), awsRules(context));
  return {
    title: `${wanted.id} on AWS Fargate`,
    provider: { name: 'aws', version: PROVIDER, block: providerBlock(here, wanted) },
    variables: variablesOf(wanted, context),
    main: [
      { type: 'data', labels: ['aws_caller_identity', 'current'], attributes: {} },
      ...clusterData(here),
      ...blocks,
    ],
    outputs: outputsOf(here, wanted, context),
    imports: await awsImports(here, wanted, resources, found),
    imageSteps: imageSteps(here, context),
    leftOut: [...leftOut, ...addressOf(wanted)],
  };
}

function contextOf(here: Here, { id, revision, settings }: Wanted, resources: readonly Resource[]) {
  const { partition, region, account } = here.account;
  const { repositoryFolder } = awsOptions(settings.options);
  const arn = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const cluster = here.cluster === '' ? 'aws_ecs_cluster.app' : 'data.aws_ecs_cluster.app';
  const roles = resources.filter(({ kind }) => kind === 'role').map(({ name }) => name);
  const tasks = `replace(${cluster}.arn, ":cluster/", ":task/")`;
  const known: Replacement[] = [
    ...roles.map(
      (name): Replacement => [roleArn(here, name), ref(`aws_iam_role.${roleLabel(name)}.arn`)],
    ),
    [
      arn('ecr', `repository/${repositoryName(id, repositoryFolder)}`),
      ref('aws_ecr_repository.app.arn'),
    ],
    [arn('logs', `log-group:${logGroupName(id)}`), ref('aws_cloudwatch_log_group.app.arn')],
    [
      arn('ecs', `task-definition/${family(id)}`),
      ref('aws_ecs_task_definition.app.arn_without_revision'),
    ],
    [arn('ecs', `task/${clusterName(here, id)}`), ref(tasks)],
    ...Object.entries(secretsOf(settings.secrets)).flatMap(secretReplacements),
    [account, ref('data.aws_caller_identity.current.account_id')],
  ];
  return {
    account: here.account,
    revision: revision.number,
    image: revision.image ?? '',
    cluster,
    known,
  };
}

/** A policy names the secret without the key, stage or version behind it. */
function secretReplacements([name, arn]: readonly [string, string]): Replacement[] {
  const [by, whole] = [secretRef(name), arn.split(':').slice(0, 7).join(':')];
  return whole === arn
    ? [[arn, by]]
    : [
        [arn, by],
        [whole, ref(`join(":", slice(split(":", ${by.text}), 0, 7))`)],
      ];
}

function providerBlock({ account }: Here, { settings }: Wanted): Block {
  const { profile } = awsOptions(settings.options);
  return {
    comment: 'Signs in as the aws command does: its profile, variables or SSO.',
    type: 'provider',
    labels: ['aws'],
    attributes: {
      region: account.region,
      profile: profile === '' ? undefined : profile,
      allowed_account_ids: [account.account],
    },
  };
}

const clusterData = ({ cluster }: Here): Block[] =>
  cluster === ''
    ? []
    : [
        {
          type: 'data',
          labels: ['aws_ecs_cluster', 'app'],
          attributes: { cluster_name: cluster },
        },
      ];

function variablesOf({ settings }: Wanted, { image }: AwsContext): Variable[] {
  const secrets = secretsOf(settings.secrets);
  return [
    {
      name: 'image',
      description: 'Image in the registry, with its tag.',
      type: 'string',
      fallback: image,
    },
    ...(Object.keys(secrets).length > 0
      ? [
          {
            name: 'secrets',
            description:
              'By environment variable, the ARN in Secrets Manager or Parameter Store that holds it. No value stands here.',
            type: 'map(string)' as const,
            fallback: secrets,
          },
        ]
      : []),
  ];
}

const DEFINITION = ref('aws_ecs_task_definition.app.arn');

function outputsOf(here: Here, wanted: Wanted, { cluster }: AwsContext): Output[] {
  const { exposure, subnets } = awsOptions(wanted.settings.options);
  const log: Output = {
    name: 'log_group',
    description: 'Where its log is.',
    value: ref('aws_cloudwatch_log_group.app.name'),
  };
  if (wanted.mode === 'service') {
    const url: Hcl = text`http://${ref('aws_lb.app.dns_name')}`;
    return exposure === 'load balancer'
      ? [{ name: 'url', description: 'Where the service answers.', value: url }, log]
      : [log];
  }
  const group = ref(`aws_security_group.${groupLabel('')}.id`);
  const network = text`--network-configuration 'awsvpcConfiguration={subnets=[${subnets.join(',')}],securityGroups=[${group}],assignPublicIp=ENABLED}'`;
  const what = text`--cluster ${ref(`${cluster}.arn`)} --task-definition ${DEFINITION} --propagate-tags TASK_DEFINITION`;
  const command = text`aws ecs run-task --region ${here.account.region} --launch-type FARGATE ${what} ${network}`;
  return [{ name: 'run', description: 'Starts a run now.', value: command }, log];
}

function addressOf({ mode, settings }: Wanted): string[] {
  const { exposure } = awsOptions(settings.options);
  return mode === 'service' && exposure === 'public address'
    ? ['Its URL: a task’s public address changes with each task, and Terraform does not see it.']
    : [];
}

const imageSteps = ({ account: { region } }: Here, { image }: AwsContext) => [
  {
    what: 'Where the image is not in the registry yet: make the repository, then build and push, in the folder of the package',
    commands: [
      'terraform apply -target=aws_ecr_repository.app',
      `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${image.slice(0, image.indexOf('/'))}`,
      `docker build --platform linux/amd64 --tag ${image} .`,
      `docker push ${image}`,
    ],
  },
];
