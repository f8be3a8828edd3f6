/** Loops in loops: followed often enough to see what one round hands to the next, and never 2 to the depth. */
import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';

function lastOf(...sources: string[]) {
  const cells = sources.map((source, at) => ({
    id: CellId(`c${at}`),
    type: 'code' as const,
    source,
    tags: [],
  }));
  const facts = analyseCells(cells).at(-1);
  if (!facts) throw new Error('no cell');
  const { read, mutated, unknowable } = facts;
  return {
    read: read.map(({ name }) => name),
    mutated: mutated.map(({ name, certainty }) => `${name} ${certainty}`),
    unknowable,
  };
}

test('sixteen loops, one in the other, are followed to the end', () => {
  const depth = 16;
  const heads = Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}for i${at} in items:`);
  const body = `${' '.repeat(depth)}total.append(i${depth - 1} + i0 + late)`;
  const source = [...heads, body, `${' '.repeat(depth)}late = 1`].join('\n');
  expect(lastOf('items, total, late = [1], [], 0', source)).toEqual({
    read: ['items', 'total', 'late'],
    mutated: ['total surely'],
    unknowable: [],
  });
});

test('what a round hands on reaches the round after the next', () => {
  const source = `for i in items:
    for j in items:
        a.append(1)
        a = b
        b = last`;
  expect(lastOf('items, a, b, last = [1], [], [], []', source)).toEqual({
    read: ['items', 'a', 'b', 'last'],
    mutated: ['a surely', 'b surely', 'last surely'],
    unknowable: [],
  });
});

test('a function called in a loop is followed in full, however it is called later', () => {
  const source = `def fill(rows):
    known = []
    for row in rows:
        known.append(1)
        known = row
for i in items:
    for j in items:
        fill(kept)`;
  expect(lastOf('items, kept = [1], [[]]', source)).toEqual({
    read: ['items', 'kept'],
    mutated: ['kept possibly'],
    unknowable: [],
  });
});

test('a loop whose else raises goes on from its break alone', () => {
  const source = `for item in items:
    if item > 1:
        found = item
        break
else:
    raise ValueError('none')
found`;
  expect(lastOf('items, found = [1], 0', source)).toEqual({
    read: ['items'],
    mutated: [],
    unknowable: [],
  });
});
