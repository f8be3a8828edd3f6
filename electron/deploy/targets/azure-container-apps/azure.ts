/** One resource group of an Azure subscription, as somebody: the official clients and their sign-in. */
import type { ContainerAppsAPIClient } from '@azure/arm-appcontainers';
import type { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { fail } from '../../../../shared/base/studio-error';
import { ask } from './errors';
import { bodyOf, callHttps, type Detour, type HttpsCall } from './https';

/** A stand instead of Azure, and how fast it is asked. */
export interface AzureStand extends Detour {
  readonly pollMs: number;
  readonly retryMs: number;
  signIn(): TokenCredential | Promise<TokenCredential>;
}

export interface Azure {
  readonly subscription: string;
  readonly subscriptionName: string;
  readonly group: string;
  /** The resource group's. */
  readonly region: string;
  readonly account: string;
  readonly tenant: string;
  readonly apps: ContainerAppsAPIClient;
  readonly registries: ContainerRegistryManagementClient;
  readonly pollMs: number;
  /** For every long operation. */
  readonly polling: { readonly updateIntervalInMs: number };
  token(): Promise<string>;
  http(call: HttpsCall): Promise<unknown>;
  arm(path: string, apiVersion: string): Promise<unknown>;
}

const ARM = 'https://management.azure.com';
const SCOPE = `${ARM}/.default`;
const POLL_MS = 2_000;
const RESOURCES = '2021-04-01';

export async function connectAzure(
  subscription: string,
  group: string,
  stand: AzureStand | null,
): Promise<Azure> {
  if (subscription === '' || group === '')
    fail(
      'precondition',
      'No Azure subscription and resource group are chosen. Name both in the settings.',
      {
        nextSteps: [
          { label: 'Subscriptions', shell: 'az account list --output table' },
          { label: 'Resource groups', shell: 'az group list --output table' },
        ],
      },
    );
  const credential = await credentialFor(stand);
  const token = async () => (await credential.getToken(SCOPE))?.token ?? '';
  const who = claimsOf(await ask({ doing: 'signing in' }, token));
  const http = async (call: HttpsCall) => bodyOf(await callHttps(call, stand));
  const arm = async (path: string, apiVersion: string) =>
    http({ url: `${ARM}${path}?api-version=${apiVersion}`, token: await token() });
  const base = `/subscriptions/${subscription}`;
  const { displayName } = z
    .object({ displayName: z.string().default('') })
    .parse(
      await ask({ doing: `reading the subscription ${subscription}` }, () => arm(base, RESOURCES)),
    );
  const { location } = z
    .object({ location: z.string() })
    .parse(
      await ask({ doing: `reading the resource group ${group}` }, () =>
        arm(`${base}/resourcegroups/${group}`, RESOURCES),
      ),
    );
  const pollMs = stand?.pollMs ?? POLL_MS;
  return {
    subscription,
    subscriptionName: displayName || subscription,
    group,
    region: location,
    ...who,
    ...(await makeClients(credential, subscription, stand)),
    pollMs,
    polling: { updateIntervalInMs: pollMs },
    token,
    http,
    arm,
  };
}

async function credentialFor(stand: AzureStand | null): Promise<TokenCredential> {
  if (stand) return stand.signIn();
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

async function makeClients(
  credential: TokenCredential,
  subscription: string,
  stand: AzureStand | null,
) {
  const [{ ContainerAppsAPIClient }, { ContainerRegistryManagementClient }] = await Promise.all([
    import('@azure/arm-appcontainers'),
    import('@azure/arm-containerregistry'),
  ]);
  const options = {
    retryOptions: { maxRetries: 3, ...(stand ? { retryDelayInMs: stand.retryMs } : {}) },
    ...(stand ? { endpoint: `https://localhost:${stand.port}`, tlsOptions: { ca: stand.ca } } : {}),
  };
  return {
    apps: new ContainerAppsAPIClient(credential, subscription, options),
    registries: new ContainerRegistryManagementClient(credential, subscription, options),
  };
}

const claimsSchema = z.object({
  tid: z.string().default('unknown'),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  appid: z.string().optional(),
});

/** Azure has no call for it: the token tells whose it is. It is only read here, never trusted. */
function claimsOf(token: string): { account: string; tenant: string } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  let claims: unknown = {};
  try {
    claims = JSON.parse(payload);
  } catch {
    // Not every token is one that can be read.
  }
  const { tid, upn, unique_name, appid } = claimsSchema.catch({ tid: 'unknown' }).parse(claims);
  const account = upn ?? unique_name ?? (appid ? `the application ${appid}` : null);
  return { account: account ?? 'an account that does not tell its name', tenant: tid };
}

/** Where its parts are made. */
export const regionOf = (
  { region }: Pick<Azure, 'region'>,
  options: Readonly<Record<string, unknown>> | undefined,
): string => String(options?.region || region);
