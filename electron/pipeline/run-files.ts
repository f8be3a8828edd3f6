/** The files that a notebook runs by `%run`, read from beside it. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type CellSource, followRuns } from '../../shared/pipeline';

/** Longer than that no person has written it. */
const MOST_BYTES = 5_000_000;

export function withRunFiles(notebook: string, cells: readonly CellSource[]): CellSource[] {
  return followRuns(cells, (path) => {
    const file = resolve(dirname(notebook), path);
    const about = statSync(file, { throwIfNoEntry: false });
    return about?.isFile() && about.size <= MOST_BYTES ? readFileSync(file, 'utf8') : null;
  });
}
