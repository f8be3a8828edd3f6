/** One build on an engine: BuildKit where it has it, the classic builder where not; cancelled for real. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { EngineMessage } from '../../shared/build';
import type { ConnectedEngine } from '../engine';
import { bringBase } from './base-image';
import { packContext } from './context';
import { abortError, followLines } from './stream-lines';

export interface BuildRequest {
  readonly engine: ConnectedEngine;
  readonly folder: string;
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly baseImage: string;
  /** Empty text: the engine's own. */
  readonly platform: string;
  /** Extra files of the context that lie outside the folder, by their name in the context. */
  readonly extraFiles: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onMessage: (message: EngineMessage) => void;
  readonly onSent: (bytes: number) => void;
  /** What goes on before the build itself. */
  readonly onProgress: (what: string) => void;
}

/** Streams the folder as the build's context and follows the build. Resolves when the engine has ended it. */
export async function buildImage(request: BuildRequest): Promise<void> {
  const { engine, signal } = request;
  const { docker, who } = engine;
  signal.throwIfAborted();
  await bringBase(request);
  const context = await packContext(request.folder, request.extraFiles);
  let sent = 0;
  context.on('data', (part: Buffer) => {
    sent += part.length;
    request.onSent(sent);
  });
  const buildid = randomUUID();
  // BuildKit goes on with what it began unless it is told by the id; the classic builder ends with the connection.
  const cancel = () => {
    context.destroy(abortError());
    if (who.hasBuildKit) void cancelBuild(docker, buildid);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const stream = await post(docker, context, {
      t: request.tag,
      labels: JSON.stringify(request.labels),
      buildargs: JSON.stringify(request.buildArguments),
      rm: true,
      forcerm: true,
      ...(who.hasBuildKit ? { version: '2', buildid } : {}),
      ...(request.platform ? { platform: request.platform } : {}),
    });
    await followLines(stream, signal, request.onMessage);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/**
 * The call itself, past dockerode's buildImage: for BuildKit that one opens a gRPC session, which a context sent as
 * the body does not need, and which answers every registry with the same password.
 */
function post(docker: Docker, file: Readable, options: object): Promise<Readable> {
  return new Promise((resolve, reject) => {
    file.once('error', reject);
    docker.modem.dial(
      {
        ...{ path: '/build?', method: 'POST', file, options, isStream: true },
        statusCodes: { 200: true, 400: 'bad parameter', 500: 'server error' },
      },
      (error, answer) => {
        if (answer instanceof Readable) resolve(answer);
        else reject(error ?? new Error('The engine answered nothing.'));
      },
    );
  });
}

function cancelBuild(docker: Docker, id: string): Promise<void> {
  return new Promise((resolve) => {
    docker.modem.dial(
      {
        ...{ path: `/build/cancel?id=${id}&`, method: 'POST', options: {} },
        statusCodes: { 200: true, 204: true, 500: 'server error' },
      },
      () => resolve(),
    );
  });
}
