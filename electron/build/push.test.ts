/** Pushes to real registries from a real engine: sign-ins, refusals, what breaks on the way, what is left behind. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import tar from 'tar-fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StudioFailure } from '../../shared/base/studio-error';
import type { PushProgress } from '../../shared/build';
import { type ConnectedEngine, connectEngine } from '../engine';
import { type OwnEngine, startOwnEngine, whyNoOwnEngine } from '../engine/testing/own-engine';
import {
  outerAddress,
  REGISTRY_PASSWORD,
  REGISTRY_READER,
  type Registry,
  startRegistry,
  whyNoRegistry,
} from '../engine/testing/registry';
import { removeKept } from './kept-images';
import { type PushRequest, pushImage } from './push';
import { followLines } from './stream-lines';

const why = whyNoOwnEngine() ?? whyNoRegistry();
const DIGEST = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);

let own: OwnEngine;
let engine: ConnectedEngine;
let folder: string;

async function tags(): Promise<string[]> {
  const images = await engine.docker.listImages();
  return images.flatMap(({ RepoTags }) => RepoTags ?? []).sort();
}

/** An image of nothing but bytes that do not compress, in layers of these sizes. */
async function makeImage(tag: string, ...megabytes: number[]): Promise<void> {
  const context = join(folder, 'context');
  mkdirSync(context, { recursive: true });
  const lines = megabytes.map((size, at) => {
    writeFileSync(join(context, `data${at}`), randomBytes(size * 1024 * 1024));
    return `COPY data${at} /`;
  });
  writeFileSync(join(context, 'Dockerfile'), ['FROM scratch', ...lines].join('\n'));
  const stream = await engine.docker.buildImage(tar.pack(context).pipe(new PassThrough()), {
    t: tag,
  });
  await followLines(stream, undefined, () => undefined);
}

async function refusal(request: Omit<PushRequest, 'engine' | 'image'>) {
  const before = await tags();
  try {
    await pushImage({ engine, image: 'pushed:1', ...request });
  } catch (thrown) {
    if (!(thrown instanceof StudioFailure)) throw thrown;
    expect(await tags(), 'tags on the engine afterwards').toEqual(before);
    return thrown.error;
  }
  throw new Error('It was not refused.');
}

