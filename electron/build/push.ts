/** Brings an image from the engine to a registry. For the Build stage and for every target that needs a registry. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { isAbort, StudioFailure } from '../../shared/base/studio-error';
import {
  applyPushMessage,
  digestIn,
  explainPush,
  formatImageReference,
  type ImageReference,
  isPassing,
  type PushedImage,
  type PushMessage,
  type PushProgress,
  parseImageReference,
  repositoryName,
} from '../../shared/build';
import type { ConnectedEngine } from '../engine';
import { type RegistryCredentials, registryCredentials } from '../engine/credentials';
import { markWork, pushingName, removeLeftovers } from './leftovers';
import { abortError, followLines } from './stream-lines';

export interface PushRequest {
  readonly engine: ConnectedEngine;
  /** The image on the engine: a tag or an id. */
  readonly image: string;
  /** `registry/repository:tag`. */
  readonly target: string;
  /** Where a cloud has handed out a token; else docker's own settings and helpers are asked. */
  readonly credentials?: RegistryCredentials;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PushProgress) => void;
}

const ATTEMPTS = 4;
const PAUSE_MS = 1_000;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/;

/** A layer that the registry has is not sent again, so that another attempt goes on where the last one broke off. */
export async function pushImage(request: PushRequest): Promise<PushedImage> {
  const parsed = parseImageReference(request.target);
  if (!parsed.ok) throw new StudioFailure(parsed.error);
  const to = { ...parsed.value, tag: parsed.value.tag || 'latest' };
  const credentials =
    request.credentials ?? (await registryCredentials(to.registry, request.env ?? process.env));
  await removeLeftovers(request.engine.docker);
  const named = await nameFor(request.engine.docker, request.image, to);
  try {
    const digest = await pushWithRetries(request, to, credentials);
    await named.keep();
    const reference = `${repositoryName(to)}@${digest}`;
    return { target: formatImageReference(to), reference, digest };
  } catch (thrown) {
    await named.undo();
    if (request.signal?.aborted) throw abortError();
    const broken = request.engine.explain(thrown);
    if (broken) throw new StudioFailure(broken);
    throw thrown;
  }
}

/**
 * The engine pushes by name only. The name stays once it is pushed, and goes otherwise: at once, or, where the engine
 * or this app ended meanwhile, before the next work there, by its mark. A name that was there before has none.
 */
async function nameFor(docker: Docker, image: string, to: ImageReference) {
  const name = formatImageReference(to);
  const { Id } = await docker.getImage(image).inspect();
  const before = await idOf(docker, name);
  const mark = markWork();
  const marked = pushingName(mark, name);
  if (before === null) await docker.getImage(Id).tag(marked);
  await docker.getImage(Id).tag({ repo: repositoryName(to), tag: to.tag });
  const unmark = async () => {
    if (before === null) await docker.getImage(`${marked.repo}:${marked.tag}`).remove();
  };
  const restore = async () => {
    if (before === Id) return;
    if (before === null) await docker.getImage(name).remove();
    else await docker.getImage(before).tag({ repo: repositoryName(to), tag: to.tag });
    await unmark();
  };
  const ending = (work: () => Promise<void>) => () =>
    work()
      .catch(() => undefined)
      .finally(mark.release);
  return { keep: ending(unmark), undo: ending(restore) };
}

const idOf = (docker: Docker, name: string): Promise<string | null> =>
  docker
    .getImage(name)
    .inspect()
    .then(
      ({ Id }) => Id,
      () => null,
    );

async function pushWithRetries(
  request: PushRequest,
  to: ImageReference,
  credentials: RegistryCredentials | null,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await pushOnce(request, to, credentials, attempt);
    } catch (thrown) {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      const isOver = request.signal?.aborted || isAbort(thrown) || request.engine.explain(thrown);
      if (isOver) throw thrown;
      if (attempt === ATTEMPTS || !isPassing(text)) {
        throw new StudioFailure(explainPush(to, text, credentials !== null));
      }
      await sleep(PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: request.signal });
    }
  }
}

async function pushOnce(
  { engine, signal, onProgress }: PushRequest,
  to: ImageReference,
  credentials: RegistryCredentials | null,
  attempt: number,
): Promise<string> {
  signal?.throwIfAborted();
  const stream = await engine.docker.getImage(repositoryName(to)).push({
    tag: to.tag,
    authconfig: authFor(to, credentials),
    // Docker takes a registry on its own computer as it is; Podman wants to be told.
    ...(LOOPBACK.test(to.registry) ? { tlsVerify: false } : {}),
    ...(signal ? { abortSignal: signal } : {}),
  });
  let progress: PushProgress = { target: formatImageReference(to), attempt, layers: [] };
  let digest = '';
  onProgress?.(progress);
  await followLines<PushMessage>(stream, signal, (message) => {
    // Errors come inside an answer that began with 200.
    if (message.error) throw new Error(message.error);
    digest = digestIn(message) ?? digest;
    progress = applyPushMessage(progress, message);
    onProgress?.(progress);
  });
  if (!digest) throw new Error('unexpected EOF: the engine ended the push without a digest');
  return digest;
}

/** Without a sign-in the engine still wants the header. */
function authFor({ registry }: ImageReference, credentials: RegistryCredentials | null) {
  const serveraddress = registry;
  if (!credentials) return { username: '', password: '', serveraddress };
  const { username, password, identityToken } = credentials;
  return identityToken
    ? { username, password: '', serveraddress, identitytoken: identityToken }
    : { username, password, serveraddress };
}
