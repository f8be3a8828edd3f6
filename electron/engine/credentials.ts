/** Who we are to an image registry: docker's own settings and its credential helpers, which keep it in the system's keychain. */
import { z } from 'zod';
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';
import { readDockerConfig } from './docker-config';

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
  /** A token in place of both, as `docker login` gets it from some registries. */
  readonly identityToken?: string;
}

const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_NAMES = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
/** What a helper writes in place of a name, where the secret is a token. */
const TOKEN_USER = '<token>';
const HELPER_NAME = /^[\w.-]+$/;
const HELPER_MS = 20_000;

const helperAnswerSchema = z.object({ Username: z.string(), Secret: z.string() });
const authSchema = z.object({
  auth: z.string().optional(),
  identitytoken: z.string().optional(),
});

/** Null where docker has no sign-in for that registry: many take a push from anybody who can reach them. */
export async function registryCredentials(
  registry: string,
  env: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | null> {
  const config = await readDockerConfig(env);
  const isHub = HUB_NAMES.includes(registry);
  const key = isHub ? HUB_KEY : registry;
  const names = isHub ? [HUB_KEY, ...HUB_NAMES] : [registry];
  const own = names.map((name) => config.credHelpers?.[name]).find((one) => one !== undefined);
  const helper = own ?? config.credsStore;
  if (helper) {
    const kept = await askHelper(helper, key, env);
    if (kept) return kept;
  }
  const entry = Object.entries(config.auths ?? {}).find(
    ([name]) => name === key || hostOf(name) === registry,
  );
  return entry ? fromAuth(entry[1]) : null;
}

const hostOf = (name: string): string => name.replace(/^https?:\/\//, '').split('/')[0] ?? '';

function fromAuth(entry: Record<string, unknown>): RegistryCredentials | null {
  const read = authSchema.safeParse(entry);
  if (!read.success || !read.data.auth) return null;
  const text = Buffer.from(read.data.auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const { identitytoken } = read.data;
  return {
    username: text.slice(0, colon),
    // docker pads what it stores with zero bytes.
    password: text.slice(colon + 1).replace(/\0+$/, ''),
    ...(identitytoken ? { identityToken: identitytoken } : {}),
  };
}

async function askHelper(
  helper: string,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | null> {
  const program = `docker-credential-${helper}`;
  if (!HELPER_NAME.test(helper)) return noHelper(program, 'its name is no program’s name');
  const { code, stdout } = await runProcess(program, ['get'], {
    env,
    input: key,
    signal: AbortSignal.timeout(HELPER_MS),
  }).catch((thrown: unknown) => noHelper(program, String(thrown)));
  if (code !== 0) {
    if (/credentials not found/i.test(stdout)) return null;
    return noHelper(program, `exit code ${code}`);
  }
  const answer = helperAnswerSchema.safeParse(parseJson(stdout));
  if (!answer.success) return noHelper(program, 'its answer could not be read');
  const { Username, Secret } = answer.data;
  return Username === TOKEN_USER
    ? { username: '', password: '', identityToken: Secret }
    : { username: Username, password: Secret };
}

/** Its output may hold the secret: only why, never what it wrote. */
function noHelper(program: string, why: string): never {
  return fail(
    'environment',
    `Docker keeps its sign-ins with the program ${program}, and that did not answer. Install it, or sign in again without it.`,
    { nextSteps: [{ label: 'Sign in again', shell: 'docker login' }], detail: why },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
