/** A way to a function that takes signed requests only: a server on this computer that signs them. */
import { createServer } from 'node:http';
import type { Reached } from '../target';
import type { Here } from './here';

const PASSED = ['content-type', 'accept'];

export async function reachSigned({ lambda }: Here, to: string): Promise<Reached> {
  const server = createServer((request, response) => {
    const forward = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = Object.fromEntries(
        PASSED.flatMap((name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? [[name, value]] : [];
        }),
      );
      const url = new URL(`${to}${request.url ?? '/'}`);
      const answer = await lambda.send(
        url,
        request.method ?? 'GET',
        headers,
        Buffer.concat(chunks),
      );
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
