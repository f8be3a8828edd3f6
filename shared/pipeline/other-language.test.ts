import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { isPython, NO_CHOICES, otherLanguage } from './index';

test.each([
  ['python', true],
  ['ipython', true],
  ['python3', true],
  ['R', false],
  ['julia', false],
])('%s', (language, expected) => {
  expect(isPython(language)).toBe(expected);
});

test('a notebook in R is refused with one sentence that names its first code cell', () => {
  const cells = [
    { id: CellId('m'), type: 'markdown' as const, source: '# Title', tags: [] },
    { id: CellId('c'), type: 'code' as const, source: 'x <- c(1, 2)', tags: [] },
  ];
  const { pipeline } = otherLanguage(cells, 'julia', NO_CHOICES);
  expect(pipeline.steps).toEqual([]);
  expect(pipeline.problems).toEqual([
    {
      severity: 'error',
      message:
        'Cell 2 and those after it are written in Julia, and steps are made of Python cells only. Write what a package needs in Python, or choose a Python kernel if the cells are Python.',
      cellId: 'c',
      cellNumber: 2,
      line: 1,
      nextSteps: [{ label: 'Go to the cell', command: 'notebook.go-to-cell', argument: 'c' }],
    },
  ]);
});
