/** How an app comes to its image: by the registry's password, or as an identity that may pull. */
import type { Configuration, ManagedServiceIdentity } from '@azure/arm-appcontainers';
import type { RevisionRecord } from '../../../../shared/deploy';
import type { Azure } from './azure';
import type { SecretValue } from './containers';
import { ownEnvironment } from './environments';
import { pullPassword } from './registries';

export const PASSWORD = 'registry-password';

/** By the settings a revision was deployed with. */
export const environmentNameOf = ({ settings }: RevisionRecord): string =>
  String(settings?.options.environment ?? '') || ownEnvironment(settings?.name ?? '');

export interface PullParts {
  readonly registries: NonNullable<Configuration['registries']>;
  readonly identity: ManagedServiceIdentity | null;
  readonly secrets: readonly SecretValue[];
}

export async function pullParts(azure: Azure, record: RevisionRecord): Promise<PullParts> {
  const server = record.image?.split('/')[0] ?? '';
  const identity = String(record.settings?.options.identity ?? '');
  if (identity !== '')
    return {
      registries: [{ server, identity }],
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
      secrets: [],
    };
  const { username, value } = await pullPassword(azure, server.split('.')[0] ?? '');
  return {
    registries: [{ server, username, passwordSecretRef: PASSWORD }],
    identity: null,
    secrets: [{ name: PASSWORD, value }],
  };
}
