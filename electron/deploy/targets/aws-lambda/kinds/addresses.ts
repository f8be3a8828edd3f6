/** The function's own address, of the alias: it stays as long as the alias does, whichever version that leads to. */
import type { AddPermissionRequest } from '@aws-sdk/client-lambda';
import { LABEL, type Resource } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { deploymentOf, kindOf, ours, specOf } from '../../aws/here';
import type { Here } from '../here';
import type { Address } from '../lambda-calls';
import { functionName, LIVE } from '../naming';
import { aliasName } from './aliases';
import { readFunction } from './functions';

export type AuthType = 'NONE' | 'AWS_IAM';
export interface AddressSpec {
  readonly deployment: string;
  readonly auth: AuthType;
  /** Names of the statements that let everyone in. */
  readonly permits: readonly string[];
}

type Permission = Omit<AddPermissionRequest, 'FunctionName' | 'Qualifier' | 'StatementId'>;

/** Since October 2025 a function's address needs both. */
const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'slipway-address': {
    Action: 'lambda:InvokeFunctionUrl',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  },
  'slipway-invocation': {
    Action: 'lambda:InvokeFunction',
    Principal: '*',
    InvokedViaFunctionUrl: true,
  },
};

export const permitsFor = (auth: AuthType): string[] =>
  auth === 'NONE' ? Object.keys(PERMISSIONS).sort() : [];

export function addresses(here: Here): ResourceKind {
  const put = async (resource: Resource) => {
    const id = deploymentOf(resource);
    const name = functionName(id);
    const { auth, permits } = specOf<AddressSpec>(resource);
    const isThere = (await here.lambda.address(name, LIVE)) !== null;
    await here.lambda.putAddress(isThere, {
      ...{ FunctionName: name, Qualifier: LIVE },
      ...{ AuthType: auth, InvokeMode: 'BUFFERED' },
    });
    const standing = await statementsOf(here, id);
    for (const each of standing.filter((sid) => !permits.includes(sid))) {
      await here.lambda.removePermission(name, LIVE, each);
    }
    for (const [StatementId, permission] of Object.entries(PERMISSIONS)) {
      if (!permits.includes(StatementId) || standing.includes(StatementId)) continue;
      const at = { FunctionName: name, Qualifier: LIVE, StatementId };
      await here.lambda.addPermission({ ...at, ...permission });
    }
  };
  return kindOf(here, 'function address', {
    list: async (id) => {
      const [made, address] = await Promise.all([readFunction(here, id), readAddress(here, id)]);
      if (!made || !address) return [];
      const labels = { [LABEL.deployment]: made.Tags?.[LABEL.deployment] ?? '' };
      const permits = await statementsOf(here, id);
      const spec = { deployment: id, auth: address.AuthType, permits };
      return ours({ kind: 'function address', name: aliasName(id), labels, spec }, id);
    },
    create: put,
    update: put,
    remove: async (name) => {
      const of = name.slice(0, name.lastIndexOf(':'));
      for (const each of Object.keys(PERMISSIONS)) {
        await here.lambda.removePermission(of, LIVE, each);
      }
      await here.lambda.deleteAddress(of, LIVE);
    },
  });
}

export const readAddress = (here: Here, id: string): Promise<Address | null> =>
  here.clients.shared(`address of ${id}`, () => here.lambda.address(functionName(id), LIVE));

/** Ours: what somebody else permits is theirs. */
async function statementsOf(here: Here, id: string): Promise<string[]> {
  const all = await here.lambda.statements(functionName(id), LIVE);
  return all
    .map(({ Sid }) => Sid)
    .filter((sid) => sid in PERMISSIONS)
    .sort();
}
