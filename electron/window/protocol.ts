/**
 * Two schemes of our own: `slipway://app` serves the window's bundle with a strict policy, and
 * `slipway-output://frame` serves the one page in which HTML and script outputs run, in another origin.
 */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'frame-src slipway-output:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Outputs may run the script they carry and nothing else: no network, no parent, no storage. */
const OUTPUT_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' data: blob:",
  "style-src 'unsafe-inline' data:",
  'img-src data: blob:',
  'font-src data:',
  'media-src data: blob:',
].join('; ');

/** Before `app` is ready. */
export function registerSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true };
  protocol.registerSchemesAsPrivileged([
    { scheme: 'slipway', privileges },
    { scheme: 'slipway-output', privileges },
  ]);
}

/** Once `app` is ready. `root` is the folder of the window's bundle. */
export function serveBundle(root: string): void {
  serve('slipway', root, APP_POLICY);
  serve('slipway-output', join(root, 'output-frame'), OUTPUT_POLICY);
}

function serve(scheme: string, root: string, policy: string): void {
  // `registerBufferProtocol` is the only form both the current Electron and the old stand-in have.
  protocol.registerBufferProtocol(scheme, (request, respond) => {
    void answerFile(root, request.url, policy).then(respond);
  });
}

async function answerFile(
  root: string,
  url: string,
  policy: string,
): Promise<Electron.ProtocolResponse> {
  const path = normalize(join(root, decodeURIComponent(new URL(url).pathname)));
  if (!path.startsWith(root + sep)) return notFound();
  try {
    return {
      statusCode: 200,
      headers: { 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' },
      mimeType: TYPES[extname(path)] ?? 'application/octet-stream',
      charset: 'utf-8',
      data: await readFile(path),
    };
  } catch {
    return notFound();
  }
}

const notFound = (): Electron.ProtocolResponse => ({
  statusCode: 404,
  mimeType: 'text/plain',
  data: Buffer.from('Not found'),
});
