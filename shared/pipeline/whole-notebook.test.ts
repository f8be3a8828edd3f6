import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { foreignFacts, isPython, wholePipeline } from './index';

test.each([
  ['python', true],
  ['ipython', true],
  ['python3', true],
  ['R', false],
  ['julia', false],
])('%s', (language, expected) => {
  expect(isPython(language)).toBe(expected);
});

const CELLS = [
  { id: CellId('m'), type: 'markdown' as const, source: '# Title', tags: [] },
  { id: CellId('c'), type: 'code' as const, source: 'x <- read.csv("data/a.csv")', tags: [] },
  { id: CellId('s'), type: 'code' as const, source: 'plot(x)', tags: ['skip'] },
];

test('a notebook in R is one step, and says which kernel it needs', () => {
  const facts = foreignFacts(CELLS);
  const pipeline = wholePipeline(CELLS, { language: 'R', kernelName: 'ir' });
  expect({
    files: facts.flatMap(({ filesRead }) => filesRead.map(({ path }) => path)),
    steps: pipeline.steps.map(({ id, cellIds, outputs }) => ({ id, cellIds, outputs })),
    skipped: pipeline.skipped,
    whole: pipeline.whole,
    problems: pipeline.problems.map(({ severity, message }) => `${severity}: ${message}`),
  }).toEqual({
    files: ['data/a.csv'],
    steps: [{ id: 'notebook', cellIds: ['c'], outputs: ['cell_outputs', 'files_written'] }],
    skipped: [{ cellId: 's', reason: 'You skipped it.' }],
    whole: { kernel: 'ir', language: 'R' },
    problems: [
      `hint: Cell 2 and those after it are written in R: the notebook is one step, run by the kernel ir, which has to be installed where the package runs. Install it by: R -e 'install.packages("IRkernel"); IRkernel::installspec()'`,
    ],
  });
});

test('without the name of a kernel it is refused', () => {
  const { problems, whole } = wholePipeline(CELLS, {
    language: 'julia',
    kernelName: null,
  });
  expect({
    whole,
    problems: problems.map(({ severity, message }) => `${severity}: ${message}`),
  }).toEqual({
    whole: undefined,
    problems: [
      'error: Cell 2 and those after it are written in Julia, and the notebook names no kernel that runs them. Choose a kernel and save the notebook.',
    ],
  });
});
