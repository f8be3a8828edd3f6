/** What each kind of thing at AWS is in Terraform. */
import { type Json, LABEL, type Resource } from '../../../shared/deploy';
import { labelsFor, specOf } from '../targets/aws/here';
import { REPOSITORY_TAG } from '../targets/aws/kinds/logs';
import { PATH, POLICY } from '../targets/aws/kinds/roles';
import { madeFor } from '../targets/aws/names';
import type { Here } from '../targets/aws-fargate/here';
import { HEALTH } from '../targets/aws-fargate/kinds/balancer';
import { descriptionOf, RETRIES } from '../targets/aws-fargate/kinds/schedules';
import { GRACE_SECONDS, ROLLOUT, type ServiceSpec } from '../targets/aws-fargate/kinds/services';
import {
  CONTAINER,
  containerOf,
  type DefinitionSpec,
  definitionTags,
} from '../targets/aws-fargate/kinds/task-definitions';
import { family } from '../targets/aws-fargate/naming';
import { type Block, type Expression, type Hcl, hclText, JsonText, ref } from './hcl';
import { known, type Part, type Rules } from './mapping';
import { type Replacement, withReferences } from './references';

export interface AwsContext {
  readonly account: Here['account'];
  /** Number of the one that is exported. */
  readonly revision: number;
  /** Its image, whose name is a variable. */
  readonly image: string;
  /** "aws_ecs_cluster.app" or the data of one that was there before. */
  readonly cluster: string;
  /** Names and ARNs that stand for a resource of the module; all others stay as they are. */
  readonly known: readonly Replacement[];
}

const block = (
  type: string,
  attributes: Block['attributes'],
  blocks: readonly Block[] = [],
  label = 'app',
): Block => ({ type: 'resource', labels: [type, label], attributes, blocks });
const inner = (type: string, attributes: Block['attributes'], blocks: readonly Block[] = []) => ({
  type,
  attributes,
  blocks,
});
const only = (...blocks: readonly Block[]): Part => ({ blocks });
const has = (all: readonly Resource[], kind: string) => all.some((each) => each.kind === kind);

export const groupLabel = (name: string): string =>
  name.endsWith('-balancer') ? 'balancer' : 'app';
const groupId = (name: string): Expression => ref(`aws_security_group.${groupLabel(name)}.id`);
export const roleLabel = (name: string): string => name.slice(name.lastIndexOf('-') + 1);
export const secretRef = (name: string): Expression => ref(`var.secrets[${hclText(name)}]`);

const EARLIER = 'it belongs to an earlier revision, and Terraform keeps the current one alone';

