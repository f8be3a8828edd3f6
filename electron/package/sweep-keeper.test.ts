/** What the window sees of a sweep: each point as it goes on, what a cancelled one leaves, and that it goes on from there. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CellId, TaskId } from '../../shared/base/ids';
import { EMPTY_PLAN, type SweepPlan, type SweepRun } from '../../shared/package';
import type { Parameter } from '../../shared/pipeline';
import type { TaskContext } from '../task';
import { runSweep } from './run-sweep';
import { SweepKeeper, wishOf } from './sweep-keeper';
import { type TestStudio, testStudio } from './test-environment';
import { TestPackage } from './test-package';

let studio: TestStudio;
let at: TestPackage;

beforeAll(async () => {
  studio = await testStudio();
  at = new TestPackage(join(studio.home, 'kept'), studio.python);
  await at.write({
    steps: [
      { name: 'load', outputs: ['rows'], body: 'rows = 10' },
      {
        name: 'score',
        inputs: ['rows'],
        outputs: ['share', 'size'],
        parameters: ['n'],
        top: 'import os, time',
        body: `if n == 3 and not os.path.exists(os.environ["GO_ON"]):\n    time.sleep(60)\nshare = rows / (n - 1)\nsize = rows`,
      },
    ],
    parameters: ['Parameter("n", "int", 1)'],
  });
}, 300_000);

afterAll(() => studio.dispose());

/** A second try begins as the first did. */
const REMOVE = { recursive: true, force: true };

const N: Parameter = {
  ...{ name: 'n', type: 'int', defaultSource: '1', doc: '', line: 1, origin: 'cell' },
  cellId: CellId('a'),
};

function sweep(keeper: SweepKeeper, plan: SweepPlan, signal: AbortSignal): Promise<unknown> {
  const id = TaskId('sweep');
  const task: TaskContext = { id, signal, progress: () => undefined, log: () => undefined };
  const folder = join(at.folder, '.slipway', 'sweeps', 'demo');
  return keeper.during({ plan, taskId: id, packageName: 'demo', folder }, () =>
    runSweep(
      {
        python: at.python,
        packageFolder: at.folder,
        packageName: 'demo',
        sweepFolder: folder,
        seed: 1,
        originOf: () => null,
        onEvent: (event) => keeper.tell(event),
      },
      wishOf(plan, [N]),
      task,
    ),
  );
}

/** Which point runs the step that all share is up to the machine: it is left out. */
const ownSteps = (ran: readonly string[]) => ran.filter((step) => step !== 'load').join(' ');

const short = (run: SweepRun | null) => ({
  state: run?.state,
  points: run?.points.map(({ parameters, state, values, ran, error }) =>
    [parameters.n, state, values.share ?? null, ownSteps(ran), error?.message ?? ''].join(' · '),
  ),
});

test('points are shown as they come; a cancelled sweep is found again and goes on where it was', async () => {
  process.env.GO_ON = join(at.folder, 'go-on');
  for (const left of ['go-on', '.slipway']) await rm(join(at.folder, left), REMOVE);
  const plan = { ...EMPTY_PLAN, values: { n: '1, 2, 3' } };
  const keeper = new SweepKeeper();
  const abort = new AbortController();
  const seen = new Set<string>();
  keeper.state.subscribe((run) => {
    for (const point of run?.points ?? []) seen.add(`${point.parameters.n} ${point.state}`);
  });
  const first = sweep(keeper, plan, abort.signal);
  for (const sign of ['3 running', '2 done', '1 failed']) {
    await expect.poll(() => seen, { timeout: 30_000 }).toContain(sign);
  }
  abort.abort();
  await expect(first).rejects.toThrow();
  const reopened = new SweepKeeper();
  await reopened.open(join(at.folder, '.slipway', 'sweeps', 'demo'));
  const left = short(reopened.state.value);

  await at.put('go-on', '');
  await sweep(reopened, plan, new AbortController().signal);
  expect({
    left,
    planIsKept: reopened.state.value?.plan,
    end: short(reopened.state.value),
    ignored: await readFile(join(at.folder, '.slipway', '.gitignore'), 'utf8'),
  }).toEqual({
    left: {
      state: 'cancelled',
      points: [
        '1 · failed ·  ·  · Step score: ZeroDivisionError: division by zero',
        '2 · done · 10 · score · ',
        '3 · cancelled ·  ·  · ',
      ],
    },
    planIsKept: plan,
    end: {
      state: 'ended',
      points: [
        '1 · failed ·  ·  · Step score: ZeroDivisionError: division by zero',
        '2 · done · 10 ·  · ',
        '3 · done · 5 · score · ',
      ],
    },
    ignored: '*\n',
  });
}, 120_000);

test('a plan that breaks a type is refused with the parameter and the value', () => {
  const plan = { ...EMPTY_PLAN, values: { n: '1, two' } };
  expect(() => wishOf(plan, [N])).toThrow('n takes a whole number, not “two”.');
});
