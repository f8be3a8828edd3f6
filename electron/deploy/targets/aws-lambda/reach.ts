/** A way to a function that takes signed requests only: a server on this computer that signs them. */
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { Reached } from '../target';
import type { Here } from './here';

type SourceData = string | ArrayBuffer | ArrayBufferView;

const PASSED = ['content-type', 'accept'];

export async function reachSigned(here: Here, to: string): Promise<Reached> {
  const sign = await signer(here);
  const server = createServer((request, response) => {
    const forward = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const passed = PASSED.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      const url = new URL(`${to}${request.url ?? '/'}`);
      const method = request.method ?? 'GET';
      const body = new Uint8Array(Buffer.concat(chunks));
      const headers = await sign({ method, url, headers: Object.fromEntries(passed), body });
      const sent = body.length > 0 ? { body } : {};
      const answer = await fetch(url, { method, headers, ...sent });
      const type = answer.headers.get('content-type') ?? 'text/plain';
      response.writeHead(answer.status, { 'content-type': type });
      response.end(Buffer.from(await answer.arrayBuffer()));
    };
    forward().catch((thrown: unknown) => response.writeHead(502).end(String(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  const port = typeof at === 'object' && at ? at.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** By the library that the SDK signs with, for an address that is no operation of the SDK's. */
async function signer({ clients, account }: Here) {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { credentials } = (await clients.lambda()).config;
  const { region } = account;
  const signature = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }: Unsigned): Promise<Record<string, string>> => {
    const query = Object.fromEntries(
      [...url.searchParams.keys()].map((key) => [key, url.searchParams.getAll(key)]),
    );
    const signed = await signature.sign({
      ...{ method, body, query, protocol: url.protocol, hostname: url.hostname },
      path: url.pathname,
      headers: { ...headers, host: url.host },
    });
    const { host, ...sent } = signed.headers;
    return sent;
  };
}

/** Node's own, as the library takes it. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytes(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
