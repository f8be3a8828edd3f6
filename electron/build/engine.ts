/** The Docker engine behind one small interface, one verb a function. */
import { PassThrough, Readable } from 'node:stream';
import Docker from 'dockerode';
import tar from 'tar-fs';
import { type StudioError, studioError } from '../../shared/base/studio-error';
import { Bytes } from '../../shared/base/units';
import type { Engine, EngineMessage } from '../../shared/build';

export interface BuildRequest {
  readonly folder: string;
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Extra files of the context that lie outside the folder, by their name in the context. */
  readonly extraFiles: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onMessage: (message: EngineMessage) => void;
  readonly onSent: (bytes: number) => void;
}

/** Host and port come from DOCKER_HOST and friends, else the platform's socket. */
export const connectEngine = (socketPath?: string): Docker =>
  new Docker(socketPath ? { socketPath } : undefined);

export async function describeEngine(docker: Docker): Promise<Engine> {
  try {
    const version = await docker.version();
    return { status: 'ready', version: version.Version, platform: `${version.Os}/${version.Arch}` };
  } catch (thrown) {
    return { status: 'missing', error: noEngine(thrown) };
  }
}

function noEngine(thrown: unknown): StudioError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const again = { label: 'Look again', command: 'build.checkEngine' };
  const detail = String(thrown);
  if (code === 'EACCES') {
    return studioError(
      'engine-missing',
      'A Docker engine is here, but this user may not talk to it.',
      {
        nextSteps: [{ label: 'Allow it', shell: 'sudo usermod -aG docker $USER' }, again],
        detail,
      },
    );
  }
  return studioError(
    'engine-missing',
    'No Docker engine answers on this computer. Everything but the image works without one.',
    { nextSteps: [startEngine(), again], detail },
  );
}

function startEngine() {
  if (process.platform === 'linux')
    return { label: 'Start it', shell: 'sudo systemctl start docker' };
  return { label: 'Start Docker Desktop or Podman, then look again' };
}

/** Streams the folder as the build's context and follows the build. Resolves when the engine has ended it. */
export async function buildImage(docker: Docker, request: BuildRequest): Promise<void> {
  const context = packContext(request);
  let sent = 0;
  context.on('data', (part: Buffer) => {
    sent += part.length;
    request.onSent(sent);
  });
  const stream = await docker.buildImage(context, {
    t: request.tag,
    labels: { ...request.labels },
    buildargs: { ...request.buildArguments },
    rm: true,
    forcerm: true,
    abortSignal: request.signal,
  });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null) => (error ? reject(error) : resolve()),
      request.onMessage,
    );
    request.signal.addEventListener('abort', () => {
      if (stream instanceof Readable) stream.destroy();
      reject(new DOMException('Cancelled', 'AbortError'));
    });
  });
}

function packContext({ folder, extraFiles }: BuildRequest): PassThrough {
  const names = Object.entries(extraFiles);
  const context = new PassThrough();
  const packed = tar.pack(folder, {
    ignore: (path) => /[\\/](\.git|\.venv|__pycache__|\.pytest_cache)([\\/]|$)/.test(path),
    // The same files give the same context, whoever made them and when: the engine's cache stays warm.
    map: (header) => ({ ...header, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' }),
    finalize: names.length === 0,
    finish: (pack) => {
      for (const [name, text] of names) pack.entry({ name, mtime: new Date(0) }, text);
      if (names.length > 0) pack.finalize();
    },
  });
  packed.on('error', (error: Error) => context.destroy(error));
  packed.pipe(context);
  return context;
}

export async function inspectImage(docker: Docker, tag: string) {
  const image = docker.getImage(tag);
  const [facts, history] = await Promise.all([image.inspect(), image.history()]);
  return {
    id: facts.Id,
    bytes: Bytes(facts.Size),
    history: history as readonly { CreatedBy: string; Size: number }[],
  };
}
