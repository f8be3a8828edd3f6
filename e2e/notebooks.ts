/** Notebooks of a few cells, written for one spec: small enough that packaging and running them takes seconds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeEnvironment } from './environment';

export interface WrittenCell {
  readonly source: string;
  readonly type?: 'code' | 'markdown';
  readonly tags?: readonly string[];
}

/** In a folder of its own, with the environment of the specs beside it; answers its path. */
export function writeNotebook(
  folder: string,
  name: string,
  cells: readonly (string | WrittenCell)[],
): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  placeEnvironment(place);
  return writeIn(place, name, cells);
}

/** Into a folder that is there. */
export function writeIn(
  place: string,
  name: string,
  cells: readonly (string | WrittenCell)[],
): string {
  const path = join(place, `${name}.ipynb`);
  const document = {
    cells: cells.map((cell, at) => written(typeof cell === 'string' ? { source: cell } : cell, at)),
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(path, `${JSON.stringify(document, null, 1)}\n`);
  return path;
}

function written({ source, type = 'code', tags = [] }: WrittenCell, at: number) {
  const metadata = tags.length > 0 ? { tags } : {};
  const common = { id: `cell-${at + 1}`, metadata, source };
  return type === 'markdown'
    ? { cell_type: type, ...common }
    : { cell_type: type, ...common, execution_count: null, outputs: [] };
}

export const heading = (text: string): WrittenCell => ({ source: `## ${text}`, type: 'markdown' });
