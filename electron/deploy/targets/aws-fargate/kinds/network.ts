/** Who may talk to what: a security group for the tasks, and one for the load balancer before them. */
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { fail } from '../../../../../shared/base/studio-error';
import { type Found, LABEL, type Resource } from '../../../../../shared/deploy';
import type { TaskContext } from '../../../../task';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import {
  deploymentOf,
  given,
  kindOf,
  labelsFor,
  orTaken,
  pages,
  patiently,
  specOf,
} from '../../aws/here';
import { fromTags, madeFor, upperTags } from '../../aws/names';
import type { Here } from '../here';

export const ANYWHERE = '0.0.0.0/0';

interface Opening {
  readonly port: number;
  /** An address range, or the name of another of the deployment's groups. */
  readonly from: string;
}
interface GroupSpec {
  readonly deployment: string;
  readonly vpc: string;
  readonly opens: readonly Opening[];
}

export function securityGroups(here: Here): ResourceKind {
  return kindOf(here, 'security group', {
    list: async (id) => {
      const groups = await groupsOf(here, id);
      // The tasks' group names the load balancer's: made after it, removed before it.
      return groups
        .map((each) => foundOf(each, groups))
        .sort((a, b) => b.name.length - a.name.length);
    },
    create: async (resource) => {
      const { vpc } = specOf<GroupSpec>(resource);
      const ec2 = await here.clients.ec2();
      const making = ec2.createSecurityGroup({
        GroupName: resource.name,
        Description: madeFor(deploymentOf(resource)),
        VpcId: vpc,
        TagSpecifications: [
          { ResourceType: 'security-group', Tags: upperTags(labelsFor(resource)) },
        ],
      });
      const isOurs = async () =>
        (await groupsOf(here, deploymentOf(resource))).some(
          ({ GroupName }) => GroupName === resource.name,
        );
      await orTaken(making, /Duplicate/, isOurs, resource);
      await openPorts(here, resource);
    },
    update: async (resource, found) => {
      if (specOf<GroupSpec>(found).vpc !== specOf<GroupSpec>(resource).vpc) {
        fail(
          'precondition',
          'A deployment cannot move to another VPC. Remove it first, then deploy it there.',
        );
      }
      await openPorts(here, resource);
    },
    remove: (name, task) => removeGroup(here, name, task),
  });
}

const groupsOf = (here: Here, id: string): Promise<SecurityGroup[]> =>
  here.clients.shared(`groups of ${id}`, () => askGroupsOf(here, id));

async function askGroupsOf(here: Here, id: string): Promise<SecurityGroup[]> {
  const ec2 = await here.clients.ec2();
  const Filters = [{ Name: `tag:${LABEL.deployment}`, Values: [id] }];
  return pages(async (NextToken) => {
    const page = await ec2.describeSecurityGroups({ Filters, NextToken });
    return { items: page.SecurityGroups, next: page.NextToken };
  });
}

/** Of a name: with us a name stands once in an account's region. */
export async function groupId(here: Here, name: string): Promise<string> {
  const ec2 = await here.clients.ec2();
  const { SecurityGroups } = await ec2.describeSecurityGroups({
    Filters: [
      { Name: 'group-name', Values: [name] },
      { Name: 'tag-key', Values: [LABEL.deployment] },
    ],
  });
  return given(SecurityGroups?.[0]?.GroupId, `the security group ${name}`);
}

/** Names for the ids of a deployment's groups; an id that is none of them stays an id. */
export async function groupNames(here: Here, id: string): Promise<(groupId: string) => string> {
  const groups = await groupsOf(here, id);
  return (wanted) => groups.find(({ GroupId }) => GroupId === wanted)?.GroupName ?? wanted;
}