export function awsRules(context: AwsContext): Rules {
  const document = (value: Json) => new JsonText(withReferences(value, context.known));
  const arn = (plain: string): Hcl => withReferences(plain, context.known);
  return {
    'log group': (resource, all) => {
      const spec = specOf<{ retentionDays: number; repository: string }>(resource);
      const current = all.find(({ kind }) => kind === 'current revision');
      const tags = {
        ...labelsFor(resource),
        [REPOSITORY_TAG]: spec.repository,
        ...(current
          ? { [LABEL.revision]: String(specOf<{ revision: number }>(current).revision) }
          : {}),
      };
      return only(
        block('aws_cloudwatch_log_group', {
          name: resource.name,
          retention_in_days: spec.retentionDays,
          tags,
        }),
      );
    },
    'current revision': (resource) => {
      // A tag of the log group.
      known(resource.spec);
      return only();
    },
    'image repository': (resource) => {
      const spec = specOf<{ tags: string; scanned: boolean }>(resource);
      return only(
        block(
          'aws_ecr_repository',
          {
            name: resource.name,
            image_tag_mutability: spec.tags,
            force_delete: true,
            tags: labelsFor(resource),
          },
          [inner('image_scanning_configuration', { scan_on_push: spec.scanned })],
        ),
      );
    },
    image: ({ name }) => ({
      leftOut:
        name === context.image
          ? 'Terraform builds and pushes none; the commands are in the README'
          : EARLIER,
    }),
    role: (resource) => {
      const spec = specOf<{ trust: Json; policy: Json }>(resource);
      const label = roleLabel(resource.name);
      const labels = labelsFor(resource);
      return only(
        block(
          'aws_iam_role',
          {
            name: resource.name,
            path: PATH,
            description: madeFor(labels[LABEL.deployment] ?? ''),
            assume_role_policy: document(spec.trust),
            tags: labels,
          },
          [],
          label,
        ),
        block(
          'aws_iam_role_policy',
          {
            name: POLICY,
            role: ref(`aws_iam_role.${label}.name`),
            policy: document(spec.policy),
          },
          [],
          label,
        ),
      );
    },
    'security group': (resource) => {
      const spec = specOf<{ vpc: string; opens: readonly { port: number; from: string }[] }>(
        resource,
      );
      const labels = labelsFor(resource);
      const openings = spec.opens.map(({ port, from }) =>
        inner('ingress', {
          protocol: 'tcp',
          from_port: port,
          to_port: port,
          ...(from.includes('/') ? { cidr_blocks: [from] } : { security_groups: [groupId(from)] }),
        }),
      );
      return only(
        block(
          'aws_security_group',
          {
            name: resource.name,
            description: madeFor(labels[LABEL.deployment] ?? ''),
            vpc_id: spec.vpc,
            tags: labels,
          },
          [...openings, EVERYWHERE],
          groupLabel(resource.name),
        ),
      );
    },
    'load balancer': (resource) => {
      const spec = specOf<{ subnets: string[]; securityGroup: string }>(resource);
      return only(
        block('aws_lb', {
          name: resource.name,
          load_balancer_type: 'application',
          internal: false,
          ip_address_type: 'ipv4',
          subnets: [...spec.subnets],
          security_groups: [groupId(spec.securityGroup)],
          tags: labelsFor(resource),
        }),
      );
    },
    'target group': (resource) => {
      const spec = specOf<{ port: number; vpc: string; health: string }>(resource);
      const health = {
        path: spec.health,
        protocol: HEALTH.HealthCheckProtocol,
        interval: HEALTH.HealthCheckIntervalSeconds,
        timeout: HEALTH.HealthCheckTimeoutSeconds,
        healthy_threshold: HEALTH.HealthyThresholdCount,
        unhealthy_threshold: HEALTH.UnhealthyThresholdCount,
      };
      return only(
        block(
          'aws_lb_target_group',
          {
            name: resource.name,
            protocol: 'HTTP',
            port: spec.port,
            vpc_id: spec.vpc,
            target_type: 'ip',
            tags: labelsFor(resource),
          },
          [inner('health_check', health)],
        ),
      );
    },
    listener: (resource) => {
      const spec = specOf<{ port: number; to: string }>(resource);
      known(spec.to);
      const target_group_arn = ref('aws_lb_target_group.app.arn');
      return only(
        block(
          'aws_lb_listener',
          {
            load_balancer_arn: ref('aws_lb.app.arn'),
            protocol: 'HTTP',
            port: spec.port,
            tags: labelsFor(resource),
          },
          [inner('default_action', { type: 'forward', target_group_arn })],
        ),
      );
    },
    cluster: (resource) =>
      only(block('aws_ecs_cluster', { name: resource.name, tags: labelsFor(resource) })),
    'task definition': (resource) => {
      const spec = specOf<DefinitionSpec>(resource);
      return spec.record.number === context.revision
        ? only(definitionBlock(resource, spec, context))
        : { leftOut: EARLIER };
    },
    service: (resource, all) => only(serviceBlock(resource, all, context)),
    'schedule group': (resource) =>
      only(
        block('aws_scheduler_schedule_group', { name: resource.name, tags: labelsFor(resource) }),
      ),
    schedule: (resource) => {
      const spec = specOf<ScheduleSpec>(resource);
      known(spec.revision);
      return only(scheduleBlock(resource, spec, context, arn(spec.role)));
    },
  };
}

/** What AWS gives a group that says nothing of it; Terraform would take it away. */
const EVERYWHERE = inner('egress', {
  protocol: '-1',
  from_port: 0,
  to_port: 0,
  cidr_blocks: ['0.0.0.0/0'],
});

