import { expect, test } from 'vitest';
import { CellId } from '../../base/ids';
import { analyseCells } from '../analyse';
import { NO_CHOICES } from '../choices';
import type { CellSource } from '../facts';
import { suggestPipeline } from './suggest';

function said(...cells: readonly (readonly [source: string, count: number | null])[]): string[] {
  const sources = cells.map(
    ([source, executionCount], at): CellSource => ({
      id: CellId(`c${at}`),
      type: 'code',
      source,
      tags: [],
      executionCount,
    }),
  );
  const { problems } = suggestPipeline(sources, analyseCells(sources), NO_CHOICES);
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

test('an output older than what it was made from is told, and nothing where all ran in order', () => {
  expect({
    inOrder: said(['a = 1', 3], ['b = a + 1', 4]),
    neverRun: said(['a = 1', null], ['b = a + 1', null]),
    older: said(['a = 1', 5], ['b = a + 1', 4]),
    giverNotRun: said(['a = 1', null], ['b = a + 1', 4]),
    itself: said(['a = 1', 1], ['a = a + 1', 2]),
    independent: said(['a = 1', 2], ['b = 2', 1]),
  }).toEqual({
    inOrder: [],
    neverRun: [],
    older: [
      'warning: Cell 2 was run as [4], before cell 1, which gives it a and was run as [5]: what it shows may be out of date.',
    ],
    giverNotRun: [
      'warning: Cell 2 read a, which cell 1 binds but has not run as it stands. Run all cells to see what they really give.',
    ],
    itself: [],
    independent: [
      'hint: The cells were not run from top to bottom: cell 2 as [1], cell 1 above it as [2]. The steps run in the notebook’s order.',
    ],
  });
});
