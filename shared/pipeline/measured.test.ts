/** The oracle: what really happened when eight notebooks nobody here wrote were run, cell by cell. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseNotebook } from '../notebook';
import { analyseCells } from './analyse';

const folder = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'notebooks');
const names = existsSync(folder) ? readdirSync(join(folder, 'measured')) : [];

/** A matplotlib artist: drawing its figure at the cell's end changes it, no line of the cell does. */
const CHANGED_BY_DRAWING = ['contour'];

interface Row {
  readonly cell: number;
  readonly reads: string[];
  readonly writes: string[];
  readonly deletes: string[];
  readonly mutates: string[];
}

describe.skipIf(names.length === 0)(
  'measured dataflow (skipped where ../shared/notebooks is absent)',
  () => {
    it.each(names)('every read and write of %s is found', (name) => {
      const path = join(folder, name.replace('.json', '.ipynb'));
      const parsed = parseNotebook(readFileSync(path, 'utf8'), path);
      if (!parsed.ok) throw new Error(parsed.error.message);
      const facts = analyseCells(parsed.value.document.cells);
      const { rows } = JSON.parse(readFileSync(join(folder, 'measured', name), 'utf8')) as {
        rows: Row[];
      };
      const missed = rows.flatMap((row) => {
        const fact = facts[row.cell];
        const has = (uses: readonly { name: string }[] | undefined, wanted: string) =>
          uses?.some((use) => use.name === wanted) ?? false;
        return [
          ...row.reads
            .filter((one) => !has(fact?.read, one))
            .map((one) => `cell ${row.cell} reads ${one}`),
          ...row.writes
            .filter((one) => !has(fact?.bound, one))
            .map((one) => `cell ${row.cell} writes ${one}`),
          ...row.deletes
            .filter((one) => !has(fact?.deleted, one))
            .map((one) => `cell ${row.cell} deletes ${one}`),
          ...row.mutates
            .filter((one) => !CHANGED_BY_DRAWING.includes(one))
            .filter((one) => !has(fact?.mutated, one) && !has(fact?.bound, one))
            .map((one) => `cell ${row.cell} changes ${one}`),
        ];
      });
      expect(missed).toEqual([]);
    });
  },
);
