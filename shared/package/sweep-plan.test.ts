import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import type { Parameter } from '../pipeline';
import { axisArgument, EMPTY_PLAN, readPlan, type SweepPlan } from './sweep-plan';

const parameter = (name: string, type: Parameter['type'], more: Partial<Parameter> = {}) => ({
  name,
  type,
  defaultSource: '1',
  doc: '',
  cellId: CellId('a'),
  line: 1,
  origin: 'cell' as const,
  ...more,
});

const PARAMETERS: readonly Parameter[] = [
  parameter('trees', 'int', { minimum: 1, maximum: 1000 }),
  parameter('share', 'float'),
  parameter('title', 'str'),
  parameter('is_fast', 'bool'),
  parameter('columns', 'list'),
  parameter('options', 'json'),
  parameter('criterion', 'enum', { values: ['"gini"', '"entropy"'] }),
  parameter('token', 'secret'),
];

/** The values handed on for each parameter, or the sentence that refuses them. */
function read(values: SweepPlan['values'], arrangement: SweepPlan['arrangement'] = 'grid') {
  const { axes, points, problem } = readPlan({ ...EMPTY_PLAN, arrangement, values }, PARAMETERS);
  const told = Object.values(axes).map((axis) =>
    axis.ok ? axisArgument(axis.value) : axis.error.message,
  );
  return { told, points, problem };
}

test('lists and ranges are read by type, and handed on so that no comma splits a value', () => {
  expect(
    read({
      trees: '10 to 100 by 30',
      share: '0.1 to 0.3 by 0.1',
      title: `a, "b, c", it's`,
      is_fast: 'True, false',
      columns: `["a", "b"], (1, 2)`,
      options: `{'a': [1, 2]}, "x"`,
      criterion: 'gini, entropy',
    }),
  ).toEqual({
    told: [
      'trees=["10", "40", "70", "100"]',
      'share=["0.1", "0.2", "0.3"]',
      `title=["a", "b, c", "it's"]`,
      'is_fast=["True", "false"]',
      'columns=[["a", "b"], [1, 2]]',
      `options=["{'a': [1, 2]}", "\\"x\\""]`,
      'criterion=["\\"gini\\"", "\\"entropy\\""]',
    ],
    points: 4 * 3 * 3 * 2 * 2 * 2 * 2,
    problem: `That is ${4 * 3 * 3 * 16} points, and 500 is the most here. Leave out some values.`,
  });
});

test('a value that breaks its type or range is named with its parameter, and nothing can run', () => {
  const said = (values: SweepPlan['values']) => {
    const { told, points, problem } = read(values);
    return [told.at(-1), points, problem];
  };
  const refused = (sentence: string) => [sentence, 0, sentence];
  expect([
    said({ trees: '10, many' }),
    said({ trees: '10, 2000' }),
    said({ trees: '0 to 4' }),
    said({ trees: '4 to 1' }),
    said({ trees: '1 to 1000' }),
    said({ share: '0 to 1' }),
    said({ share: '0 to 1 by 0' }),
    said({ is_fast: 'perhaps' }),
    said({ criterion: 'gini, best' }),
    said({ token: 'abc' }),
    said({ gone: '1' }),
  ]).toEqual(
    [
      'trees takes a whole number, not “many”.',
      'trees takes 1000 or less, not “2000”.',
      'trees takes 1 or more, not “0”.',
      'trees: 4 to 1 holds no value.',
      'trees: 1 to 1000 is 1000 values; 500 is the most here.',
      'share: say how far apart the values are, as in 0 to 1 by 0.1.',
      'share: a range cannot go on by 0.',
      'is_fast takes True or False, not “perhaps”.',
      'criterion takes one of "gini", "entropy", not “best”.',
      'token is a secret, which cannot be swept.',
      'There is no parameter gone.',
    ].map(refused),
  );
});

test('points are counted as they will run: doubles once, rows only where all are equally long', () => {
  const counted = (values: SweepPlan['values'], arrangement: SweepPlan['arrangement']) => {
    const { points, problem } = read(values, arrangement);
    return [points, problem];
  };
  expect([
    counted({ trees: '1, 2, 2', share: '1, 1.0, 2' }, 'grid'),
    counted({ trees: '1, 2, 1', share: '1, 1.0, 1' }, 'rows'),
    counted({ trees: '1, 2, 3', share: '1, 2' }, 'rows'),
    counted({ trees: ' ' }, 'grid'),
  ]).toEqual([
    [4, null],
    [2, null],
    [3, 'Row by row each parameter needs as many values as the others: trees has 3, share has 2.'],
    [0, 'Give at least one parameter some values.'],
  ]);
});
