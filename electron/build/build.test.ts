/** Images by a real Docker engine; without one, that it is missing is said in words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildSettings } from '../../shared/build';
import { TaskRunner } from '../task';
import { connectEngine } from './engine';
import { type BuildNeeds, BuildService } from './index';

const baseImage = process.env.SLIPWAY_TEST_BASE_IMAGE ?? '';
const hasEngine = process.env.SLIPWAY_TEST_DOCKER === '1';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-build-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let tasks: TaskRunner;

function service(dockerfile: string, more: Partial<BuildNeeds> = {}): BuildService {
  tasks = new TaskRunner();
  writeFileSync(join(folder, 'Dockerfile'), dockerfile);
  writeFileSync(join(folder, 'hello.txt'), 'hello');
  const settings: BuildSettings = { baseImage, packageIndex: '', caBundle: '' };
  return new BuildService({
    tasks,
    currentPackage: () => ({ folder, name: 'slipway_test', hash: 'a'.repeat(64), python: '3.11' }),
    readSettings: () => settings,
    sources: async () => ({ packageIndex: '', caBundle: '' }),
    writeSettings: async () => undefined,
    ...more,
  });
}

async function built(build: BuildService) {
  const started = await build.build();
  if (!started.ok) throw new Error(started.error.message);
  return started.value;
}

describe('without an engine', () => {
  it('says so, with what to do, and builds nothing', async () => {
    const build = service('FROM scratch', { socketPath: join(folder, 'no.sock') });
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
    const build = service('FROM scratch', {
      socketPath: join(folder, 'no.sock'),
      sources: () => Promise.reject(new Error('the tools cannot be made')),
    });
    expect(await build.checkEngine()).toMatchObject({ error: { kind: 'engine-missing' } });
    expect(build.state.value).toMatchObject({
      engine: { status: 'missing' },
      defaults: { packageIndex: '', caBundle: '' },
    });
  });
});

describe.skipIf(!hasEngine)('with an engine (skipped: none could be started here)', () => {
  const HEAD = 'ARG BASE_IMAGE\nFROM $BASE_IMAGE\n';

  it('streams the folder, follows the steps and knows the size', async () => {
    const build = service(`${HEAD}COPY hello.txt /hello.txt\nRUN cat /hello.txt`);
    const image = await (await built(build)).result;
    expect(image).toMatchObject({ ok: true, value: { tag: `slipway-test:${'a'.repeat(12)}` } });
    const { steps, contextBytes } = build.state.value;
    expect(contextBytes).toBeGreaterThan(0);
    expect(steps.map((step) => step.instruction.split(' ')[0])).toEqual([
      'ARG',
      'FROM',
      'COPY',
      'RUN',
      'LABEL',
      'LABEL',
    ]);
    expect(steps.every((step) => step.state === 'done' || step.state === 'cached')).toBe(true);
    await connectEngine()
      .getImage(`slipway-test:${'a'.repeat(12)}`)
      .remove({ force: true });
  });

  it('puts the first real error on top, in words', async () => {
    const build = service(`${HEAD}RUN echo "No matching distribution found for nunpy" && false`);
    const result = await (await built(build)).result;
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'build-failed', message: expect.stringMatching(/Step 3 .*has no nunpy/) },
    });
    expect(build.state.value.steps.at(-1)?.state).toBe('failed');
  });

  it('really stops when it is cancelled', async () => {
    const build = service(`${HEAD}RUN sleep 60`);
    const started = await built(build);
    await expect.poll(() => build.state.value.steps.length, { timeout: 20_000 }).toBe(3);
    const began = Date.now();
    tasks.cancel(started.id);
    expect(await started.result).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(build.state.value).toMatchObject({ activity: 'idle', error: null });
  });
});