function definitionBlock(resource: Resource, spec: DefinitionSpec, context: AwsContext): Block {
  const container = JSON.parse(JSON.stringify(containerOf(context, spec))) as Record<string, Json>;
  const secrets = Object.keys(spec.secrets).map((name) => ({ name, valueFrom: secretRef(name) }));
  const containers = [
    {
      ...container,
      image: ref('var.image'),
      secrets,
      logConfiguration: withReferences(container.logConfiguration ?? null, [
        [spec.logGroup, ref('aws_cloudwatch_log_group.app.name')],
      ]),
    },
  ];
  return block(
    'aws_ecs_task_definition',
    {
      family: family(spec.deployment),
      requires_compatibilities: ['FARGATE'],
      network_mode: 'awsvpc',
      cpu: String(spec.vcpu * 1024),
      memory: String(spec.memoryGib * 1024),
      execution_role_arn: withReferences(spec.executionRole, context.known),
      task_role_arn: spec.taskRole ?? undefined,
      container_definitions: new JsonText(containers),
      tags: definitionTags(resource),
    },
    [
      inner('runtime_platform', {
        cpu_architecture: 'X86_64',
        operating_system_family: 'LINUX',
      }),
    ],
  );
}

const DEFINITION = ref('aws_ecs_task_definition.app.arn');

function serviceBlock(
  resource: Resource,
  all: readonly Resource[],
  { cluster }: AwsContext,
): Block {
  const spec = specOf<ServiceSpec>(resource);
  const port = spec.port;
  known(spec.revision);
  const isBalanced = spec.targetGroup !== null;
  const needs = [
    ...(isBalanced ? ['aws_lb_listener.app'] : []),
    ...(has(all, 'role') ? ['aws_iam_role_policy.execution'] : []),
  ].map(ref);
  return block(
    'aws_ecs_service',
    {
      name: resource.name,
      cluster: ref(`${cluster}.arn`),
      task_definition: DEFINITION,
      desired_count: spec.replicas,
      launch_type: 'FARGATE',
      platform_version: 'LATEST',
      scheduling_strategy: 'REPLICA',
      propagate_tags: 'SERVICE',
      enable_ecs_managed_tags: true,
      deployment_minimum_healthy_percent: ROLLOUT.minimumHealthyPercent,
      deployment_maximum_percent: ROLLOUT.maximumPercent,
      health_check_grace_period_seconds: isBalanced ? GRACE_SECONDS : undefined,
      wait_for_steady_state: true,
      tags: labelsFor(resource),
      depends_on: needs.length > 0 ? needs : undefined,
    },
    [
      inner('deployment_circuit_breaker', {
        enable: spec.circuitBreaker,
        rollback: spec.circuitBreaker,
      }),
      inner('network_configuration', network(spec)),
      ...(isBalanced
        ? [
            inner('load_balancer', {
              target_group_arn: ref('aws_lb_target_group.app.arn'),
              container_name: CONTAINER,
              container_port: port,
            }),
          ]
        : []),
    ],
  );
}

const network = (spec: {
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}) => ({
  subnets: [...spec.subnets],
  security_groups: [groupId(spec.securityGroup)],
  assign_public_ip: true,
});

interface ScheduleSpec {
  readonly deployment: string;
  readonly revision: number;
  readonly expression: string;
  readonly timeZone: string;
  readonly isOn: boolean;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  readonly role: string;
}

function scheduleBlock(
  resource: Resource,
  spec: ScheduleSpec,
  { cluster }: AwsContext,
  role: Hcl,
): Block {
  const retries = {
    maximum_retry_attempts: RETRIES.MaximumRetryAttempts,
    maximum_event_age_in_seconds: RETRIES.MaximumEventAgeInSeconds,
  };
  const task = {
    task_definition_arn: DEFINITION,
    task_count: 1,
    launch_type: 'FARGATE',
    propagate_tags: 'TASK_DEFINITION',
    enable_ecs_managed_tags: true,
  };
  return block(
    'aws_scheduler_schedule',
    {
      name: resource.name,
      group_name: ref('aws_scheduler_schedule_group.app.name'),
      description: descriptionOf(spec.deployment),
      schedule_expression: spec.expression,
      schedule_expression_timezone: spec.timeZone,
      state: spec.isOn ? 'ENABLED' : 'DISABLED',
    },
    [
      inner('flexible_time_window', { mode: 'OFF' }),
      inner('target', { arn: ref(`${cluster}.arn`), role_arn: role }, [
        inner('retry_policy', retries),
        inner('ecs_parameters', task, [inner('network_configuration', network(spec))]),
      ]),
    ],
  );
}