function foundOf(group: SecurityGroup, all: readonly SecurityGroup[]): Found {
  const labels = fromTags(group.Tags);
  const nameOf = (id: string | undefined) =>
    all.find(({ GroupId }) => GroupId === id)?.GroupName ?? id ?? '';
  const opens = (group.IpPermissions ?? []).flatMap((each) => [
    ...(each.IpRanges ?? []).map(({ CidrIp }) => ({
      port: each.FromPort ?? -1,
      from: CidrIp ?? '',
    })),
    ...(each.UserIdGroupPairs ?? []).map(({ GroupId }) => ({
      port: each.FromPort ?? -1,
      from: nameOf(GroupId),
    })),
  ]);
  return {
    kind: 'security group',
    name: group.GroupName ?? '',
    labels,
    spec: { deployment: labels[LABEL.deployment] ?? '', vpc: group.VpcId ?? '', opens },
  };
}

/** All that is open and should not be is closed, then what should be is opened. */
async function openPorts(here: Here, resource: Resource): Promise<void> {
  const { opens } = specOf<GroupSpec>(resource);
  const ec2 = await here.clients.ec2();
  const GroupId = await groupId(here, resource.name);
  const { SecurityGroups } = await ec2.describeSecurityGroups({ GroupIds: [GroupId] });
  const there = SecurityGroups?.[0]?.IpPermissions ?? [];
  if (there.length > 0) await ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions: there });
  if (opens.length === 0) return;
  const IpPermissions = await Promise.all(opens.map((each) => permissionOf(here, each)));
  await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions });
}

async function permissionOf(here: Here, { port, from }: Opening): Promise<IpPermission> {
  const ports = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  return from.includes('/')
    ? { ...ports, IpRanges: [{ CidrIp: from }] }
    : { ...ports, UserIdGroupPairs: [{ GroupId: await groupId(here, from) }] };
}

/** The network card of a task that ended a moment ago still holds it for a while. */
async function removeGroup(here: Here, name: string, task: TaskContext): Promise<void> {
  const ec2 = await here.clients.ec2();
  const GroupId = await groupId(here, name).catch(() => null);
  if (GroupId === null) return;
  await patiently(here, task, /DependencyViolation|InUse/, () =>
    orNone(ec2.deleteSecurityGroup({ GroupId })),
  );
}

export interface Network {
  readonly vpc: string;
  readonly subnets: readonly string[];
}

/** The VPC and subnets that were chosen, else the default VPC and those of its subnets that give public addresses. */
export async function findNetwork(
  here: Here,
  vpc: string,
  subnets: readonly string[],
): Promise<Network> {
  const { region } = here.account;
  const ec2 = await here.clients.ec2();
  const { Vpcs } = await ec2.describeVpcs(
    vpc === ''
      ? { Filters: [{ Name: 'is-default', Values: ['true'] }] }
      : { Filters: [{ Name: 'vpc-id', Values: [vpc] }] },
  );
  const VpcId = Vpcs?.[0]?.VpcId;
  if (VpcId === undefined) {
    return vpc === ''
      ? fail(
          'precondition',
          `The account has no default VPC in ${region}. Name a VPC in the settings, or make the default one.`,
          {
            nextSteps: [
              { label: 'Make it', shell: `aws ec2 create-default-vpc --region ${region}` },
            ],
          },
        )
      : fail('not-found', `There is no VPC ${vpc} in ${region}. Check its id and the region.`);
  }
  const { Subnets } = await ec2.describeSubnets({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] });
  const all = Subnets ?? [];
  const strange = subnets.find((each) => !all.some(({ SubnetId }) => SubnetId === each));
  if (strange)
    return fail('not-found', `The VPC ${VpcId} has no subnet ${strange}. Check the settings.`);
  const open = all.filter(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch === true);
  const chosen =
    subnets.length > 0 ? [...subnets] : open.flatMap(({ SubnetId }) => SubnetId ?? []).sort();
  if (chosen.length === 0) {
    fail(
      'precondition',
      `The VPC ${VpcId} has no subnet that gives public addresses. Name subnets in the settings.`,
    );
  }
  return { vpc: VpcId, subnets: chosen };
}
