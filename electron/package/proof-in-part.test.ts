/** What a proof says where the notebook itself varies, of chosen steps alone, and with other values for parameters. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PackageRun } from '../../shared/package';
import type { Recording } from '../../shared/pipeline';
import { type TestStudio, testStudio } from './test-environment';
import { serviceFor, sourceOf } from './test-source';

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

const STEPS = [
  '# One',
  '#p\nscale = 2',
  'import random\nfirst = [random.random() for _ in range(3)]\nopen("made.txt", "w").write("kept")\nbase = [scale]',
  '# Two',
  'base.append(random.random())\ntext = open("made.txt").read()\ntwice = [scale * each for each in base]',
  '# Three',
  'total = sum(twice) + random.random()',
];

const brief = ({ steps, comparisons, onlySteps }: PackageRun) => ({
  onlySteps,
  steps: steps.map(({ stepId, state }) => [stepId, state]),
  comparisons: comparisons.map(({ stepId, name, verdict }) => [stepId, name, verdict]),
});

test('chosen steps alone go on from what the notebook hands them: values, files, the random stream', async () => {
  const source = sourceOf(studio.home, 'part', STEPS);
  const service = await serviceFor(studio, source);
  const run = await service.run({ steps: ['two'] }).result;
  expect(run.ok ? brief(run.value) : run.error).toEqual({
    onlySteps: ['two'],
    steps: [
      ['one', 'skipped'],
      ['two', 'done'],
      ['three', 'skipped'],
    ],
    comparisons: [
      ['two', 'base', 'identical'],
      ['two', 'text', 'identical'],
      ['two', 'twice', 'identical'],
    ],
  });
  const golden = join(studio.home, 'part', 'part_package', 'tests', 'golden');
  expect(existsSync(golden), 'a proof in part keeps no values for the tests').toBe(false);
  const refused = await service.run({ steps: ['four'] }).result;
  expect(refused.ok ? null : refused.error.message).toBe(
    'There is no step four. The steps are: one, two, three.',
  );
}, 400_000);

test('a parameter gets its value in the notebook too, and a wrong one is refused before anything runs', async () => {
  const service = await serviceFor(studio, sourceOf(studio.home, 'given', STEPS));
  const run = await service.run({ parameters: { scale: '7' } }).result;
  if (!run.ok) throw new Error(run.error.message);
  expect(new Set(run.value.comparisons.map(({ verdict }) => verdict))).toEqual(
    new Set(['identical']),
  );
  const one = run.value.steps[0]?.artifacts.find(({ name }) => name === 'base');
  expect(one?.summary).toBe('1 items');
  const refused = await service.run({ parameters: { scale: 'seven' } }).result;
  expect(refused.ok ? null : refused.error.message).toBe(
    'scale takes a whole number, not “seven”.',
  );
}, 400_000);

test('where the notebook gives another value each time, that is said with the cell where it begins', async () => {
  let recording: Recording | null = null;
  const texts = [
    'import time\nimport uuid',
    'steady = [1, 2]\nsame = list(steady)',
    'wait = 1\nstamp = time.time_ns()\nlater = stamp + wait',
    'days = later // 3',
  ];
  const source = sourceOf(studio.home, 'varies', texts);
  const service = await serviceFor(studio, source, (seen) => {
    recording = seen;
  });
  const run = await service.run().result;
  if (!run.ok) throw new Error(run.error.message);
  const cause = {
    kind: 'notebook-varies',
    text: expect.stringMatching(
      /^The notebook itself gives another value each time it runs, so it can’t be compared\. That begins in cell 3, line 2 with stamp: it (reads the clock|calls time\.time_ns\(\))\.$/,
    ),
    cellId: 'varies-2',
    cellNumber: 3,
    line: 2,
  };
  const found = run.value.comparisons.map(({ name, verdict, cause: why }) => [name, verdict, why]);
  const clock = (name: string) => [name, 'not-compared', expect.objectContaining(cause)];
  expect(found).toEqual([
    ['steady', 'identical', undefined],
    ['same', 'identical', undefined],
    ['wait', 'identical', undefined],
    clock('stamp'),
    clock('later'),
    clock('days'),
  ]);
  expect(run.value.reference?.isRepeatable).toBe(false);
  expect(recording).toMatchObject({
    format: 1,
    cells: [
      { cellId: 'varies-0', modules: expect.any(Array) },
      { cellId: 'varies-1', reads: [], writes: [{ name: 'same' }, { name: 'steady' }] },
      { cellId: 'varies-2', reads: [{ name: 'time', line: 2 }] },
      { cellId: 'varies-3', reads: [{ name: 'later', line: 1 }] },
    ],
  });
}, 400_000);
