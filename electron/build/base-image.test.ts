/** A base image that only a registry has: pulled as who docker is signed in as, or as nobody; refused in words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import tar from 'tar-fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectedEngine, connectEngine } from '../engine';
import { type Registry, startRegistry, whyNoRegistry } from '../engine/testing/registry';
import { TaskRunner } from '../task';
import { BuildService } from './index';
import { pushImage } from './push';
import { followLines } from './stream-lines';

const why =
  process.env.SLIPWAY_TEST_DOCKER === '1' ? whyNoRegistry() : 'no engine could be started here';

describe.skipIf(why)(`a base image in a registry (${why ?? 'here'})`, () => {
  let folder: string;
  let engine: ConnectedEngine;
  let registry: Registry;
  const config = process.env.DOCKER_CONFIG;
  const base = () => `${registry.host}/base:1`;

  async function offer(auth: 'basic' | 'bearer', isPublic = false): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'slipway-base-'));
    writeFileSync(join(folder, 'hello.txt'), folder);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY hello.txt /\n');
    [engine, registry] = await Promise.all([connectEngine(), startRegistry({ auth, isPublic })]);
    const context = tar.pack(folder).pipe(new PassThrough());
    const stream = await engine.docker.buildImage(context, { t: base() });
    await followLines(stream, undefined, () => undefined);
    const env = { ...process.env, DOCKER_CONFIG: registry.dockerConfig };
    await pushImage({ engine, image: base(), target: base(), env });
    await engine.docker.getImage(base()).remove();
    writeFileSync(
      join(folder, 'Dockerfile'),
      'ARG BASE_IMAGE\nFROM $BASE_IMAGE\nCOPY hello.txt /2\n',
    );
  }
  afterEach(async () => {
    if (config === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = config;
    await engine.docker
      .getImage(base())
      .remove()
      .catch(() => undefined);
    engine.close();
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function buildWith(dockerConfig: string) {
    process.env.DOCKER_CONFIG = dockerConfig;
    const build = new BuildService({
      tasks: new TaskRunner(),
      currentPackage: () => ({
        ...{ folder, name: 'slipway_base', hash: 'c'.repeat(64), python: '3.11' },
        hasService: false,
      }),
      readSettings: () => ({
        ...{ baseImage: base(), packageIndex: '', caBundle: '', proxy: '', platform: '' },
        ...{ engine: '', engineCertificates: '', pushTo: '', isImageChecked: false },
      }),
      sources: async () => ({ packageIndex: '', caBundle: '' }),
      writeSettings: async () => undefined,
    });
    const started = await build.build();
    if (!started.ok) throw new Error(started.error.message);
    const result = await started.value.result;
    build.dispose();
    if (result.ok) await engine.docker.getImage(result.value.tag).remove();
    return result;
  }

  it.each(['basic', 'bearer'] as const)(
    'is pulled with the sign-in that docker has (%s); without one it is said which is missing',
    async (auth) => {
      await offer(auth);
      const without = await buildWith(registry.signedOut);
      const withOne = await buildWith(registry.dockerConfig);
      expect([without, withOne]).toMatchObject([
        {
          error: {
            kind: 'build-failed',
            message: expect.stringContaining(`registry ${registry.host} does not give the base`),
            nextSteps: [{ shell: `docker login ${registry.host}` }, {}],
          },
        },
        { ok: true, value: { layers: [{}, {}] } },
      ]);
    },
  );

  it('is pulled as nobody where the registry hands out tokens for that, as Docker Hub does', async () => {
    await offer('bearer', true);
    expect(await buildWith(registry.signedOut)).toMatchObject({ ok: true });
  });
});
