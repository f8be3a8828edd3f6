/** What the docker CLI on this computer was told: its contexts and its settings. Read, never written. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { EngineContext } from '../../shared/engine';
import { readJson } from '../base/files';

const configSchema = z.object({
  currentContext: z.string().optional(),
  auths: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});
export type DockerConfig = z.infer<typeof configSchema>;

const metaSchema = z.object({
  Name: z.string(),
  Metadata: z.object({ Description: z.string().optional() }).optional(),
  Endpoints: z
    .object({
      docker: z
        .object({ Host: z.string().optional(), SkipTLSVerify: z.boolean().optional() })
        .optional(),
    })
    .optional(),
});

export interface StoredContext {
  readonly name: string;
  readonly description: string;
  readonly host: string;
  readonly skipsVerify: boolean;
  /** Folder of its ca.pem, cert.pem and key.pem, or null where it has none. */
  readonly certificates: string | null;
}

/** The context that stands for “as without contexts”: DOCKER_HOST or the platform's socket. */
export const DEFAULT_CONTEXT = 'default';

export const dockerConfigFolder = (env: NodeJS.ProcessEnv): string =>
  env.DOCKER_CONFIG || join(env.HOME ?? env.USERPROFILE ?? homedir(), '.docker');

export async function readDockerConfig(env: NodeJS.ProcessEnv): Promise<DockerConfig> {
  const read = configSchema.safeParse(await readJson(join(dockerConfigFolder(env), 'config.json')));
  return read.success ? read.data : {};
}

export async function readContext(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<StoredContext | null> {
  const id = createHash('sha256').update(name).digest('hex');
  const folder = join(dockerConfigFolder(env), 'contexts');
  const meta = metaSchema.safeParse(await readJson(join(folder, 'meta', id, 'meta.json')));
  if (!meta.success) return null;
  const endpoint = meta.data.Endpoints?.docker;
  const certificates = join(folder, 'tls', id, 'docker');
  return {
    name: meta.data.Name,
    description: meta.data.Metadata?.Description ?? '',
    host: endpoint?.Host ?? '',
    skipsVerify: endpoint?.SkipTLSVerify ?? false,
    certificates: (await isFolder(certificates)) ? certificates : null,
  };
}

/** Every context of the docker CLI, the default one first, as `docker context ls` shows them. */
export async function listContexts(env: NodeJS.ProcessEnv): Promise<EngineContext[]> {
  const current = await currentContext(env);
  const folder = join(dockerConfigFolder(env), 'contexts', 'meta');
  const ids = await readdir(folder).catch(() => []);
  const metas = await Promise.all(ids.map((id) => readJson(join(folder, id, 'meta.json'))));
  const named = metas
    .map((meta) => metaSchema.safeParse(meta))
    .flatMap((read) => (read.success ? [read.data] : []))
    .map(({ Name, Metadata, Endpoints }) => ({
      name: Name,
      description: Metadata?.Description ?? '',
      address: Endpoints?.docker?.Host ?? '',
      isCurrent: Name === current,
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
  const plain = { name: DEFAULT_CONTEXT, description: '', address: env.DOCKER_HOST ?? '' };
  return [{ ...plain, isCurrent: current === DEFAULT_CONTEXT }, ...named];
}

/** In the order the docker CLI takes: DOCKER_HOST stands for no context, then DOCKER_CONTEXT, then its settings. */
export async function currentContext(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.DOCKER_HOST) return DEFAULT_CONTEXT;
  if (env.DOCKER_CONTEXT) return env.DOCKER_CONTEXT;
  return (await readDockerConfig(env)).currentContext || DEFAULT_CONTEXT;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
