/** A sweep as the app asks for it: the package's own, with its table read back. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSweep, startSweep } from './run-sweep';
import { type TestStudio, testStudio } from './test-environment';
import { TestPackage } from './test-package';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 300_000);

afterAll(() => studio.dispose());

test('each combination is a row; a value that breaks its type is the user’s to mend', async () => {
  const at = new TestPackage(join(studio.home, 'swept'), studio.python);
  await at.write({
    steps: [
      {
        name: 'only',
        outputs: ['twice'],
        parameters: ['n', 'm'],
        body: 'twice = 2 * n / m',
      },
    ],
    parameters: ['Parameter("n", "int", 1)', 'Parameter("m", "int", 1)'],
  });
  const swept = {
    python: at.python,
    packageFolder: at.folder,
    packageName: 'demo',
    sweepFolder: join(at.folder, 'sweep'),
    seed: 1,
    originOf: () => null,
    onEvent: () => undefined,
  };
  const wish = { listed: [], file: null, metrics: [], jobs: 2, isFresh: false };
  const sweep = (grid: readonly string[]) =>
    startSweep(studio.tasks, (task) =>
      runSweep(swept, { ...wish, grid, parameters: { m: '0' } }, task),
    ).result;
  const good = await startSweep(studio.tasks, (task) =>
    runSweep(swept, { ...wish, grid: ['n=1,2'], parameters: { m: '4' } }, task),
  ).result;
  const row = (n: number, twice: number) => ({
    parameters: { n },
    values: { twice },
    ran: ['only'],
    error: null,
    run_folder: join(at.folder, 'sweep', `n=${n}`),
    wall_ms: expect.any(Number),
  });
  expect(good).toEqual({
    ok: true,
    value: { folder: swept.sweepFolder, rows: [row(1, 0.5), row(2, 1)] },
  });
  expect(await sweep(['n=3'])).toMatchObject({
    value: { rows: [{ values: {}, error: 'Step only failed: division by zero' }] },
  });
  expect(await sweep(['n=3,x'])).toMatchObject({
    ok: false,
    error: { kind: 'invalid-input', message: "n must be a whole number, not 'x'." },
  });
}, 60_000);
