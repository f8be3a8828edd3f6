/** A way to a function that takes signed requests only: a server on this computer that signs them. */
import { createServer } from 'node:http';
import { signerOf } from '../aws/signing';
import type { Reached } from '../target';
import type { Here } from './here';

const PASSED = ['content-type', 'accept'];

export async function reachSigned(here: Here, to: string): Promise<Reached> {
  const { credentials } = (await here.clients.lambda()).config;
  const { region } = here.account;
  const sign = await signerOf({ service: 'lambda', region, credentials });
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
