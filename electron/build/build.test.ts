/** Images by a real Docker engine; without one, that it is missing is said in words. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildSettings } from '../../shared/build';
import { type ConnectedEngine, connectEngine } from '../engine';
import { startOwnEngine, whyNoOwnEngine } from '../engine/testing/own-engine';
import { startSshHost, whyNoSshHost } from '../engine/testing/ssh-host';
import { TaskRunner } from '../task';
import { type BuildNeeds, BuildService } from './index';
import { tagOf } from './tag';

const baseImage = process.env.SLIPWAY_TEST_BASE_IMAGE ?? '';
const hasEngine = process.env.SLIPWAY_TEST_DOCKER === '1';
const HASH = 'a'.repeat(64);
const TAG = tagOf(
  { name: 'slipway_test', hash: HASH, python: '3.11' },
  { baseImage, platform: '' },
);

let folder: string;
let builds: BuildService[];
let tasks: TaskRunner;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'slipway-build-')), 'package');
  mkdirSync(folder);
  builds = [];
});
afterEach(() => {
  for (const build of builds) build.dispose();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

const NO_SETTINGS: BuildSettings = {
  ...{ baseImage, packageIndex: '', caBundle: '', proxy: '', platform: '' },
  ...{ engine: '', engineCertificates: '', pushTo: '', isImageChecked: false },
};

function service(
  dockerfile: string,
  settings: Partial<BuildSettings> = {},
  more: Partial<BuildNeeds> = {},
): BuildService {
  tasks = new TaskRunner();
  writeFileSync(join(folder, 'Dockerfile'), dockerfile);
  // Another text each time: nothing comes from the engine's cache of an earlier run.
  writeFileSync(join(folder, 'hello.txt'), randomUUID());
  const build = new BuildService({
    tasks,
    currentPackage: () => ({
      ...{ folder, name: 'slipway_test', hash: HASH, python: '3.11', hasService: false },
    }),
    readSettings: () => ({ ...NO_SETTINGS, ...settings }),
    sources: async () => ({ packageIndex: '', caBundle: '' }),
    writeSettings: async () => undefined,
    ...more,
  });
  builds.push(build);
  return build;
}

async function built(build: BuildService) {
  const started = await build.build();
  if (!started.ok) throw new Error(started.error.message);
  return started.value;
}

describe('without an engine', () => {
  const nowhere = () => ({ engine: `unix://${join(folder, 'no.sock')}` });

  it('says so, with what to do, and builds nothing', async () => {
    const build = service('FROM scratch', nowhere());
    expect(await build.build()).toMatchObject({
      ok: false,
      error: {
        kind: 'engine-missing',
        message: expect.stringContaining('No Docker engine answers'),
        nextSteps: expect.arrayContaining([
          expect.objectContaining({ command: 'build.checkEngine' }),
        ]),
      },
    });
    expect(build.state.value).toMatchObject({ activity: 'idle', image: null });
  });

  it('says so even where nobody can tell what pip uses', async () => {
    const build = service('FROM scratch', nowhere(), {
      sources: () => Promise.reject(new Error('the tools cannot be made')),
    });
    expect(await build.checkEngine()).toMatchObject({ error: { kind: 'engine-missing' } });
    expect(build.state.value).toMatchObject({
      engine: { status: 'missing' },
      defaults: { packageIndex: '', caBundle: '' },
    });
  });

  it('pushes nothing before there is an image', async () => {
    expect(await service('FROM scratch', nowhere()).push()).toMatchObject({
      error: { kind: 'precondition', message: 'There is no image to push yet.' },
    });
  });
});

describe.skipIf(!hasEngine)('with an engine (skipped: none could be started here)', () => {
  const HEAD = 'ARG BASE_IMAGE\nFROM $BASE_IMAGE\n';
  let engine: ConnectedEngine;
  const docker = () => engine.docker;

  beforeEach(async () => {
    engine = await connectEngine();
  });
  afterEach(async () => {
    await docker()
      .getImage(TAG)
      .remove({ force: true })
      .catch(() => undefined);
    engine.close();
  });

  it('streams the folder, follows the steps, knows sizes and layers', async () => {
    writeFileSync(join(folder, '.dockerignore'), 'secret.txt\n**/*.log\n');
    writeFileSync(join(folder, 'secret.txt'), 'no');
    const build = service(`${HEAD}COPY . /here\nRUN ls /here && head -c 100000 /dev/zero > /zeros`);
    const image = await (await built(build)).result;
    expect(image).toMatchObject({
      ok: true,
      value: {
        tag: TAG,
        layers: [
          { bytes: expect.any(Number) },
          { bytes: 100_000 },
          { instruction: 'COPY . /here' },
        ],
        check: { state: 'skipped', done: [] },
        pushed: null,
      },
    });
    const { steps, contextBytes } = build.state.value;
    expect(contextBytes).toBeGreaterThan(0);
    const run = steps.find(({ instruction }) => instruction.includes('RUN ls'));
    expect(run).toMatchObject({ state: 'done', bytes: 100_000, log: ['Dockerfile', 'hello.txt'] });
    expect(steps.every((step) => step.state === 'done' || step.state === 'cached')).toBe(true);
  });

  it('does the same with the classic builder', async () => {
    process.env.DOCKER_BUILDKIT = '0';
    const build = service(`${HEAD}COPY hello.txt /hello.txt\nRUN echo made && false`);
    const result = await (await built(build)).result;
    delete process.env.DOCKER_BUILDKIT;
    expect(result).toMatchObject({ error: { message: expect.stringMatching(/^Step 4 /) } });
    expect(build.state.value.steps.map(({ state, total }) => [state, total])).toEqual([
      ['done', 10],
      ['done', 10],
      ['done', 10],
      ['failed', 10],
    ]);
  });

  it('tells the Python packages that are in it, with their sizes', async () => {
    const info = join(folder, 'nunpy-1.2.dist-info');
    mkdirSync(info);
    writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: nunpy\nVersion: 1.2\n');
    writeFileSync(join(info, 'RECORD'), 'nunpy.py,,\nnunpy-1.2.dist-info/METADATA,,\n');
    writeFileSync(join(folder, 'nunpy.py'), '#'.repeat(5000));
    const build = service(
      `${HEAD}ENV PYTHONPATH=/more\nCOPY nunpy.py /more/\nCOPY nunpy-1.2.dist-info /more/nunpy-1.2.dist-info`,
    );
    expect(await (await built(build)).result).toMatchObject({
      value: { packages: [{ name: 'nunpy', version: '1.2', bytes: 5047 }] },
    });
  });

  it('puts the first real error on top, in words', async () => {
    const build = service(`${HEAD}RUN echo "No matching distribution found for nunpy" && false`);
    const result = await (await built(build)).result;
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'build-failed', message: expect.stringMatching(/Step \d .*has no nunpy/) },
    });
    expect(build.state.value.steps.map(({ state }) => state)).toContain('failed');
  });

  it('really stops when it is cancelled', async () => {
    const build = service(`${HEAD}RUN sleep 61.25`);
    const started = await built(build);
    await expect
      .poll(() => build.state.value.steps.some(({ instruction }) => /sleep/.test(instruction)), {
        timeout: 20_000,
      })
      .toBe(true);
    const began = Date.now();
    tasks.cancel(started.id);
    expect(await started.result).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(build.state.value).toMatchObject({ activity: 'idle', error: null });
    const sleeping = () =>
      execFileSync('sh', ['-c', 'ps -eo args | grep -c "[s]leep 61.25" || true']).toString().trim();
    await expect.poll(sleeping, { timeout: 15_000 }).toBe('0');
  });

  it('keeps passwords of index and proxy out of history, labels and logs', async () => {
    const secrets = ['planted-index-secret', 'planted-proxy-secret'];
    const build = service(
      `ARG BASE_IMAGE\nFROM $BASE_IMAGE AS environment\nARG PIP_INDEX_URL\n` +
        `COPY hello.txt slipway-pip.con[f] /build/\nRUN cat /build/slipway-pip.conf && echo $HTTPS_PROXY && touch /made\n` +
        `FROM $BASE_IMAGE\nCOPY --from=environment /made /made\nRUN echo $HTTP_PROXY`,
      {
        packageIndex: `http://user:${secrets[0]}@127.0.0.1:1/simple`,
        proxy: `http://user:${secrets[1]}@127.0.0.1:1`,
      },
    );
    const started = await built(build);
    expect(await started.result).toMatchObject({ ok: true });
    const image = docker().getImage(TAG);
    const seen = JSON.stringify([
      build.state.value.steps,
      tasks.log(started.id)?.value,
      await image.inspect(),
      await image.history(),
    ]);
    expect(seen).toContain('****');
    for (const secret of secrets) expect(seen).not.toContain(secret);
  });

  it('labels what it makes, tells it among others, and removes only that', async () => {
    execFileSync('git', ['init', '-q'], { cwd: join(folder, '..') });
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@y'];
    const commit = [...identity, 'commit', '-q', '--allow-empty', '-m', 'x'];
    execFileSync('git', commit, { cwd: join(folder, '..') });
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: join(folder, '..') });
    const build = service(`${HEAD}COPY hello.txt /hello.txt`);
    await (await built(build)).result;
    const before = (await docker().listImages()).length;
    await build.lookAtKept();
    const mine = build.state.value.kept?.images.filter(({ tags }) => tags.includes(TAG)) ?? [];
    const { Config } = await docker().getImage(TAG).inspect();
    const container = await docker().createContainer({ Image: TAG, Cmd: ['true'] });
    const inUse = await build.cleanUp(mine.map(({ id }) => id));
    await container.remove();
    const removed = await build.cleanUp(mine.map(({ id }) => id));
    // A file of 36 letters is all that no other image has; the rest is the base's.
    expect(mine).toMatchObject([{ project: 'slipway_test', isInUse: false, ownBytes: 36 }]);
    expect(mine[0]?.bytes).toBeGreaterThan(1_000_000);
    expect(Config.Labels).toEqual({
      'dev.slipway.managed': 'true',
      'dev.slipway.project': 'slipway_test',
      'dev.slipway.package': 'slipway_test',
      'dev.slipway.package-hash': HASH,
      'dev.slipway.revision': HASH.slice(0, 12),
      'org.opencontainers.image.title': 'package',
      'org.opencontainers.image.revision': head.toString().trim(),
    });
    expect(inUse).toMatchObject({ error: { kind: 'conflict' } });
    expect(removed).toMatchObject({ ok: true, value: { removed: 1 } });
    expect((await docker().listImages()).length).toBe(before - 1);
    expect(build.state.value.image).toBeNull();
  });

  it('builds for the platform it is told, and says where the engine cannot run it', async () => {
    const other = process.arch === 'arm64' ? 'amd64' : 'arm64';
    const settings = { platform: `linux/${other}`, baseImage: 'scratch' };
    // What no processor runs stands for programs of another one.
    writeFileSync(join(folder, 'run-me'), 'ELF', { mode: 0o755 });
    const lines = 'FROM scratch\nCOPY run-me /run-me\nCOPY run-me /bin/sh\nCMD ["/run-me"]';
    const image = await (await built(service(lines, settings))).result;
    if (!image.ok) throw new Error(image.error.message);
    const { Architecture } = await docker().getImage(image.value.id).inspect();
    await docker().getImage(image.value.tag).remove();
    const tried = service(lines, { ...settings, isImageChecked: true });
    expect([Architecture, await (await built(tried)).result]).toMatchObject([
      other,
      {
        error: {
          kind: 'build-failed',
          message: expect.stringMatching(/could not be tried. The engine cannot run programs of/),
          nextSteps: [{ shell: expect.stringContaining('binfmt --install') }, {}],
        },
      },
    ]);
  });

  it('tries a job before it is called good, and drops one that fails', async () => {
    const good = service(`${HEAD}CMD ["true"]`, { isImageChecked: true });
    expect(await (await built(good)).result).toMatchObject({
      value: { check: { state: 'passed', done: [expect.stringMatching(/^The pipeline ran in/)] } },
    });
    await docker().getImage(TAG).remove({ force: true });
    const bad = service(`${HEAD}CMD ["sh", "-c", "echo no such table >&2; exit 3"]`, {
      isImageChecked: true,
    });
    expect(await (await built(bad)).result).toMatchObject({
      error: {
        kind: 'build-failed',
        message: 'The image was built, but the pipeline in it failed: no such table',
      },
    });
    await expect(docker().getImage(TAG).inspect()).rejects.toMatchObject({ statusCode: 404 });
    const left = await docker().listContainers({
      all: true,
      filters: { label: ['dev.slipway.check=true', 'dev.slipway.project=slipway_test'] },
    });
    expect(left).toEqual([]);
  });

  it.skipIf(whyNoSshHost())('does all of that on another host by ssh', async () => {
    const host = await startSshHost(process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock');
    process.env.SLIPWAY_SSH_CONFIG = host.config;
    try {
      const build = service(`${HEAD}COPY hello.txt /hello.txt\nCMD ["cat", "/hello.txt"]`, {
        engine: host.address,
        isImageChecked: true,
      });
      expect(await (await built(build)).result).toMatchObject({
        ok: true,
        value: { check: { state: 'passed' } },
      });
      expect(build.state.value.engine).toMatchObject({ who: { address: host.address } });
    } finally {
      delete process.env.SLIPWAY_SSH_CONFIG;
      await host.stop();
    }
  });
});

