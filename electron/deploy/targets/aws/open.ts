/** An account and region as each target in AWS begins with it. */
import { DeploymentId } from '../../../../shared/base/ids';
import type { Platform } from '../../resources/platform';
import type { ImageMaker } from '../target';
import { type AwsEndpoint, openClients, registryOf, whoAmI } from './clients';
import type { Here } from './here';

export interface AwsNeeds {
  readonly images: ImageMaker;
  /** Another address than AWS's, for tests. */
  readonly endpoint?: AwsEndpoint;
}

const POLL_MS = 5000;

/** Signed in, and known by name; closed again where that fails or `platformAt` throws. */
export async function openAccount(
  { images, endpoint }: AwsNeeds,
  wanted: { readonly profile: string; readonly region: string },
  platformAt: (account: Omit<Here, 'naming' | 'ids'>) => Platform,
): Promise<Platform> {
  const { profile } = wanted;
  const { clients, region } = await openClients({
    ...{ profile, region: wanted.region },
    endpoint: endpoint ?? null,
  });
  try {
    const account = await whoAmI(clients, region);
    return platformAt({
      ...{ clients, account, images },
      registry: endpoint?.registry ?? registryOf(account),
      pollMs: endpoint?.pollMs ?? POLL_MS,
    });
  } catch (thrown) {
    clients.close();
    throw thrown;
  }
}

/** Each once; what cannot be a deployment's name is somebody else's. */
export const deploymentIds = (names: readonly string[]): DeploymentId[] =>
  [...new Set(names.filter((name) => /^[a-z0-9][a-z0-9-]*$/.test(name)))].sort().map(DeploymentId);
