/** A container of an image, for as long as somebody looks into it. */
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { CHECK, CHECK_BY, markWork } from './leftovers';

export interface Ran {
  readonly code: number;
  readonly output: string;
}

const OUTPUT_KEPT = 200_000;
const LOOK_AGAIN_MS = 200;

export interface ContainerOptions {
  readonly image: string;
  /** Instead of what the image starts by itself. */
  readonly command?: readonly string[];
  /** Empty text, as without: the engine's own. */
  readonly platform?: string;
}

/** Starts it without a network, calls `body`, and removes it whatever comes. */
export async function withContainer<T>(
  docker: Docker,
  options: ContainerOptions,
  signal: AbortSignal,
  body: (container: Docker.Container) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const mark = markWork();
  try {
    return await inContainer(docker, options, signal, mark.text, body);
  } finally {
    mark.release();
  }
}

async function inContainer<T>(
  docker: Docker,
  options: ContainerOptions,
  signal: AbortSignal,
  mark: string,
  body: (container: Docker.Container) => Promise<T>,
): Promise<T> {
  const container = await docker.createContainer({
    Image: options.image,
    Labels: { [CHECK]: 'true', [CHECK_BY]: mark },
    HostConfig: { NetworkMode: 'none', Init: true },
    ...(options.command ? { Entrypoint: [], Cmd: [...options.command] } : {}),
    ...(options.platform ? { platform: options.platform } : {}),
  });
  const remove = () => container.remove({ force: true, v: true }).catch(() => undefined);
  const onAbort = () => void remove();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await container.start();
    return await body(container);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await remove();
  }
}

/** Waits for its end; its output and exit code. Null where it takes longer than it may. */
export async function ended(
  container: Docker.Container,
  signal: AbortSignal,
  milliseconds: number,
): Promise<Ran | null> {
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    signal.throwIfAborted();
    const { State } = await container.inspect();
    if (!State.Running) return { code: State.ExitCode, output: await logOf(container) };
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  return null;
}

export async function logOf(container: Docker.Container): Promise<string> {
  const raw = await container.logs({ stdout: true, stderr: true, tail: 400 });
  return unframe(Buffer.isBuffer(raw) ? raw : Buffer.from(String(raw)));
}

/** Without a terminal each part has a head of eight bytes: stream, three zeros, length. */
function unframe(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString('utf8').slice(-OUTPUT_KEPT);
}

/** Runs a program inside a running container. */
export async function exec(
  container: Docker.Container,
  command: readonly string[],
  signal: AbortSignal,
): Promise<Ran> {
  signal.throwIfAborted();
  const started = await container.exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await started.start({ hijack: true, stdin: false });
  const output = new PassThrough();
  const parts: Buffer[] = [];
  output.on('data', (part: Buffer) => parts.push(part));
  container.modem.demuxStream(stream, output, output);
  await new Promise<void>((resolve, reject) => {
    const stop = () => stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    stream.once('close', resolve).once('end', resolve).once('error', reject);
  });
  signal.throwIfAborted();
  const { ExitCode } = await started.inspect();
  return { code: ExitCode ?? -1, output: Buffer.concat(parts).toString('utf8').trim() };
}
