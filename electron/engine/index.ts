/** The one way to a Docker engine: here, by a context of the docker CLI, on another host by ssh or TLS. */
import { readFile } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import Docker, { type DockerOptions } from 'dockerode';
import { fail, type StudioError, StudioFailure } from '../../shared/base/studio-error';
import {
  type EngineChoice,
  type EngineWho,
  engineWhoSchema,
  formatEngineAddress,
  type TcpAddress,
} from '../../shared/engine';
import { engineWentAway, whyNoEngine } from './failure';
import { type EnginePlace, placesOf } from './places';
import { SshAgent } from './ssh-stream';

export { listContexts } from './docker-config';

export interface ConnectedEngine {
  readonly docker: Docker;
  readonly who: EngineWho;
  /** What went wrong in a later call, where the engine itself is the cause; else null. */
  readonly explain: (thrown: unknown) => StudioError | null;
  /** Ends connections that are kept for the next call. */
  readonly close: () => void;
}

interface Client {
  readonly docker: Docker;
  readonly close: () => void;
}

/** How long an engine may take to say what it is; ssh needs a handshake before. */
const ANSWER_MS = 20_000;
/** BuildKit came with Docker 18.09; Podman builds with its own builder; DOCKER_BUILDKIT=0 is the docker CLI's own switch. */
const BUILDKIT_API = 1.39;

/** Throws StudioFailure with one sentence where no engine answers. */
export async function connectEngine(
  choice: EngineChoice = { by: 'default' },
  env: NodeJS.ProcessEnv = process.env,
): Promise<ConnectedEngine> {
  const places = await placesOf(choice, env);
  let first: StudioError | null = null;
  for (const place of places) {
    const connected = await tryPlace(place, env);
    if ('docker' in connected) return connected;
    first ??= connected.error;
  }
  throw new StudioFailure(first ?? whyNoEngine(unknownPlace, null));
}

const unknownPlace: EnginePlace = {
  address: { kind: 'socket', path: '' },
  source: 'found on this computer',
  certificates: null,
  skipsVerify: false,
};

async function tryPlace(
  place: EnginePlace,
  env: NodeJS.ProcessEnv,
): Promise<ConnectedEngine | { readonly error: StudioError }> {
  const client = await clientFor(place, env);
  try {
    return { ...client, who: await askWho(client.docker, place, env), explain: explainer(place) };
  } catch (thrown) {
    client.close();
    return { error: whyNoEngine(place, thrown) };
  }
}

const BROKE_OFF = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
const CONNECTION_CODES = /^(E[A-Z]+|ERR_TLS.*|ERR_SSL.*|UNABLE_.*|SELF_.*|DEPTH_.*|CERT_.*)$/;

/** An engine that answered and then went away breaks the connection; what it refuses has a status code instead. */
function explainer(place: EnginePlace) {
  return (thrown: unknown): StudioError | null => {
    if (!(thrown instanceof Error)) return null;
    const code = 'code' in thrown ? String(thrown.code) : '';
    if (BROKE_OFF.has(code)) return engineWentAway(place, thrown);
    const isBroken = thrown.name === 'SshEnded' || CONNECTION_CODES.test(code);
    return isBroken ? whyNoEngine(place, thrown) : null;
  };
}

async function askWho(
  docker: Docker,
  place: EnginePlace,
  env: NodeJS.ProcessEnv,
): Promise<EngineWho> {
  const timeout = AbortSignal.timeout(ANSWER_MS);
  // One after the other: over ssh that is one connection instead of two.
  const version = await within(timeout, docker.version());
  const info = await within(timeout, docker.info());
  const isPodman = (version.Components ?? []).some(({ Name }) => /podman/i.test(Name));
  return engineWhoSchema.parse({
    name: String(info.Name ?? ''),
    kind: isPodman ? 'podman' : 'docker',
    version: version.Version,
    apiVersion: version.ApiVersion,
    platform: `${version.Os}/${version.Arch}`,
    address: formatEngineAddress(place.address),
    source: place.source,
    hasBuildKit: isBuildKit(version, isPodman) && env.DOCKER_BUILDKIT !== '0',
    isSwarmManager: info.Swarm?.ControlAvailable === true,
  });
}

const isBuildKit = (version: { Os: string; ApiVersion: string }, isPodman: boolean): boolean =>
  !isPodman && version.Os === 'linux' && Number(version.ApiVersion) >= BUILDKIT_API;

function within<T>(timeout: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    timeout.addEventListener('abort', () =>
      reject(new DOMException('No answer in time', 'AbortError')),
    );
    work.then(resolve, reject);
  });
}

async function clientFor(place: EnginePlace, env: NodeJS.ProcessEnv): Promise<Client> {
  const { address } = place;
  switch (address.kind) {
    case 'socket':
    case 'pipe':
      return { docker: newClient({ socketPath: address.path }), close: () => undefined };
    case 'ssh': {
      const agent = new SshAgent(address, env);
      const docker = newClient({ socketPath: OVER_AGENT, agent });
      return { docker, close: () => agent.destroy() };
    }
    case 'tcp':
      return tcpClient(address, place);
  }
}

/**
 * What docker-modem is told for a socket where an agent makes the connection: told a host, it takes it apart with
 * `url.parse`, and Node warns of that on every terminal.
 */
const OVER_AGENT = '/made/by/the/agent';

async function tcpClient(address: TcpAddress, place: EnginePlace): Promise<Client> {
  const { host, port } = address;
  if (!place.certificates) {
    return { docker: newClient({ protocol: 'http', host, port }), close: () => undefined };
  }
  const [ca, cert, key] = await Promise.all([
    readPem(place.certificates, 'ca.pem', place.skipsVerify),
    readPem(place.certificates, 'cert.pem', place.skipsVerify),
    readPem(place.certificates, 'key.pem', place.skipsVerify),
  ]);
  const agent = new HttpsAgent({
    keepAlive: true,
    rejectUnauthorized: !place.skipsVerify,
    ...{ ca, cert, key },
  });
  const docker = newClient({ protocol: 'https', host, port, agent });
  return { docker, close: () => agent.destroy() };
}

async function readPem(folder: string, name: string, isOptional: boolean) {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch {
    if (isOptional) return undefined;
    return fail('not-found', `The folder of certificates ${folder} has no ${name} to read.`, {
      place: { path: folder },
      nextSteps: [{ label: 'Open build settings', command: 'build.settings' }],
    });
  }
}

/**
 * docker-modem takes what an option leaves open from DOCKER_HOST and reads DOCKER_CERT_PATH at once: a host from there
 * would win over the socket that is meant here. So it finds neither while it is made.
 */
function newClient(options: DockerOptions & { agent?: Agent }): Docker {
  const { DOCKER_HOST, DOCKER_CERT_PATH } = process.env;
  delete process.env.DOCKER_HOST;
  delete process.env.DOCKER_CERT_PATH;
  try {
    return new Docker(options);
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
    if (DOCKER_CERT_PATH !== undefined) process.env.DOCKER_CERT_PATH = DOCKER_CERT_PATH;
  }
}
