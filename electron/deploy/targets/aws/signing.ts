/** Requests that are no operation of an SDK's client, signed by the library that the SDK signs with. */
import { createHash, createHmac } from 'node:crypto';
import type { STSClientConfig } from '@aws-sdk/client-sts';

type SourceData = string | ArrayBuffer | ArrayBufferView;

interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

interface Signer {
  readonly service: string;
  readonly region: string;
  readonly credentials: NonNullable<STSClientConfig['credentials']>;
}

/** Answers the headers to send. */
export async function signerOf(signer: Signer) {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signature = new SignatureV4({ ...signer, sha256: Sha256 });
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
