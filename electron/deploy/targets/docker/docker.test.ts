/** The Docker target on a real engine: the kit in all modes, its errors, its logs and its schedule. */
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type ConnectedEngine, connectEngine } from '../../../engine';
import { kitRequest, openKit } from '../../testing/kit-desk';
import { SILENT, targetKit } from '../../testing/target-kit';
import {
  BROKEN_SAYS,
  keepToyLayers,
  removeToyImages,
  TOYS,
  toyImageLines,
  toyImages,
  whyNoDocker,
} from '../../testing/toy-images';
import { dropUnused } from './images';
import { dockerDriver } from './index';
import { isOfSwarm } from './kinds';
import type { DockerPlatformNeeds } from './platform';

const why = whyNoDocker();
const resources = resolve(import.meta.dirname, '..', '..', '..', '..', 'resources');

const TOY_IMAGES = 'slipway-kit-docker';
/** On a loaded machine a line of a log takes its time. */
const SOON = { timeout: 15_000 };

let engine: ConnectedEngine;
let docker: Docker;
const driver = (needs: Partial<DockerPlatformNeeds> = {}) =>
  dockerDriver({ images: toyImages(docker, TOY_IMAGES), resources, ...needs });

/** Of the kit: other tests use the engine at the same time. */
async function inventory(): Promise<string[]> {
  const containers = await docker.listContainers({ all: true });
  const { Volumes } = await docker.listVolumes();
  return [
    ...containers
      .filter(({ Names, Labels }) => Names[0]?.startsWith('/kit-') && !isOfSwarm(Labels))
      .map(({ Names, Labels }) => `container ${Names[0]} ${JSON.stringify(Labels)}`),
    ...(Volumes ?? [])
      .filter(({ Name }) => Name.startsWith('slipway-kit-'))
      .map(({ Name }) => `volume ${Name}`),
    ...(await toyImageLines(docker, TOY_IMAGES)),
  ].sort();
}

