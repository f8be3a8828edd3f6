/** Edits, moves, deletions one after another: what comes out is what a fresh analysis of the same cells gives. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { parseNotebook } from '../notebook';
import { analyseCells, createAnalyser } from './analyse';
import type { CellSource } from './facts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const FOLDERS = [
  ...['churn', 'demand'].map((name) => join(ROOT, 'resources', 'samples', name)),
  resolve(ROOT, '..', 'shared', 'notebooks'),
  ...(process.env['SLIPWAY_TEST_NOTEBOOKS']?.split(':') ?? []),
].filter(existsSync);

const notebooks = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb'))
    .flatMap((name) => {
      const parsed = parseNotebook(readFileSync(join(folder, name), 'utf8'), name);
      if (!parsed.ok) return [];
      const cells = parsed.value.document.cells.map(
        ({ type, source }, at): CellSource => ({ id: CellId(`c${at}`), type, source, tags: [] }),
      );
      return [{ name, cells }];
    }),
);

/** The same numbers each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * sides);
  };
}

const LINES = [
  'made = 1',
  'import random',
  'def helper(x):\n    return made + x',
  'made.append(helper)',
  'for each in made: kept = each',
  'kept = made',
  'del made',
  'np.random.seed(1)',
  'x =',
  '# only a remark',
];

function changed(cells: readonly CellSource[], roll: (sides: number) => number): CellSource[] {
  const next = [...cells];
  const at = roll(next.length);
  const cell = next[at];
  if (!cell) return next;
  const line = LINES[roll(LINES.length)] ?? '';
  switch (roll(6)) {
    case 0:
      next.splice(at, 1);
      next.splice(roll(next.length + 1), 0, cell);
      return next;
    case 1:
      if (next.length > 3) next.splice(at, 1);
      return next;
    case 2:
      next.splice(at, 0, { ...cell, id: CellId(`n${roll(1e9)}`), type: 'code', source: line });
      return next;
    case 3:
      next[at] = { ...cell, type: 'code', source: `${line}\n${cell.source}` };
      return next;
    case 4:
      next[at] = { ...cell, source: cell.source.replace(/\d+/, String(roll(100))) };
      return next;
    default:
      next[at] = { ...cell, source: cell.source.split('\n').slice(1).join('\n') };
      return next;
  }
}

test.each(notebooks.map(({ name, cells }, at) => [name, cells, at + 1] as const))(
  'forty random changes of %s, each the same as from nothing',
  (_name, start, seed) => {
    const roll = dice(seed);
    const analyser = createAnalyser();
    let cells: readonly CellSource[] = start;
    expect(JSON.stringify(analyser.analyse(cells))).toEqual(JSON.stringify(analyseCells(cells)));
    for (let round = 0; round < 40; round += 1) {
      cells = changed(cells, roll);
      const followed = JSON.stringify(analyser.analyse(cells));
      const fresh = JSON.stringify(analyseCells(cells));
      if (followed !== fresh) expect(JSON.parse(followed)).toEqual(JSON.parse(fresh));
      expect(followed === fresh).toBe(true);
    }
  },
  60_000,
);

test('a counter that a later cell turns is followed anew', () => {
  const sources = [
    'def outer():\n    n = []\n    def turn(x):\n        nonlocal n\n        n = x\n        return n\n    return turn',
    'turn = outer()\nmine = []',
    'turn(mine)',
    'turn(0).append(1)',
  ];
  const cells = sources.map((source, at): CellSource => {
    return { id: CellId(`c${at}`), type: 'code', source, tags: [] };
  });
  const analyser = createAnalyser();
  analyser.analyse(cells);
  const edited = cells.map((cell, at) => (at === 2 ? { ...cell, source: 'turn([])' } : cell));
  expect(analyser.analyse(edited)).toEqual(analyseCells(edited));
});
