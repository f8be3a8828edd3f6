/** Roles with just the rights they need, each written as one policy of the role itself. */
import type { DeploymentId } from '../../../../../shared/base/ids';
import { type Found, type Json, LABEL } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../failures';
import { deploymentOf, type Here, kindOf, labelsFor, orTaken, ours, specOf } from '../here';
import { fromTags, isOf, madeFor, roleName, upperTags } from '../names';

export const PATH = '/slipway/';
export const POLICY = 'slipway';

interface RoleSpec {
  readonly deployment: string;
  readonly trust: Json;
  readonly policy: Json;
}

export const roleArn = ({ account: { partition, account } }: Here, name: string): string =>
  `arn:${partition}:iam::${account}:role${PATH}${name}`;

export const trustIn = (service: string, { account: { account } }: Here): Json => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      // Nobody else's task or schedule may make the service act with it.
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    },
  ],
});

export const policyOf = (
  ...statements: readonly { readonly actions: readonly string[]; readonly on: readonly string[] }[]
): Json => ({
  Version: '2012-10-17',
  Statement: statements
    .filter(({ on }) => on.length > 0)
    .map(({ actions, on }) => ({ Effect: 'Allow', Action: actions, Resource: on })),
});

export function roles(here: Here): ResourceKind {
  const allow = async (name: string, policy: Json) =>
    (await here.clients.iam()).putRolePolicy({
      RoleName: name,
      PolicyName: POLICY,
      PolicyDocument: JSON.stringify(policy),
    });
  return kindOf(here, 'role', {
    list: async (id) => {
      const { region } = here.account;
      const names = here.naming.roles.map((what) => roleName(id, region, what));
      const found = await Promise.all(names.map((name) => readRole(here, name)));
      return found.flatMap((each) => (each ? ours(each, id) : []));
    },
    create: async (resource) => {
      const { trust, policy } = specOf<RoleSpec>(resource);
      const making = (await here.clients.iam()).createRole({
        RoleName: resource.name,
        Path: PATH,
        AssumeRolePolicyDocument: JSON.stringify(trust),
        Description: madeFor(deploymentOf(resource)),
        Tags: upperTags(labelsFor(resource)),
      });
      await orTaken(
        making,
        /AlreadyExists/,
        isOurs(here, resource.name, deploymentOf(resource)),
        resource,
      );
      await allow(resource.name, policy);
    },
    update: async (resource) => {
      const { trust, policy } = specOf<RoleSpec>(resource);
      const iam = await here.clients.iam();
      const PolicyDocument = JSON.stringify(trust);
      await iam.updateAssumeRolePolicy({ RoleName: resource.name, PolicyDocument });
      await allow(resource.name, policy);
    },
    remove: (name) => removeRole(here, name),
  });
}

const isOurs = (here: Here, name: string, id: DeploymentId) => async () =>
  isOf((await readRole(here, name))?.labels ?? {}, id);

async function readRole(here: Here, name: string): Promise<Found | null> {
  const iam = await here.clients.iam();
  const role = (await orNone(iam.getRole({ RoleName: name })))?.Role;
  if (!role) return null;
  const written = await orNone(iam.getRolePolicy({ RoleName: name, PolicyName: POLICY }));
  const labels = fromTags(role.Tags);
  return {
    kind: 'role',
    name,
    labels,
    spec: {
      deployment: labels[LABEL.deployment] ?? '',
      trust: document(role.AssumeRolePolicyDocument),
      policy: document(written?.PolicyDocument),
    },
  };
}

function document(text: string | undefined): Json {
  return text === undefined ? null : (JSON.parse(decodeURIComponent(text)) as Json);
}

async function removeRole(here: Here, name: string): Promise<void> {
  const iam = await here.clients.iam();
  const RoleName = name;
  const inline = await orNone(iam.listRolePolicies({ RoleName }));
  for (const PolicyName of inline?.PolicyNames ?? []) {
    await orNone(iam.deleteRolePolicy({ RoleName, PolicyName }));
  }
  const attached = await orNone(iam.listAttachedRolePolicies({ RoleName }));
  for (const { PolicyArn } of attached?.AttachedPolicies ?? []) {
    if (PolicyArn) await orNone(iam.detachRolePolicy({ RoleName, PolicyArn }));
  }
  await orNone(iam.deleteRole({ RoleName }));
}
