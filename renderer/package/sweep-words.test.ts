import { expect, test } from 'vitest';
import { studioError } from '../../shared/base/studio-error';
import { Milliseconds } from '../../shared/base/units';
import { type SweepPoint, sweepColumns } from '../../shared/package';
import { pictureOf } from './sweep-picture';
import { drawable, failuresOf, inOrder, resultKey, showSweepValue, ticks } from './sweep-words';

const point = (
  parameters: SweepPoint['parameters'],
  values: SweepPoint['values'],
  state: SweepPoint['state'] = 'done',
): SweepPoint => ({
  parameters,
  values,
  state,
  step: null,
  wallMs: Milliseconds(10),
  ran: [],
  error: null,
  folder: null,
});

const POINTS = [
  point({ n: 20, kind: 'a' }, { auc: 0.8, rows: 500 }),
  point({ n: 10, kind: 'a' }, { auc: 0.7, rows: 500 }),
  point({ n: 10, kind: 'b' }, { auc: 0.9, rows: 500 }),
  point({ n: 20, kind: 'b' }, {}, 'failed'),
];

test('what differs is a column, what is the same everywhere is said once, and only numbers are drawn', () => {
  const columns = sweepColumns(POINTS);
  expect({ columns, drawn: drawable(POINTS, columns) }).toEqual({
    columns: {
      parameters: ['n', 'kind'],
      results: ['auc'],
      same: [{ name: 'rows', value: 500 }],
    },
    drawn: ['auc'],
  });
});

test('what went wrong is said once, with the points where it did', () => {
  const failing = (message: string) => ({
    ...point({}, {}, 'failed'),
    error: studioError('step-failed', message),
  });
  const points = [failing('a'), point({}, {}), failing('a'), failing('b'), failing('a')];
  const many = Array.from({ length: 10 }, () => failing('a'));
  const said = (all: readonly SweepPoint[]) =>
    failuresOf(all).map(({ error, where }) => `${where}: ${error.message}`);
  expect([said(points), said(many)]).toEqual([
    ['Points 1, 3 and 5: a', 'Point 4: b'],
    ['Points 1, 2, 3, 4, 5, 6, 7, 8 and 2 more: a'],
  ]);
});

test('rows are put in order by any column, those without a value last', () => {
  const numbers = (isDescending: boolean) =>
    inOrder(POINTS, { column: resultKey('auc'), isDescending }).map(([, number]) => number);
  expect([numbers(false), numbers(true)]).toEqual([
    [2, 1, 3, 4],
    [3, 1, 2, 4],
  ]);
});

test('the picture has a line for each combination of the other parameters, from left to right', () => {
  const { lines, xTicks } = pictureOf(POINTS, 'n', 'auc');
  const byKind = pictureOf(POINTS, 'kind', 'auc').xTicks;
  expect({
    lines: lines.map(({ name, points }) => [name, points.map(({ x, y }) => [x, y])]),
    xTicks: xTicks.map(({ text }) => text),
    byKind,
  }).toEqual({
    lines: [
      [
        'kind a',
        [
          [10, 0.7],
          [20, 0.8],
        ],
      ],
      ['kind b', [[10, 0.9]]],
    ],
    xTicks: ['10', '15', '20'],
    byKind: [
      { at: 0, text: 'a' },
      { at: 1, text: 'b' },
    ],
  });
});

test('marks of a scale are round numbers within it, values have six digits', () => {
  expect([
    ticks(0.07, 0.31),
    ticks(3, 3),
    ticks(-10, 1000),
    showSweepValue(0.123456789),
    showSweepValue([1, 'a']),
    showSweepValue(null),
  ]).toEqual([[0.1, 0.2, 0.3], [3], [0, 500, 1000], '0.123457', '[1,"a"]', '–']);
});
