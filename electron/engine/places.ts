/** From what a person chose to one address: as the docker CLI would find it, with Docker Desktop, Colima and Podman looked for. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StudioFailure } from '../../shared/base/studio-error';
import {
  type EngineAddress,
  type EngineChoice,
  parseEngineAddress,
  TLS_PORT,
} from '../../shared/engine';
import { currentContext, DEFAULT_CONTEXT, dockerConfigFolder, readContext } from './docker-config';
import { noSuchContext } from './failure';

export interface EnginePlace {
  readonly address: EngineAddress;
  readonly source: string;
  /** Folder of ca.pem, cert.pem and key.pem, or null where there is no TLS. */
  readonly certificates: string | null;
  readonly skipsVerify: boolean;
}

const PIPES = ['//./pipe/docker_engine', '//./pipe/podman-machine-default'];

/** One place for what is named; for “default” without any setting every place known to hold an engine, the likeliest first. */
export async function placesOf(
  choice: EngineChoice,
  env: NodeJS.ProcessEnv,
): Promise<readonly EnginePlace[]> {
  if (choice.by === 'address') return [named(choice.address, 'settings', choice.certificates)];
  const isDefault = choice.by === 'default';
  const name = isDefault ? await currentContext(env) : choice.name;
  if (name !== DEFAULT_CONTEXT) return [await ofContext(name, env)];
  if (env.DOCKER_HOST) return [ofEnvironment(env.DOCKER_HOST, env)];
  return platformPlaces(env);
}

function named(text: string, source: string, certificates: string): EnginePlace {
  const parsed = parseEngineAddress(text);
  if (!parsed.ok) throw new StudioFailure(parsed.error);
  return {
    address: parsed.value,
    source,
    certificates: certificates || null,
    skipsVerify: false,
  };
}

/** The docker CLI's own variables: TLS is on where DOCKER_TLS_VERIFY or DOCKER_TLS says so, or by the port's meaning. */
function ofEnvironment(host: string, env: NodeJS.ProcessEnv): EnginePlace {
  const place = named(host, 'DOCKER_HOST', '');
  const { address } = place;
  const asksForTls = Boolean(env.DOCKER_TLS_VERIFY || env.DOCKER_TLS);
  if (address.kind !== 'tcp' || !(asksForTls || address.port === TLS_PORT)) return place;
  return {
    ...place,
    certificates: env.DOCKER_CERT_PATH || dockerConfigFolder(env),
    skipsVerify: Boolean(env.DOCKER_TLS) && !env.DOCKER_TLS_VERIFY,
  };
}

async function ofContext(name: string, env: NodeJS.ProcessEnv): Promise<EnginePlace> {
  const context = await readContext(name, env);
  if (!context?.host) throw new StudioFailure(noSuchContext(name, context !== null));
  const place = named(context.host, `context ${name}`, context.certificates ?? '');
  return { ...place, skipsVerify: context.skipsVerify };
}

function platformPlaces(env: NodeJS.ProcessEnv): readonly EnginePlace[] {
  const isWindows = process.platform === 'win32';
  const paths = isWindows ? PIPES : socketPaths(env);
  const there = paths.filter((path) => existsSync(path));
  // Where none is there, the first says so.
  return (there.length > 0 ? there : paths.slice(0, 1)).map((path) => ({
    address: { kind: isWindows ? 'pipe' : 'socket', path },
    source: 'found on this computer',
    certificates: null,
    skipsVerify: false,
  }));
}

function socketPaths(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? homedir();
  const runtime = env.XDG_RUNTIME_DIR;
  const inHome = ['.docker/run', '.docker/desktop', '.colima/default', '.orbstack/run', '.rd'];
  const podman = '.local/share/containers/podman/machine';
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    ...inHome.map((folder) => join(home, folder, 'docker.sock')),
    ...(runtime ? [join(runtime, 'podman', 'podman.sock')] : []),
    '/run/podman/podman.sock',
    ...['', 'qemu', 'applehv'].map((kind) => join(home, podman, kind, 'podman.sock')),
  ];
}
