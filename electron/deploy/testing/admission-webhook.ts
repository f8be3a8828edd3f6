/** A webhook that a cluster asks before it keeps an object, on loopback with a certificate of its own. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Json } from '../../../shared/deploy';
import { must, type Stand } from '../../engine/testing/stand';

export interface Webhook extends Stand {
  readonly url: string;
  /** As `clientConfig` takes it. */
  readonly caBundle: string;
}

/** `patchOf` answers with a JSON Patch for each object; `isDry`: nothing will be kept. */
export async function startWebhook(
  folder: string,
  patchOf: (isDry: boolean) => Json,
): Promise<Webhook> {
  const [key, cert] = ['webhook-key.pem', 'webhook.pem'].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  must('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '2', '-subj', '/CN=webhook', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', key, '-out', cert],
  ]);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { apiVersion, kind, request: asked } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const patch = Buffer.from(JSON.stringify(patchOf(asked.dryRun === true))).toString('base64');
    const answer = { uid: asked.uid, allowed: true, patchType: 'JSONPatch', patch };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ apiVersion, kind, response: answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    caBundle: readFileSync(cert).toString('base64'),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
