import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProcess } from '../base/process';
import { pythonIn } from './python-paths';
import { type TestStudio, testStudio } from './test-studio';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 240_000);

afterAll(() => studio?.dispose(), 30_000);

describe('the Python environments of this computer', { timeout: 120_000 }, () => {
  it('are found as a stream, the one beside the notebook first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-project-'));
    await runProcess(studio.environment, ['-m', 'venv', '--without-pip', join(folder, '.venv')]);
    await writeFile(join(folder, 'helpers.py'), '');
    const seen: number[] = [];
    const stop = studio.connect.environments.subscribe((list) =>
      seen.push(list.environments.length),
    );
    const before = Date.now();
    studio.connect.refreshEnvironments({ notebookPath: join(folder, 'a.ipynb') });
    expect(Date.now() - before).toBeLessThan(100);
    // Waits for the search; nothing has a module of this name.
    expect(await studio.connect.chooseEnvironmentFor(['no_such_module'])).toBeNull();
    stop();
    const { activity, environments } = studio.connect.environments.value;
    expect(activity).toBe('idle');
    expect(environments[0]).toEqual({
      id: pythonIn(join(folder, '.venv')),
      kind: 'venv',
      name: `${folder.split('/').at(-1)}/.venv`,
      pythonPath: pythonIn(join(folder, '.venv')),
      folder: join(folder, '.venv'),
      pythonVersion: expect.stringMatching(/^3\.\d+\.\d+$/),
      ipykernelVersion: null,
      imports: { status: 'checked', missing: ['no_such_module'] },
      isNearNotebook: true,
      canInstall: true,
    });
    expect(environments.some(({ kind }) => kind === 'system')).toBe(true);
    expect(new Set(environments.map((each) => each.folder)).size).toBe(environments.length);
    expect(seen.filter((count) => count === 1).length).toBeGreaterThan(0);
    studio.connect.refreshEnvironments({ notebookPath: null });
    await rm(folder, { recursive: true });
  });
});

describe('an environment for a notebook', { timeout: 180_000 }, () => {
  it('has ipykernel and what the imports need, skips what no index has, and is chosen then', async () => {
    const made = await studio.connect.createEnvironmentFor(
      ['yaml', 'os', 'json', 'no_such_module_of_slipway'],
      { name: 'Trees & more', connect: true },
    ).result;
    expect(made).toMatchObject({
      ok: true,
      value: {
        environment: { kind: 'slipway', name: 'trees-more', ipykernelVersion: expect.any(String) },
        unknown: ['no-such-module-of-slipway'],
      },
    });
    expect(studio.connect.kernel.value).toMatchObject({
      status: 'idle',
      kernel: { displayName: 'trees-more', where: 'local' },
    });
    const chosen = await studio.connect.chooseEnvironmentFor(['yaml', 'os.path']);
    expect(chosen).toMatchObject({ kind: 'slipway', imports: { missing: [] } });
    if (!chosen) return;
    const more = await studio.connect.installMissing(chosen.id, ['six', 'yaml']).result;
    expect(more).toMatchObject({ ok: true, value: { unknown: [] } });
    expect(await studio.connect.chooseEnvironmentFor(['six'])).toMatchObject({ id: chosen.id });
    await studio.connect.disconnect();
  });

  it('leaves nothing when it is cancelled', async () => {
    const before = await readdir(join(studio.home, 'environments'));
    const task = studio.connect.createEnvironmentFor(['sklearn', 'matplotlib'], { name: 'half' });
    while (!existsSync(join(studio.home, 'environments', 'half'))) await sleep(20);
    studio.tasks.cancel(task.id);
    expect(await task.result).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(await readdir(join(studio.home, 'environments'))).toEqual(before);
  });

  it('says so when the package index cannot be reached', async () => {
    const cut = await testStudio({
      ...process.env,
      UV_DEFAULT_INDEX: 'http://user:secret@127.0.0.1:9/simple',
      UV_NO_CACHE: '1',
      UV_HTTP_RETRIES: '0',
      PIP_FIND_LINKS: '',
    });
    const made = await cut.connect.createEnvironmentFor(['yaml'], { name: 'cut' }).result;
    expect(made).toMatchObject({
      error: { kind: 'package-index', nextSteps: [{ command: 'app.settings' }] },
    });
    expect(JSON.stringify([made, cut.tasks.list.value])).not.toContain('secret@');
    expect(await readdir(join(cut.home, 'environments'))).toEqual([]);
    await cut.dispose();
  });

  it('changes no environment of somebody else without being told to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-theirs-'));
    await runProcess(studio.environment, ['-m', 'venv', '--without-pip', join(folder, '.venv')]);
    studio.connect.refreshEnvironments({ notebookPath: join(folder, 'a.ipynb') });
    await studio.connect.chooseEnvironmentFor(['six']);
    const theirs = studio.connect.environments.value.environments[0];
    if (!theirs) throw new Error('It was not found.');
    expect(await studio.connect.installMissing(theirs.id, ['six']).result).toMatchObject({
      error: { kind: 'precondition', nextSteps: [{ argument: theirs.id }, {}] },
    });
    expect(await studio.connect.installMissing(theirs.id, ['six'], true).result).toMatchObject({
      value: { environment: { imports: { missing: [] }, isNearNotebook: true } },
    });
    studio.connect.refreshEnvironments({ notebookPath: null });
    await rm(folder, { recursive: true });
  });
});
