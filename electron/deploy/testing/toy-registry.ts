/** For tests of clusters: a real registry of this computer with the toys' images, made without an engine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import tar from 'tar-stream';
import { startRegistry } from '../../engine/testing/registry';
import type { DeployablePackage, ImageMaker } from '../targets/target';
import { toySource } from './toy-images';

const START_MS = 20_000;
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

export interface ToyRegistry {
  /** "127.0.0.1:5000/kit": what a target's registry setting is. */
  readonly address: string;
  readonly images: ImageMaker;
  close(): Promise<void>;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
  readonly open: () => Readable | Buffer;
}

/** The same behind a sign-in, and that of whoever may read it, as `docker login` keeps it. */
export async function startLockedToyRegistry(): Promise<ToyRegistry & { dockerConfig: string }> {
  const { host, username, password, dockerConfig, stop } = await startRegistry({ auth: 'basic' });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    address: `${host}/kit`,
    images: toyImagesAt({ port: Number(host.split(':')[1]), authorization }),
    dockerConfig: await readFile(join(dockerConfig, 'config.json'), 'utf8'),
    close: stop,
  };
}

interface Place {
  readonly port: number;
  /** Empty where nobody is asked who they are. */
  readonly authorization: string;
}

export async function startToyRegistry(): Promise<ToyRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  const port = await freePort();
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    log: { level: 'error' },
  };
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', path], { stdio: 'ignore' });
  const place = { port, authorization: '' };
  await untilItAnswers(child, place);
  return {
    address: `127.0.0.1:${port}/kit`,
    images: toyImagesAt(place),
    close: async () => {
      child.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toyImagesAt(place: Place): ImageMaker {
  return {
    nameOf: ({ name, hash }) => `${name}:${hash}`,
    platform: async () => 'linux/amd64',
    ensure: async () => undefined,
    push: async (made, reference) => {
      const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? [];
      const base = await baseLayer();
      const code = await codeLayer(made);
      const layers = [base, code];
      const config = jsonBlob(imageConfig(layers));
      for (const blob of [...layers, config]) await pushBlob(place, repository, blob);
      const manifest = jsonBlob({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: CONFIG, digest: config.digest, size: config.size },
        layers: layers.map(({ digest, size }) => ({ mediaType: LAYER, digest, size })),
      });
      await send(place, 'PUT', `/v2/${repository}/manifests/${tag}`, manifest.open(), MANIFEST);
      return manifest.digest;
    },
  };
}

const imageConfig = (layers: readonly Blob[]) => ({
  architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
  os: 'linux',
  config: {
    User: '65532:65532',
    WorkingDir: '/app',
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'PYTHONPATH=/app/src', 'PYTHONUNBUFFERED=1'],
    Cmd: ['python3', '-m', 'toy', 'serve', '--host', '0.0.0.0', '--port', '8000'],
  },
  rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
});

let knownBase: Promise<Blob> | null = null;

/** A file system with a Python, made by the tests' set-up. */
function baseLayer(): Promise<Blob> {
  knownBase ??= (async () => {
    const path = process.env.SLIPWAY_TEST_BASE_ARCHIVE ?? '';
    const made = createHash('sha256');
    for await (const chunk of createReadStream(path)) made.update(chunk as Buffer);
    const { size } = await stat(path);
    return { digest: `sha256:${made.digest('hex')}`, size, open: () => createReadStream(path) };
  })();
  return knownBase;
}

async function codeLayer(made: DeployablePackage): Promise<Blob> {
  const pack = tar.pack();
  const mtime = new Date(0);
  for (const name of ['app/', 'app/src/', 'app/src/toy/', 'app/run/']) {
    pack.entry({ name, type: 'directory', mode: 0o755, mtime, uid: 65532, gid: 65532 });
  }
  pack.entry({ name: 'app/src/toy/__main__.py', mtime }, toySource(made));
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return blobOf(Buffer.concat(chunks));
}

const jsonBlob = (value: object): Blob => blobOf(Buffer.from(JSON.stringify(value)));

function blobOf(data: Buffer): Blob {
  const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
  return { digest, size: data.length, open: () => data };
}

async function pushBlob(place: Place, repository: string, { digest, open }: Blob): Promise<void> {
  const there = await send(place, 'HEAD', `/v2/${repository}/blobs/${digest}`);
  if (there.status === 200) return;
  const { location } = await send(place, 'POST', `/v2/${repository}/blobs/uploads/`);
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  await send(place, 'PUT', url.pathname + url.search, open(), 'application/octet-stream');
}

function send(
  { port, authorization }: Place,
  method: string,
  path: string,
  body: Readable | Buffer | null = null,
  type = '',
): Promise<{ status: number; location: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(type === '' ? {} : { 'content-type': type }),
      ...(authorization === '' ? {} : { authorization }),
    };
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      if (status >= 400 && method !== 'HEAD') reject(new Error(`${method} ${path}: ${status}`));
      else resolve({ status, location: response.headers.location ?? '' });
    });
    sent.once('error', reject);
    if (body === null || Buffer.isBuffer(body)) sent.end(body ?? undefined);
    else body.pipe(sent);
  });
}

async function untilItAnswers(child: ChildProcess, place: Place): Promise<void> {
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; ) {
    if (failure) throw failure;
    const isUp = await send(place, 'GET', '/v2/').then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The registry for the tests did not start.');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
