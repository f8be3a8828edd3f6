/** What stands in the account already, by the ids under which Terraform takes it over. */
import type { Found, Resource } from '../../../shared/deploy';
import { resourceId } from '../../../shared/deploy';
import type { Wanted } from '../resources/platform';
import { orNone } from '../targets/aws/failures';
import { POLICY } from '../targets/aws/kinds/roles';
import type { Here } from '../targets/aws-fargate/here';
import { clusterName } from '../targets/aws-fargate/kinds/clusters';
import { groupId } from '../targets/aws-fargate/kinds/network';
import { definitionArn } from '../targets/aws-fargate/kinds/task-definitions';
import { groupLabel, roleLabel } from './aws-rules';
import type { Import } from './module';

type Ids = (resource: Resource) => Promise<Import[]> | Import[];

export async function awsImports(
  here: Here,
  wanted: Wanted,
  resources: readonly Resource[],
  found: readonly Found[],
): Promise<Import[]> {
  const standing = new Set(found.map(resourceId));
  const ids = idsOf(here, wanted);
  const lists = await Promise.all(
    resources
      .filter((each) => standing.has(resourceId(each)))
      .map((each) => ids[each.kind]?.(each) ?? []),
  );
  return lists.flat();
}

/** A kind that is not here is no resource of the module. */
function idsOf(here: Here, { id, revision }: Wanted): Readonly<Record<string, Ids>> {
  const app = (type: string, value: string | undefined): Import[] =>
    value === undefined ? [] : [{ to: `${type}.app`, id: value }];
  return {
    'log group': ({ name }) => app('aws_cloudwatch_log_group', name),
    'image repository': ({ name }) => app('aws_ecr_repository', name),
    role: ({ name }) => [
      { to: `aws_iam_role.${roleLabel(name)}`, id: name },
      { to: `aws_iam_role_policy.${roleLabel(name)}`, id: `${name}:${POLICY}` },
    ],
    'security group': async ({ name }) => [
      { to: `aws_security_group.${groupLabel(name)}`, id: await groupId(here, name) },
    ],
    'load balancer': async ({ name }) => app('aws_lb', await balancerArn(here, name)),
    'target group': async ({ name }) => {
      const elb = await here.clients.elb();
      const groups = (await orNone(elb.describeTargetGroups({ Names: [name] })))?.TargetGroups;
      return app('aws_lb_target_group', groups?.[0]?.TargetGroupArn);
    },
    listener: async ({ name }) => {
      const LoadBalancerArn = await balancerArn(here, name.replace(/:\d+$/, ''));
      const port = Number(name.slice(name.lastIndexOf(':') + 1));
      const elb = await here.clients.elb();
      const listeners = (await orNone(elb.describeListeners({ LoadBalancerArn })))?.Listeners;
      return app('aws_lb_listener', listeners?.find(({ Port }) => Port === port)?.ListenerArn);
    },
    cluster: ({ name }) => app('aws_ecs_cluster', name),
    'task definition': async ({ name }) =>
      name.endsWith(`:r${revision.number}`)
        ? app('aws_ecs_task_definition', await definitionArn(here, id, revision.number))
        : [],
    service: ({ name }) => app('aws_ecs_service', `${clusterName(here, id)}/${name}`),
    'schedule group': ({ name }) => app('aws_scheduler_schedule_group', name),
    schedule: ({ name }) => app('aws_scheduler_schedule', `${name}/${name}`),
  };
}

async function balancerArn(here: Here, name: string): Promise<string | undefined> {
  const elb = await here.clients.elb();
  const found = await orNone(elb.describeLoadBalancers({ Names: [name] }));
  return found?.LoadBalancers?.[0]?.LoadBalancerArn;
}