describe.skipIf(why)(`pushing (${why ?? 'here'})`, () => {
  let registry: Registry | null = null;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-push-'));
    own = await startOwnEngine();
    engine = await connectEngine({ by: 'address', address: own.address, certificates: '' });
    await makeImage('pushed:1', 8);
  });
  afterAll(async () => {
    engine.close();
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await registry?.stop();
    registry = null;
  });

  const environment = (config: string) => ({ ...process.env, DOCKER_CONFIG: config });

  it.each(['basic', 'bearer'] as const)(
    'with %s: signed in by docker, wrong, not at all',
    async (auth) => {
      registry = await startRegistry({ auth });
      const target = `${registry.host}/team/trees:1`;
      const seen: PushProgress[] = [];
      const pushed = await pushImage({
        engine,
        image: 'pushed:1',
        target,
        env: environment(registry.dockerConfig),
        onProgress: (progress) => seen.push(progress),
      });
      const again: PushProgress[] = [];
      await pushImage({
        engine,
        image: 'pushed:1',
        target,
        env: environment(registry.dockerConfig),
        onProgress: (progress) => again.push(progress),
      });
      const none = await refusal({
        target: `${registry.host}/x:1`,
        env: environment(registry.signedOut),
      });
      const wrong = await refusal({
        target: `${registry.host}/x:1`,
        credentials: { username: 'slipway', password: 'no' },
      });
      expect(pushed).toEqual({
        target,
        reference: expect.stringMatching(new RegExp(`^${registry.host}/team/trees@sha256:`)),
        digest: DIGEST,
      });
      expect(seen.at(-1)?.layers).toMatchObject([{ state: 'pushed', total: expect.any(Number) }]);
      expect(
        seen
          .flatMap(({ layers }) => layers)
          .some(({ sent, total }) => sent > 0 && sent < (total ?? 0)),
      ).toBe(true);
      expect(again.at(-1)?.layers).toMatchObject([{ state: 'there' }]);
      expect([none, wrong]).toMatchObject([
        {
          kind: 'unauthorized',
          message: expect.stringContaining('docker has no sign-in for it'),
          nextSteps: [{ shell: `docker login ${registry.host}` }, {}],
        },
        {
          kind: 'unauthorized',
          message: expect.stringContaining('does not accept the name and password'),
        },
      ]);
    },
  );

  it('takes what a credential helper keeps, and never shows it', async () => {
    registry = await startRegistry({ auth: 'basic' });
    const bin = join(folder, 'bin');
    const config = join(folder, 'helper-config');
    for (const path of [bin, config]) mkdirSync(path, { recursive: true });
    const answer = JSON.stringify({
      ServerURL: registry.host,
      Username: 'slipway',
      Secret: REGISTRY_PASSWORD,
    });
    const helper = join(bin, 'docker-credential-kept');
    writeFileSync(
      helper,
      `#!/bin/sh\nread host\n[ "$host" = "${registry.host}" ] && echo '${answer}' && exit 0\necho 'credentials not found in native keychain'; exit 1\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(config, 'config.json'), JSON.stringify({ credsStore: 'kept' }));
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, DOCKER_CONFIG: config };
    const pushed = await pushImage({
      engine,
      image: 'pushed:1',
      target: `${registry.host}/a:1`,
      env,
    });
    writeFileSync(helper, `#!/bin/sh\necho '${answer}' >&2; echo '${answer}'; exit 3\n`);
    const broken = await refusal({ target: `${registry.host}/b:1`, env });
    expect(pushed.digest).toEqual(DIGEST);
    expect(broken).toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('docker-credential-kept'),
    });
    expect(JSON.stringify(broken)).not.toContain(REGISTRY_PASSWORD);
  });

  it('tells a missing right from a missing sign-in', async () => {
    registry = await startRegistry({ auth: 'bearer' });
    const credentials = { username: REGISTRY_READER, password: REGISTRY_PASSWORD };
    const error = await refusal({ target: `${registry.host}/team/x:1`, credentials });
    expect(error).toMatchObject({
      kind: 'permission',
      message: `The registry ${registry.host} does not let this user push to team/x: the right to write there is missing.`,
    });
    expect(JSON.stringify(error)).not.toContain(REGISTRY_PASSWORD);
  });

  it.skipIf(outerAddress() === '127.0.0.1')(
    'says that the CA is not trusted by the engine',
    async () => {
      registry = await startRegistry({ tls: true });
      expect(await refusal({ target: `${registry.host}/x:1` })).toMatchObject({
        kind: 'unauthorized',
        message: expect.stringContaining(
          `does not trust the certificate of the registry ${registry.host}`,
        ),
      });
    },
  );

  it('says that no registry is there, and that a name is none', async () => {
    expect([
      await refusal({ target: '127.0.0.1:1/x:1' }),
      await refusal({ target: 'Not A Name' }),
    ]).toMatchObject([
      {
        kind: 'server-unreachable',
        message: expect.stringContaining('cannot be reached by the engine'),
      },
      { kind: 'invalid-input' },
    ]);
  });

  describe('over a bad line', () => {
    let line: Server;
    let broken = 0;
    beforeEach(async () => {
      broken = 0;
      registry = await startRegistry();
      const [host, port] = registry.host.split(':');
      line = createServer((socket) => {
        broken += 1;
        if (broken <= 2) return void socket.destroy();
        const there = dial(Number(port), host);
        socket.pipe(there).pipe(socket);
        for (const end of [socket, there]) end.on('error', () => void socket.destroy());
      });
      await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => void line.close());

    it('tries again and arrives', async () => {
      const address = line.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const attempts = new Set<number>();
      const pushed = await pushImage({
        engine,
        image: 'pushed:1',
        target: `127.0.0.1:${port}/x:1`,
        onProgress: ({ attempt }) => attempts.add(attempt),
      });
      expect(pushed.digest).toEqual(DIGEST);
      expect(broken).toBeGreaterThan(2);
      expect(attempts.size).toBeGreaterThan(1);
    });
  });

  it('stops when it is cancelled, leaves no tag, and goes on where it was', async () => {
    registry = await startRegistry();
    await makeImage('pushed:big', 1, 96);
    const target = `${registry.host}/big:1`;
    const before = await tags();
    const abort = new AbortController();
    const began = Date.now();
    await expect(
      pushImage({
        engine,
        image: 'pushed:big',
        target,
        signal: abort.signal,
        onProgress: ({ layers }) => layers.some(({ state }) => state === 'pushed') && abort.abort(),
      }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await tags()).toEqual(before);
    const uploads = () => registry?.log().match(/"PUT \S+\/blobs\/uploads\//g)?.length;
    const first = uploads();
    const seen: PushProgress[] = [];
    const onProgress = (progress: PushProgress) => void seen.push(progress);
    const pushed = await pushImage({ engine, image: 'pushed:big', target, onProgress });
    expect(pushed.digest).toEqual(DIGEST);
    // The layer that had arrived is there; the other one and the image's own settings are sent.
    expect(seen.at(-1)).toMatchObject({ layers: [{ state: 'pushed' }, { state: 'there' }] });
    expect([first, uploads()]).toEqual([1, 3]);
  });

  it('says that the engine died in mid-push, and nothing of it is left once that is back', async () => {
    registry = await startRegistry();
    const other = await startOwnEngine();
    const there = await connectEngine({ by: 'address', address: other.address, certificates: '' });
    const mine = engine;
    try {
      engine = there;
      await makeImage('pushed:big', 48);
      const before = await tags();
      let isKilled = false;
      const push = pushImage({
        engine: there,
        image: 'pushed:big',
        target: `${registry.host}/dying:1`,
        onProgress: ({ layers }) => {
          if (isKilled || !layers.some(({ sent }) => sent > 0)) return;
          isKilled = true;
          void other.kill();
        },
      });
      await expect(push).rejects.toMatchObject({
        error: {
          kind: 'engine-missing',
          message: expect.stringContaining('went away in the middle'),
        },
      });
      await other.restart();
      expect(await tags()).toContain(`${registry.host}/dying:1`);
      expect(await removeKept(there.docker, [])).toEqual({ removed: 0, bytes: 0 });
      expect(await tags()).toEqual(before);
      expect(await there.docker.listContainers({ all: true })).toEqual([]);
    } finally {
      engine = mine;
      there.close();
      await other.stop();
    }
  });
});
