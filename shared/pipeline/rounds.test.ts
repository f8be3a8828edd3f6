/** What a cell changes by way of names handed on: by loops, recursion, closures and calls in turn. The cases are run in hard-cases.test.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';

const CHANGED: Readonly<Record<string, string>> = {
  'a list reached in the third round of a loop': 'a b last',
  'a chain of four names in a while loop': 'a b c d last',
  'names handed on backwards in nested loops': 'a b c last',
  'tuple swaps in a loop rotate three lists': 'first third second kept',
  'a function of global names called again and again': 'a b last',
  'a function of global names called in a loop': 'a b last',
  'a function that finds another list under the same name': 'x y',
  'a function that finds another list in the same dict': 'holder x y',
  'a function that calls itself with its arguments changed about': 'x y z',
  'two functions that call one another': 'x y',
  'a recursion over global names': 'a b last',
  'what a recursion gives back is one of its arguments': 'x y z',
  'a comprehension that hands names on': 'a b last',
  'names handed on in try, except and finally': 'a b c last',
  'names handed on by a context manager in a loop': 'a b last',
  'a chain through a dict in a loop': 'chain a b last',
  'a chain through attributes in a loop': 'at x y z',
  'a method that moves its object on, called in turn': 'walker x y',
  'views of arrays handed on in a loop': 'base a other b last',
  'tables handed on in a loop': 'a b last',
  'a default argument that is another list each time it is defined': 'x rows y',
  'an attribute of a class set to another list in each round': 'Shared x y',
  'a closure that hands its own variables on': 'x y z',
  'a closure over a variable that is set anew between its calls': 'x y',
  'a generator that changes a list each time it goes on': 'a b last',
  "a loop over a list that grows by other names' lists": 'x y z',
  'a sorted copy in the first round, the list itself in the next': 'rows',
  'a deque that turns round': 'ring x y z',
  'names handed on under conditions, one in each round': 'a b c last',
  'the match of a round is the subject of the next': 'tree x y',
  'two closures of one function, each with its own list': 'x y',
  'one of two closures, as it turns out': 'x y',
  'a function called with more lists than are followed one by one':
    'kept many a b c d e f g h i j k l m n o p',
};

const text = readFileSync(join(import.meta.dirname, 'hard-cases', 'rounds.py'), 'utf8');
const cases = text.split(/^# case: /m).slice(1);

/** The second cell of each case is the one that changes what the first made, but where it only keeps it. */
function changedIn(part: string): string {
  const cells = part
    .split(/^# %% .*\n/m)
    .slice(1)
    .map((source, at) => ({ id: CellId(`c${at}`), type: 'code' as const, source, tags: [] }));
  const facts = analyseCells(cells)[1];
  expect(facts?.unknowable).toEqual([]);
  return (facts?.mutated ?? []).map(({ name }) => name).join(' ');
}

test('every list that a round can reach is among what the cell changes', () => {
  const found = cases.map((part) => [part.split('\n')[0] ?? '', changedIn(part)]);
  expect(Object.fromEntries(found)).toEqual(CHANGED);
});

test('names handed on in more rounds than are followed: it is said', () => {
  const names = Array.from({ length: 40 }, (_, at) => `n${at}`);
  const round = ['n0.append(1)', ...names.slice(1).map((name, at) => `n${at} = ${name}`)];
  const sources = [
    `${names.join(' = [], ')} = []`,
    `while n0:\n${round.map((line) => `    ${line}`).join('\n')}`,
  ];
  const cells = sources.map((source, at) => ({
    ...{ id: CellId(`c${at}`), type: 'code' as const, source, tags: [] },
  }));
  const reasons = analyseCells(cells)[1]?.unknowable.map(({ reason }) => reason);
  expect(reasons).toEqual([
    'This cell hands its names on for so many rounds that not all could be followed.',
  ]);
});
