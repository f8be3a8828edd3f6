/** An address that stays: a load balancer, the group of tasks behind it, and the listener that joins them. */
import type {
  ElasticLoadBalancingV2,
  LoadBalancer,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { fail } from '../../../../../shared/base/studio-error';
import { type Found, LABEL } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import {
  deploymentOf,
  given,
  kindOf,
  labelsFor,
  orTaken,
  ours,
  patiently,
  pause,
  specOf,
} from '../../aws/here';
import { fromTags, isOf, nameOf, upperTags } from '../../aws/names';
import type { Here } from '../here';
import { groupId, groupNames } from './network';

export const balancerName = (id: string): string => nameOf(id, '', 32);

const EXISTS = /^Duplicate|AlreadyExists/;

interface BalancerSpec {
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

export function loadBalancers(here: Here): ResourceKind {
  const list = async (id: string): Promise<Found[]> => {
    const balancer = await readBalancer(here, balancerName(id));
    if (!balancer) return [];
    const name = await groupNames(here, id);
    const labels = await tagsOf(here, balancer.LoadBalancerArn);
    const spec = {
      deployment: labels[LABEL.deployment] ?? '',
      subnets: (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []).sort(),
      securityGroup: (balancer.SecurityGroups ?? []).map(name).join(', '),
    };
    return [{ kind: 'load balancer', name: balancerName(id), labels, spec }];
  };
  return kindOf(here, 'load balancer', {
    list: async (id) => (await list(id)).flatMap((each) => ours(each, id)),
    create: async (resource) => {
      const { subnets, securityGroup } = specOf<BalancerSpec>(resource);
      const making = (await here.clients.elb()).createLoadBalancer({
        Name: resource.name,
        Type: 'application',
        Scheme: 'internet-facing',
        IpAddressType: 'ipv4',
        Subnets: [...subnets],
        SecurityGroups: [await groupId(here, securityGroup)],
        Tags: upperTags(labelsFor(resource)),
      });
      const id = deploymentOf(resource);
      await orTaken(
        making,
        EXISTS,
        async () => (await list(id)).some(({ labels }) => isOf(labels, id)),
        resource,
      );
    },
    update: async (resource) => {
      const { subnets, securityGroup } = specOf<BalancerSpec>(resource);
      const elb = await here.clients.elb();
      const LoadBalancerArn = await balancerArn(here, resource.name);
      await elb.setSubnets({ LoadBalancerArn, Subnets: [...subnets] });
      await elb.setSecurityGroups({
        LoadBalancerArn,
        SecurityGroups: [await groupId(here, securityGroup)],
      });
    },
    ready: async (resource, task) => {
      for (;;) {
        const state = (await readBalancer(here, resource.name))?.State;
        if (state?.Code === 'active') return;
        if (state?.Code === 'failed') {
          fail(
            'unexpected',
            `The load balancer ${resource.name} could not be set up: ${state.Reason ?? 'AWS says no more'}.`,
          );
        }
        task.progress(null, `Waiting for the load balancer ${resource.name}`);
        await pause(here, task);
      }
    },
    remove: async (name) => {
      const balancer = await readBalancer(here, name);
      if (!balancer) return;
      const { LoadBalancerArn } = balancer;
      await orNone((await here.clients.elb()).deleteLoadBalancer({ LoadBalancerArn }));
    },
  });
}

const readBalancer = (here: Here, name: string): Promise<LoadBalancer | null> =>
  here.clients.shared(`balancer ${name}`, () => askBalancer(here, name));

async function askBalancer(here: Here, name: string): Promise<LoadBalancer | null> {
  const elb = await here.clients.elb();
  const found = await orNone(elb.describeLoadBalancers({ Names: [name] }));
  return found?.LoadBalancers?.[0] ?? null;
}

async function balancerArn(here: Here, name: string): Promise<string> {
  return given((await readBalancer(here, name))?.LoadBalancerArn, `the load balancer ${name}`);
}

/** `http://…` of a deployment's load balancer; null where it has none. */
export async function balancerUrl(here: Here, id: string): Promise<string | null> {
  const host = (await readBalancer(here, balancerName(id)))?.DNSName;
  return host === undefined ? null : `http://${host}`;
}

async function tagsOf(here: Here, arn: string | undefined) {
  const elb = await here.clients.elb();
  const answer = await orNone(elb.describeTags({ ResourceArns: [arn ?? ''] }));
  return fromTags(answer?.TagDescriptions?.[0]?.Tags);
}

interface TargetGroupSpec {
  readonly port: number;
  readonly vpc: string;
  readonly health: string;
}

export const HEALTH = {
  HealthCheckProtocol: 'HTTP',
  HealthCheckIntervalSeconds: 15,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 3,
} as const;

export function targetGroups(here: Here): ResourceKind {
  const list = async (id: string): Promise<Found[]> => {
    const group = await readTargetGroup(here, balancerName(id));
    if (!group) return [];
    const labels = await tagsOf(here, group.TargetGroupArn);
    const spec = {
      deployment: labels[LABEL.deployment] ?? '',
      port: group.Port ?? null,
      vpc: group.VpcId ?? '',
      health: group.HealthCheckPath ?? '',
    };
    return [{ kind: 'target group', name: balancerName(id), labels, spec }];
  };
  return kindOf(here, 'target group', {
    list: async (id) => (await list(id)).flatMap((each) => ours(each, id)),
    create: async (resource) => {
      const { port, vpc, health } = specOf<TargetGroupSpec>(resource);
      const making = (await here.clients.elb()).createTargetGroup({
        Name: resource.name,
        Protocol: 'HTTP',
        Port: port,
        VpcId: vpc,
        TargetType: 'ip',
        HealthCheckPath: health,
        ...HEALTH,
        Tags: upperTags(labelsFor(resource)),
      });
      const id = deploymentOf(resource);
      await orTaken(
        making,
        EXISTS,
        async () => (await list(id)).some(({ labels }) => isOf(labels, id)),
        resource,
      );
    },
    update: async (resource, found) => {
      const [wanted, there] = [specOf<TargetGroupSpec>(resource), specOf<TargetGroupSpec>(found)];
      if (wanted.vpc !== there.vpc || wanted.port !== there.port) {
        fail(
          'precondition',
          'The port and the VPC behind a load balancer cannot be changed. Remove the deployment first, then deploy it anew.',
        );
      }
      const TargetGroupArn = await targetGroupArn(here, resource.name);
      const HealthCheckPath = wanted.health;
      await (await here.clients.elb()).modifyTargetGroup({
        TargetGroupArn,
        HealthCheckPath,
        ...HEALTH,
      });
    },
    remove: async (name, task) => {
      const TargetGroupArn = (await readTargetGroup(here, name))?.TargetGroupArn;
      const elb = await here.clients.elb();
      if (TargetGroupArn === undefined) return;
      await patiently(here, task, /ResourceInUse/, () =>
        orNone(elb.deleteTargetGroup({ TargetGroupArn })),
      );
    },
  });
}

const readTargetGroup = (here: Here, name: string): Promise<TargetGroup | null> =>
  here.clients.shared(`target group ${name}`, () => askTargetGroup(here, name));

async function askTargetGroup(here: Here, name: string): Promise<TargetGroup | null> {
  const elb = await here.clients.elb();
  const found = await orNone(elb.describeTargetGroups({ Names: [name] }));
  return found?.TargetGroups?.[0] ?? null;
}

export async function targetGroupArn(here: Here, name: string): Promise<string> {
  return given((await readTargetGroup(here, name))?.TargetGroupArn, `the target group ${name}`);
}

export const targetGroupIn = (arn: string): string => arn.split('/').at(-2) ?? arn;

export function listeners(here: Here): ResourceKind {
  const PORT = 80;
  const read = async (elb: ElasticLoadBalancingV2, balancer: string) => {
    const arn = (await readBalancer(here, balancer))?.LoadBalancerArn;
    if (arn === undefined) return null;
    const answer = await orNone(elb.describeListeners({ LoadBalancerArn: arn }));
    return answer?.Listeners?.find(({ Port }) => Port === PORT) ?? null;
  };
  const forward = async (name: string) => [
    { Type: 'forward' as const, TargetGroupArn: await targetGroupArn(here, name) },
  ];
  const balancerOf = (name: string) => name.replace(/:\d+$/, '');
  return kindOf(here, 'listener', {
    list: async (id) => {
      const found = await read(await here.clients.elb(), balancerName(id));
      if (!found) return [];
      const labels = await tagsOf(here, found.ListenerArn);
      const to = targetGroupIn(found.DefaultActions?.[0]?.TargetGroupArn ?? '');
      const spec = { deployment: labels[LABEL.deployment] ?? '', port: PORT, to };
      return ours({ kind: 'listener', name: `${balancerName(id)}:${PORT}`, labels, spec }, id);
    },
    create: async (resource) => {
      const name = balancerOf(resource.name);
      const elb = await here.clients.elb();
      if (await read(elb, name)) return;
      await elb.createListener({
        LoadBalancerArn: await balancerArn(here, name),
        Protocol: 'HTTP',
        Port: PORT,
        DefaultActions: await forward(name),
        Tags: upperTags(labelsFor(resource)),
      });
    },
    update: async ({ name }) => {
      const elb = await here.clients.elb();
      const ListenerArn = (await read(elb, balancerOf(name)))?.ListenerArn;
      await elb.modifyListener({ ListenerArn, DefaultActions: await forward(balancerOf(name)) });
    },
    remove: async (name) => {
      const elb = await here.clients.elb();
      const ListenerArn = (await read(elb, balancerOf(name)))?.ListenerArn;
      if (ListenerArn) await orNone(elb.deleteListener({ ListenerArn }));
    },
  });
}
