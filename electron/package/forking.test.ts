/** The process that imports the libraries and forks the steps, and those that import ahead of it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestStudio, testStudio } from './test-environment';
import { TestPackage, type TestStep } from './test-package';

const HERE = process.platform === 'linux' ? '' : ' (skipped: steps are forked on Linux only)';
const AHEAD = availableParallelism() > 1 ? '' : ' (skipped: one processor imports nothing ahead)';
const LIBRARIES = {
  busy: `import threading
lock = threading.Lock()

def hold():
    with lock:
        threading.Event().wait()

threading.Thread(target=hold, daemon=True).start()`,
  heavy: 'import time\nprint("heavy is imported")\nat = time.time()',
  utils: 'whose = "installed"',
  slow: 'import time\ntime.sleep(20)',
  // Ends the process that imports for all, not the step that imports it itself.
  deadly: 'import os, sys, time\nif "server" in sys.argv:\n    time.sleep(3)\n    os._exit(7)',
};

let studio: TestStudio;
let python: string;

beforeAll(async () => {
  studio = await testStudio();
  const venv = join(studio.home, 'venv');
  await promisify(execFile)(studio.python, ['-m', 'venv', '--without-pip', venv]);
  const [version = ''] = await readdir(join(venv, 'lib'));
  const installed = join(venv, 'lib', version, 'site-packages');
  await mkdir(installed, { recursive: true });
  for (const [name, text] of Object.entries(LIBRARIES)) {
    await writeFile(join(installed, `${name}.py`), `${text}\n`);
  }
  python = join(venv, 'bin', 'python');
}, 300_000);

afterAll(() => studio.dispose());

async function told(name: string, steps: readonly TestStep[]) {
  const at = new TestPackage(join(studio.home, name), python);
  await at.write({ steps });
  const { code, events } = await at.tell('run', '--json', '--isolate', 'fork');
  const printed = (step: string) =>
    events.flatMap((each) => (each.event === 'output' && each.step === step ? [each.line] : []));
  return { code, why: events.at(-1)?.why_not_forked, ran: events.at(-1)?.ran, printed };
}

describe.skipIf(HERE)(`forked steps${HERE}`, () => {
  test('a library that leaves a thread behind is never forked', async () => {
    const use = { name: 'use', outputs: ['a'], top: 'import busy', body: 'a = busy.lock.locked()' };
    const alone = await told('busy', [use]);
    const later = await told('later', [{ name: 'first', outputs: ['b'], body: 'b = 1' }, use]);
    expect([alone, later]).toMatchObject([
      { code: 0, why: '1 threads are running after the imports' },
      { code: 0, why: '1 threads are running after the imports', ran: ['first', 'use'] },
    ]);
  }, 60_000);

  test.skipIf(AHEAD)(
    `what a later step imports is imported while an earlier one runs, and seen by neither${AHEAD}`,
    async () => {
      const looks = 'import sys, time';
      const { code, why, printed } = await told('ahead', [
        {
          name: 'first',
          outputs: ['end'],
          top: looks,
          body: 'time.sleep(1.5)\nprint("heavy" in sys.modules)\nend = time.time()',
        },
        {
          name: 'second',
          outputs: ['b'],
          top: looks,
          body: 'b = 1\nprint("heavy" in sys.modules)',
        },
        {
          name: 'third',
          inputs: ['end'],
          outputs: ['c'],
          top: 'import heavy',
          body: 'c = heavy.at < end\nprint(c)',
        },
        {
          name: 'fourth',
          outputs: ['d'],
          top: looks,
          body: 'd = 1\nprint("heavy" in sys.modules)',
        },
      ]);
      expect([code, why]).toEqual([0, null]);
      expect(['first', 'second', 'third', 'fourth'].map(printed)).toEqual([
        ['False'],
        ['False'],
        ['heavy is imported', 'True'],
        ['True'],
      ]);
    },
    60_000,
  );

  test.skipIf(AHEAD)(
    `a module that an earlier step writes comes before an installed one of its name${AHEAD}`,
    async () => {
      const writes =
        'import time\ntime.sleep(1)\nopen("utils.py", "w").write("whose = \'notebook\'")';
      const { code, printed } = await told('hidden', [
        { name: 'first', outputs: ['a'], body: `a = 1\n${writes}` },
        { name: 'use', outputs: ['b'], top: 'import utils', body: 'b = utils.whose\nprint(b)' },
      ]);
      expect([code, printed('use')]).toEqual([0, ['notebook']]);
    },
    60_000,
  );

  test('cancelled while a library is imported: it is not waited for, and nothing is left', async () => {
    const at = new TestPackage(join(studio.home, 'cancelled'), python);
    await at.write({ steps: [{ name: 'use', outputs: ['a'], top: 'import slow', body: 'a = 1' }] });
    const child = at.start('run', '--json', '--isolate', 'fork');
    await expect
      .poll(() => existsSync(join(at.folder, 'run', 'use.log')), { timeout: 30_000 })
      .toBe(true);
    const began = Date.now();
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, Date.now() - began < 8_000]).toEqual([130, true]);
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args=']);
    expect(stdout.split('\n').filter((line) => line.includes(python))).toEqual([]);
  }, 60_000);

  test.skipIf(AHEAD)(
    `a library that ends the process that imports it ahead costs no step${AHEAD}`,
    async () => {
      const first = { name: 'first', outputs: ['a'], top: 'import time' };
      const use = { name: 'use', outputs: ['b'], top: 'import deadly', body: 'b = 2' };
      const waiting = await told('waits', [{ ...first, body: 'a = 1' }, use]);
      const still = await told('runs', [{ ...first, body: 'time.sleep(5)\na = 1' }, use]);
      expect([waiting, still]).toMatchObject([
        { code: 0, why: 'the process that imports the libraries ended', ran: ['first', 'use'] },
        { code: 0, why: 'the forking process ended', ran: ['first', 'use'] },
      ]);
    },
    60_000,
  );
});