describe.skipIf(why !== null)(`Docker${why ? ` (skipped: ${why})` : ''}`, () => {
  beforeAll(async () => {
    engine = await connectEngine();
    ({ docker } = engine);
    await keepToyLayers(docker, TOY_IMAGES);
  });
  afterAll(async () => {
    await removeToyImages(docker, TOY_IMAGES);
    engine.close();
  });

  for (const mode of ['service', 'scheduled', 'job'] as const) {
    targetKit(`Docker, ${mode}`, () => ({
      ...(mode === 'job' ? { isVariant: true } : {}),
      driver: () => driver(),
      options: {},
      mode,
      packages: TOYS,
      brokenSays: mode === 'service' ? BROKEN_SAYS : null,
      inventory,
      tamper: (id) => (mode === 'scheduled' ? stopped(id) : limited(id)),
    }));
  }

  it('serves with its environment and its secret, follows its log, stops and starts', async () => {
    process.env.SLIPWAY_KIT_TOKEN = 'planted-secret';
    const desk = await openKit(driver());
    const request = kitRequest('service', 'first', {
      environment: { GREETING: 'good day' },
      secrets: { TOKEN: 'env:SLIPWAY_KIT_TOKEN' },
    });
    const plan = await desk.target.plan(request);
    const { key, url } = await desk.apply(plan);
    const told = JSON.stringify([plan, desk.said]);
    expect(told).not.toContain('planted-secret');
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({
      ok: true,
      greeting: 'good day',
      secret: 'planted-secret'.length,
    });
    const log = desk.follow(key);
    await expect.poll(() => log.texts, SOON).toEqual(['serving first']);
    await fetch(`${url}/predict`, { method: 'POST', body: '{}' });
    await expect.poll(() => log.texts, SOON).toEqual(['serving first', 'predicting']);
    await log.end();
    const lines = await desk.target.readLogs(key, { tail: 10 });
    expect(lines.map(({ text }) => text)).toEqual(['serving first', 'predicting']);
    expect(await desk.target.readLogs(key, { tail: 10, text: 'PREDICT' })).toHaveLength(1);

    await desk.target.command(key, 'stop', desk.task);
    expect((await desk.target.observe(key)).record.wanted).toBe('stopped');
    await desk.target.command(key, 'start', desk.task);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await desk.close(key);
  });

  it('runs a job when told, with its parameters, and remembers how it ended', async () => {
    const desk = await openKit(driver());
    const { key } = await desk.apply(
      await desk.target.plan(kitRequest('job', 'first', { parameters: { rate: '0.5' } })),
    );
    expect((await desk.target.observe(key)).state?.status).toBe('idle');
    await desk.target.command(key, 'run', desk.task);
    await expect(desk.target.command(key, 'run', desk.task)).rejects.toThrow(/goes on already/);
    const ended = await desk.until(key, ({ state }) => state?.runs[0]?.endedAt != null);
    expect(ended.state?.runs).toMatchObject([
      { state: 'succeeded', exitCode: 0, trigger: 'person' },
    ]);
    const lines = await desk.target.readLogs(key, { tail: 5 });
    expect(lines.map(({ text }) => text)).toEqual(['the job of first --rate=0.5']);
    expect(lines[0]?.source).toBe('run');
    await desk.close(key);
  });

  it('keeps a schedule in the container, runs by it and when told', async () => {
    const desk = await openKit(driver());
    const { key, nextRunAt } = await desk.apply(
      await desk.target.plan(kitRequest('scheduled', 'first')),
    );
    const state = (await desk.until(key, (each) => each.state?.nextRunAt != null)).state;
    expect(new Date(nextRunAt ?? state?.nextRunAt ?? 0).getUTCHours()).toBe(2);
    await desk.target.command(key, 'run', desk.task);
    const ended = await desk.until(key, (each) => each.state?.runs[0]?.endedAt != null);
    expect(ended.state?.runs).toMatchObject([{ state: 'succeeded', trigger: 'person' }]);
    await desk.close(key);
  });

  it('says in a sentence that the port is taken and what stands, of which a remove leaves nothing', async () => {
    const desk = await openKit(driver());
    const before = await inventory();
    const server = createServer();
    const port = await new Promise<number>((done) =>
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)),
    );
    const plan = await desk.target.plan(kitRequest('service', 'first', { port }));
    const failure = await desk.apply(plan).catch((thrown: unknown) => thrown);
    server.close();
    expect(String(failure)).toContain(`Port ${port} is used by something else`);
    expect(String(failure)).toMatch(/What stands: container kit-desk-r1\. .*or remove it\./);
    expect((await docker.getContainer('kit-desk').inspect()).State.Status).toBe('created');
    await desk.close(desk.keyOf(plan));
    expect(await inventory()).toEqual(before);
  });

  it('goes to another port where the one that was free is taken meanwhile', async () => {
    const desk = await openKit(driver());
    const plan = await desk.target.plan(kitRequest('service', 'first'));
    const planned = plan.settings.port ?? 0;
    const server = createServer();
    await new Promise<void>((done) => server.listen(planned, '127.0.0.1', done));
    const { key, url } = await desk.apply(plan);
    server.close();
    expect(url).not.toContain(`:${planned}`);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ ok: true });
    const again = await desk.target.plan(kitRequest('service', 'first'));
    expect(new Set(again.changes.map(({ kind }) => kind))).toEqual(new Set(['keep']));
    await desk.close(key);
  });

  it('says that it never got ready, with its last words', async () => {
    const desk = await openKit(driver({ readyMs: 5000 }));
    const environment = { TOY_READY: 'never' };
    const plan = await desk.target.plan(kitRequest('service', 'first', { environment }));
    await expect(desk.apply(plan)).rejects.toThrow(
      /revision 1 was not ready within 5 s\. Its last words: serving first What stands: .*remove it/,
    );
    await desk.close(desk.keyOf(plan));
  });

  it('says that an image cannot be made, or is gone, and that nothing stands', async () => {
    const before = await inventory();
    const images = toyImages(docker, TOY_IMAGES);
    const failures: unknown[] = [];
    for (const ensure of [
      () => fail('build-failed', 'The base image cannot be had.'),
      // Somebody takes it away before the container is made.
      async () => undefined,
    ]) {
      const desk = await openKit(driver({ images: { ...images, ensure } }));
      const plan = await desk.target.plan(kitRequest('service', 'first'));
      failures.push(await desk.apply(plan).catch((thrown) => thrown.error));
      await desk.target.dispose();
    }
    expect(failures).toMatchObject([
      {
        kind: 'build-failed',
        message: 'The base image cannot be had. Nothing of it stands.',
      },
      {
        kind: 'not-found',
        message: expect.stringMatching(/no image for it any more; .* Nothing of it stands\.$/),
      },
    ]);
    expect(await inventory()).toEqual(before);
  });

  it('takes an image away with the last that uses it, and none that is not ours', async () => {
    const desk = await openKit(driver());
    const before = await inventory();
    const image = `image ${TOY_IMAGES}:first`;
    const request = (name: string) => kitRequest('job', 'first', { name: DeploymentId(name) });
    const one = await desk.apply(await desk.target.plan(request('kit-desk')));
    const two = await desk.apply(await desk.target.plan(request('kit-two')));
    expect(await desk.target.remove(one.key, desk.task)).toEqual([]);
    expect(await inventory()).toContain(image);
    const base = docker.getImage(process.env.SLIPWAY_TEST_BASE_IMAGE ?? '');
    await base.tag({ repo: TOY_IMAGES, tag: 'theirs' });
    await dropUnused(docker, `${TOY_IMAGES}:theirs`);
    expect(await inventory()).toContain(`image ${TOY_IMAGES}:theirs`);
    await docker.getImage(`${TOY_IMAGES}:theirs`).remove();
    await desk.close(two.key);
    expect(await inventory()).toEqual(before.filter((line) => line !== image));
  });

  it('exports a compose.yaml that finds the package from wherever it is written', async () => {
    const desk = await openKit(driver());
    const request = kitRequest('job', 'first');
    const builtFrom = async (into?: string) => {
      const { files } = await desk.target.exportFiles(request, into);
      return parse(files['compose.yaml'] ?? '').services['kit-desk'].build;
    };
    expect([await builtFrom(), await builtFrom('/out/of/the/way')]).toEqual([
      '../nowhere',
      '../../../../nowhere',
    ]);
    await desk.target.dispose();
  });

  it('refuses a name that is taken, a secret that is missing and a size that does not fit', async () => {
    const desk = await openKit(driver());
    const name = DeploymentId('kit-desk');
    const stranger = await docker.createContainer({ name, Image: await anyImage() });
    const plan = await desk.target.plan(kitRequest('service', 'first'));
    const taken = await desk.apply(plan).catch((thrown: unknown) => thrown);
    expect(String(taken)).toMatch(/something of that name already/);
    await stranger.remove();
    const secret = kitRequest('service', 'first', { secrets: { TOKEN: 'env:NOT_SET_ANYWHERE' } });
    await expect(desk.target.plan(secret)).rejects.toThrow(/NOT_SET_ANYWHERE, which is not set/);
    const check = await desk.target.check(
      kitRequest('service', 'first', { resources: { vcpu: 1000, memoryGib: 1 } }),
    );
    expect(check).toMatchObject({ isReady: false });
    expect(check.items.find(({ label }) => label === 'Size')?.detail).toMatch(/may use 1000 cores/);
    await desk.close(desk.keyOf(plan));
  });

  it('tells that too little memory was given', async () => {
    const desk = await openKit(driver());
    const resources = { vcpu: 1, memoryGib: 0.0625 };
    const environment = { TOY_EATS_MIB: '300' };
    const plan = await desk.target.plan(kitRequest('service', 'first', { resources, environment }));
    await expect(desk.apply(plan)).rejects.toThrow(
      /revision 1 was ended because it needs more than its 64 MiB of memory\. Give it more\./,
    );
    await desk.close(desk.keyOf(plan));
  });
});

const stopped = (id: string) => docker.getContainer(id).stop({ t: 1 });
const limited = (id: string) =>
  docker.getContainer(id).update({ Memory: 512 << 20, MemorySwap: 512 << 20 });

async function anyImage(): Promise<string> {
  await toyImages(docker, TOY_IMAGES).ensure(TOYS.first, null, SILENT);
  return `${TOY_IMAGES}:first`;
}
