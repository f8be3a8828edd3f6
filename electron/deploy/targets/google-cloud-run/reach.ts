/** A way from this computer to a service that only signed-in people may call: each request gets their token. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reached } from '../target';

/** Of an hour; asked for again well before its end. */
const TOKEN_MS = 30 * 60_000;
/** Belong to the way, not to the request. */
const OWN_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding', 'authorization'];

export async function openSignedWay(
  address: string,
  token: () => Promise<string>,
): Promise<Reached> {
  let current = { text: await token(), until: Date.now() + TOKEN_MS };
  const fresh = async () => {
    if (Date.now() > current.until) current = { text: await token(), until: Date.now() + TOKEN_MS };
    return current.text;
  };
  const server = createServer((request, response) => {
    handOn(address, request, response, fresh).catch((thrown: unknown) => {
      response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(
        `${address} did not answer: ${thrown instanceof Error ? thrown.message : thrown}`,
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handOn(
  address: string,
  request: IncomingMessage,
  response: ServerResponse,
  token: () => Promise<string>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).filter(
    ([name, value]) => typeof value === 'string' && !OWN_HEADERS.includes(name),
  ) as [string, string][];
  const answer = await fetch(`${address}${request.url ?? ''}`, {
    method: request.method ?? 'GET',
    headers: { ...Object.fromEntries(headers), authorization: `Bearer ${await token()}` },
    ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    redirect: 'manual',
    signal: AbortSignal.timeout(300_000),
  });
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
