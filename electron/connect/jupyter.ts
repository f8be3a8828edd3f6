/** The one place that touches @jupyterlab/services: connections, requests, and their refusals in words. */
import { type Kernel, KernelAPI, KernelConnection, ServerConnection } from '@jupyterlab/services';
import { WebSocket } from 'ws';
import { fail, type StudioError, StudioFailure, studioError } from '../../shared/base/studio-error';

export interface ServerAddress {
  /** Ends in a slash; never holds the token. */
  readonly url: string;
  readonly token: string;
}

export type ServerSettings = ServerConnection.ISettings;
export type KernelModel = Kernel.IModel;

/** A cell may show an image or a table far above the 100 MiB at which `ws` closes a socket. */
const LARGEST_MESSAGE = 2 ** 30;
const HANDSHAKE_MS = 20_000;

quietLibrary();

export function settingsFor(address: ServerAddress): ServerSettings {
  const authorization = address.token ? { Authorization: `token ${address.token}` } : {};
  /** The token travels as a header: an address with a token in it ends up in logs. */
  class KernelSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols ?? [], {
        headers: authorization,
        maxPayload: LARGEST_MESSAGE,
        handshakeTimeout: HANDSHAKE_MS,
      });
    }
  }
  return ServerConnection.makeSettings({
    baseUrl: address.url,
    token: address.token,
    appendToken: false,
    // `ws` keeps to the browser's interface, but its types do not say so.
    WebSocket: KernelSocket as unknown as typeof globalThis.WebSocket,
  });
}

/** Kernel info that was cancelled by a restart is no crash: the library leaves that rejection to nobody. */
export class QuietKernelConnection extends KernelConnection {
  override requestKernelInfo(): ReturnType<KernelConnection['requestKernelInfo']> {
    return super.requestKernelInfo().catch(() => undefined);
  }
}

/** GET of a Jupyter address as JSON, with refusals as StudioFailure. */
export async function getJson(settings: ServerSettings, path: string): Promise<unknown> {
  return refusals(settings, async () => {
    const request = ServerConnection.makeRequest(`${settings.baseUrl}${path}`, {}, settings);
    const response = await request;
    if (!response.ok) throw await ServerConnection.ResponseError.create(response);
    return await response.json();
  });
}

export function startKernel(settings: ServerSettings, name: string, folder: string | null) {
  const options = folder === null ? { name } : { name, path: folder };
  return refusals(settings, () => KernelAPI.startNew(options, settings));
}

export function shutdownKernel(settings: ServerSettings, id: string): Promise<void> {
  return refusals(settings, () => KernelAPI.shutdownKernel(id, settings));
}

/** What the server says of a kernel, or null where it has none of that id. */
export async function findKernel(
  settings: ServerSettings,
  id: string,
): Promise<KernelModel | null> {
  const model = await refusals(settings, () => KernelAPI.getKernelModel(id, settings));
  return model && model.execution_state !== 'dead' ? model : null;
}

/** Runs a request; what a person can mend is thrown as a StudioFailure. */
export async function refusals<T>(settings: ServerSettings, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (thrown) {
    throw new StudioFailure(refusal(thrown, settings.baseUrl));
  }
}

const CHOOSE = { label: 'Choose a kernel', command: 'connect.choose' };
const RECONNECT = { label: 'Connect again', command: 'connect.reconnect' };
const ADDRESS = { label: 'Enter address and token', command: 'connect.server' };

export function refusal(thrown: unknown, url: string): StudioError {
  if (thrown instanceof StudioFailure) return thrown.error;
  if (thrown instanceof ServerConnection.ResponseError) return statusRefusal(thrown, url);
  if (thrown instanceof SyntaxError || thrown instanceof ReferenceError) return notJupyter(url);
  return serverGone(url, causeOf(thrown));
}

function statusRefusal(thrown: ServerConnection.ResponseError, url: string): StudioError {
  const { status } = thrown.response;
  if (status === 401 || status === 403) {
    return studioError('unauthorized', `The server at ${url} does not accept this token.`, {
      nextSteps: [ADDRESS],
    });
  }
  if (status === 404) {
    return studioError('not-found', `The server at ${url} has no such kernel.`, {
      nextSteps: [CHOOSE],
    });
  }
  return studioError('environment', `The server at ${url} could not do that: ${thrown.message}`, {
    nextSteps: [CHOOSE],
    detail: thrown.traceback || undefined,
  });
}

function notJupyter(url: string): StudioError {
  return studioError(
    'server-unreachable',
    `At ${url} something answers, but not as a Jupyter server does. Check the address and the token.`,
    { nextSteps: [ADDRESS] },
  );
}

export function serverGone(url: string, detail?: string): StudioError {
  return studioError(
    'server-unreachable',
    `The Jupyter server at ${url} cannot be reached. It may have ended, or the network is down.`,
    { nextSteps: [RECONNECT, ADDRESS], detail },
  );
}

function causeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error
    ? `${thrown.message}: ${thrown.cause.message}`
    : thrown.message;
}

/** The address as people paste it: `http://host:8888/lab/tree/x.ipynb?token=…`. */
export function parseAddress(url: string, token: string): ServerAddress {
  const text = /^https?:\/\//i.test(url.trim()) ? url.trim() : `http://${url.trim()}`;
  if (!URL.canParse(text)) {
    fail('invalid-input', `“${url}” is no address. It looks like http://localhost:8888/.`, {
      nextSteps: [ADDRESS],
    });
  }
  const address = new URL(text);
  const path = address.pathname.replace(/\/(lab|tree|notebooks|edit|console|api)(\/.*)?$/, '/');
  return {
    url: `${address.origin}${path.endsWith('/') ? path : `${path}/`}`,
    token: token.trim() || (address.searchParams.get('token') ?? ''),
  };
}

/** The library tells every socket and status on the console; the CLI's stdout is for answers. */
function quietLibrary(): void {
  const chatter =
    /^(Starting WebSocket: |Kernel: |Connection lost, reconnecting|Canceled future for )/;
  for (const level of ['debug', 'warn', 'log'] as const) {
    const original = console[level].bind(console);
    console[level] = (...parts: unknown[]) => {
      if (!chatter.test(String(parts[0]))) original(...parts);
    };
  }
}