describe.skipIf(whyNoOwnEngine())(`engines in trouble (${whyNoOwnEngine() ?? 'here'})`, () => {
  const at = (address: string) => ({ by: 'address', address, certificates: '' }) as const;

  it('says that the engine died in mid-build, and nothing of it is there once that is back', async () => {
    const own = await startOwnEngine();
    try {
      writeFileSync(join(folder, 'big'), Buffer.alloc(300 * 1024 * 1024, 3));
      const build = service('FROM scratch\nCOPY big /big\nCOPY hello.txt /hello', {
        ...{ engine: own.address, baseImage: 'scratch' },
      });
      const unsubscribe = build.state.subscribe(({ activity }) => {
        if (activity === 'building') void own.kill();
      });
      const result = await (await built(build)).result;
      unsubscribe();
      expect(result).toMatchObject({
        ok: false,
        error: {
          kind: 'engine-missing',
          message: expect.stringContaining('went away in the middle'),
        },
      });
      expect(build.state.value).toMatchObject({ activity: 'idle', image: null });
      await own.restart();
      const { docker, close } = await connectEngine(at(own.address));
      expect(await docker.listImages({ all: true })).toEqual([]);
      expect(await docker.listContainers({ all: true })).toEqual([]);
      close();
    } finally {
      await own.stop();
    }
  });

  it('says that the engine’s disk is full, and leaves no image', async () => {
    const disk = join(folder, '..', 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'slipway-test', disk]);
    const own = await startOwnEngine({ dataRoot: disk });
    try {
      writeFileSync(join(folder, 'big'), Buffer.alloc(64 * 1024 * 1024, 7));
      const build = service('FROM scratch\nCOPY big /big', {
        ...{ engine: own.address, baseImage: 'scratch' },
      });
      expect(await (await built(build)).result).toMatchObject({
        ok: false,
        error: { kind: 'build-failed', message: expect.stringContaining("engine's disk is full") },
      });
      await build.lookAtKept();
      expect(build.state.value.kept?.images).toEqual([]);
    } finally {
      await own.stop();
      execFileSync('umount', ['--lazy', disk]);
    }
  });
});
