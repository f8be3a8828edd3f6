/** The image that a package's image is built on. */
import type Docker from 'dockerode';
import { isAbort } from '../../shared/base/studio-error';
import { DOCKER_HUB, type EngineMessage, parseImageReference } from '../../shared/build';
import type { ConnectedEngine } from '../engine';
import { type RegistryCredentials, registryCredentials } from '../engine/credentials';
import { followLines } from './stream-lines';

interface BaseRequest {
  readonly engine: ConnectedEngine;
  readonly baseImage: string;
  /** Empty text: the engine's own. */
  readonly platform: string;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

/**
 * Has the engine pull it where it is not there. A build without a session (decision 0010) could ask only registries
 * that want no token at all, and Docker Hub wants one of everybody.
 */
export async function bringBase({ engine, baseImage, platform, signal, onProgress }: BaseRequest) {
  const { docker, who } = engine;
  const [name = ''] = baseImage.split('@');
  const reference = parseImageReference(name);
  // What is no name is told by the build; what is called scratch is no image.
  if (
    !reference.ok ||
    name === 'scratch' ||
    (await isThere(docker, baseImage, platform || who.platform))
  )
    return;
  const { registry, tag } = reference.value;
  const credentials = await registryCredentials(registry, process.env);
  onProgress(`Pulling the base image ${baseImage}`);
  try {
    // Without a tag the engine would take it that all of them are meant.
    const stream = await docker.pull(baseImage === name && !tag ? `${name}:latest` : baseImage, {
      ...(credentials ? { authconfig: authFor(registry, credentials) } : {}),
      ...(platform ? { platform } : {}),
      abortSignal: signal,
    });
    await followLines<EngineMessage>(stream, signal, ({ error }) => {
      if (error) throw new Error(error);
    });
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown) || engine.explain(thrown)) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`pulling ${baseImage}: ${why}`);
  }
}

function authFor(registry: string, { identityToken, ...named }: RegistryCredentials) {
  return {
    ...named,
    ...(identityToken ? { identitytoken: identityToken } : {}),
    serveraddress: registry === DOCKER_HUB ? 'https://index.docker.io/v1/' : registry,
  };
}

/** For that platform: the same name may have been pulled for another one last. */
const isThere = (docker: Docker, name: string, platform: string): Promise<boolean> =>
  docker
    .getImage(name)
    .inspect()
    .then(
      ({ Os, Architecture }) => `${platform}/`.startsWith(`${Os}/${Architecture}/`),
      () => false,
    );
