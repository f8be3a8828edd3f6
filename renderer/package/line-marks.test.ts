import { expect, test } from 'vitest';
import { CellId } from '../../shared/base/ids';
import { type FindCell, lineMarks, originWords } from './line-marks';

const findCell: FindCell = (id) =>
  id === 'train'
    ? { number: 5, stepName: 'train', colour: 9 }
    : { number: null, stepName: null, colour: null };

test('a line of a cell has the colour of its step, a line of ours has no mark', () => {
  const marks = lineMarks(
    [null, { cellId: CellId('train'), line: 2 }, { cellId: CellId('imports'), line: 1 }],
    findCell,
  );
  expect(
    marks.map(({ range, options }) => [range.startLineNumber, options.linesDecorationsClassName]),
  ).toEqual([
    [2, 'line-mark line-mark-1 line-mark-at-2'],
    [3, 'line-mark line-mark-none line-mark-at-3'],
  ]);
});

test('where a line comes from is said as people count', () => {
  const origin = { cellId: CellId('train'), line: 2 };
  expect([
    originWords(origin, findCell(origin.cellId)),
    originWords({ ...origin, cellId: CellId('gone') }, findCell(CellId('gone'))),
  ]).toEqual(['cell 5, line 2, step train', 'cell ?, line 2']);
});
