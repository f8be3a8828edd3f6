/** One project and region of Google Cloud, as somebody: the official clients, and plain REST where there is none. */
import type { ArtifactRegistryClient } from '@google-cloud/artifact-registry';
import type {
  ExecutionsClient,
  JobsClient,
  RevisionsClient,
  ServicesClient,
} from '@google-cloud/run';
import type { CloudSchedulerClient } from '@google-cloud/scheduler';
import type { AuthClient } from 'google-auth-library';
import { z } from 'zod';
import { fail } from '../../../../shared/base/studio-error';
import { ask } from './errors';
import { authLibrary, clientLibraries } from './packages';

/** A stand instead of Google, and how fast it is asked. */
export interface GoogleStand {
  readonly port: number;
  readonly pollMs: number;
  signIn(): Promise<AuthClient>;
}

export interface Google {
  readonly project: string;
  readonly region: string;
  readonly account: string;
  /** What runs without an account of its own runs as this one. */
  readonly defaultServiceAccount: string;
  readonly parent: string;
  readonly services: ServicesClient;
  readonly revisions: RevisionsClient;
  readonly jobs: JobsClient;
  readonly executions: ExecutionsClient;
  readonly registry: ArtifactRegistryClient;
  readonly scheduler: CloudSchedulerClient;
  readonly pollMs: number;
  rest(api: Api, path: string, body?: unknown): Promise<unknown>;
  accessToken(): Promise<string>;
  identityToken(audience: string): Promise<string>;
  close(): Promise<void>;
}

type Api =
  | 'run'
  | 'artifactregistry'
  | 'logging'
  | 'cloudresourcemanager'
  | 'oauth2'
  | 'secretmanager';

/** For every call: without it a refused connection is tried again for ten minutes. */
export const CALL = { timeout: 20_000, maxRetries: 2 };
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const POLL_MS = 2_000;

const projectAnswer = z.object({ name: z.string(), state: z.string().optional() });

export async function connectGoogle(
  project: string,
  region: string,
  stand: GoogleStand | null,
): Promise<Google> {
  if (project === '')
    fail('precondition', 'No Google Cloud project is chosen. Name its id in the settings.', {
      nextSteps: [{ label: 'Which there are', shell: 'gcloud projects list' }],
    });
  const auth = await signIn(stand);
  const rest = restOf(auth, stand);
  const [{ name }, account] = [
    projectAnswer.parse(
      await ask({ project, doing: `reading the project ${project}` }, () =>
        rest('cloudresourcemanager', `/v3/projects/${project}`),
      ),
    ),
    await accountOf(auth, rest),
  ];
  const clients = await makeClients(auth, stand);
  return {
    project,
    region,
    account,
    defaultServiceAccount: `${name.replace('projects/', '')}-compute@developer.gserviceaccount.com`,
    parent: `projects/${project}/locations/${region}`,
    ...clients,
    pollMs: stand?.pollMs ?? POLL_MS,
    rest,
    accessToken: async () => (await auth.getAccessToken()).token ?? '',
    identityToken: (audience) => identityToken(auth, audience, stand),
    close: async () => {
      await Promise.allSettled(Object.values(clients).map((each) => each.close()));
    },
  };
}

/** First of all: a client that finds no credentials by itself leaves a rejection nobody handles. */
async function signIn(stand: GoogleStand | null): Promise<AuthClient> {
  const { GoogleAuth } = await authLibrary();
  return ask({ doing: 'signing in' }, async () => {
    const client = await (stand?.signIn() ?? new GoogleAuth({ scopes: SCOPE }).getClient());
    await client.getAccessToken();
    return client;
  });
}

async function makeClients(authClient: AuthClient, stand: GoogleStand | null) {
  const { run, registry, scheduler } = await clientLibraries();
  const options = {
    authClient,
    fallback: true,
    ...(stand ? { protocol: 'http', apiEndpoint: '127.0.0.1', port: stand.port } : {}),
  };
  return {
    services: new run.ServicesClient(options),
    revisions: new run.RevisionsClient(options),
    jobs: new run.JobsClient(options),
    executions: new run.ExecutionsClient(options),
    registry: new registry.ArtifactRegistryClient(options),
    scheduler: new scheduler.CloudSchedulerClient(options),
  };
}

function restOf(auth: AuthClient, stand: GoogleStand | null): Google['rest'] {
  return async (api, path, body) => {
    const base = stand ? `http://127.0.0.1:${stand.port}` : `https://${api}.googleapis.com`;
    const { data } = await auth.request<unknown>({
      url: `${base}${path}`,
      timeout: CALL.timeout,
      retry: false,
      ...(body === undefined ? {} : { method: 'POST', data: body }),
    });
    return data;
  };
}

/** Whose the sign-in is: a service account's file says it, of a person's token Google does. */
async function accountOf(auth: AuthClient, rest: Google['rest']): Promise<string> {
  if ('email' in auth && typeof auth.email === 'string') return auth.email;
  const told = await rest('oauth2', '/tokeninfo', new URLSearchParams()).catch(() => ({}));
  const { email } = z.object({ email: z.string().optional() }).catch({}).parse(told);
  return email ?? 'an account that does not tell its name';
}

async function identityToken(
  auth: AuthClient,
  audience: string,
  stand: GoogleStand | null,
): Promise<string> {
  const { GoogleAuth } = await authLibrary();
  return ask({ doing: 'asking for a token for the service' }, async () => {
    const maker = new GoogleAuth(stand ? { authClient: auth } : { scopes: SCOPE });
    const client = await maker.getIdTokenClient(audience);
    const headers = await client.getRequestHeaders();
    return (headers.get('authorization') ?? '').replace(/^Bearer /, '');
  });
}
