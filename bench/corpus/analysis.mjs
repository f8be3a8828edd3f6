/** The analysis bundled by itself, and notebooks as it takes them. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { freshFolder, ROOT } from '../lib/app.mjs';

const ENTRY = `
export { analyseCells, createAnalyser } from './analyse';
export { isBuiltin } from './flow/builtins';
export { readCell } from './python/read-cell';
export { parser } from '@lezer/python';
`;

export async function loadAnalysis() {
  const desk = freshFolder('analysis');
  const outfile = join(desk.folder, 'analysis.mjs');
  await build({
    stdin: { contents: ENTRY, resolveDir: join(ROOT, 'shared', 'pipeline'), loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  return { tools: await import(pathToFileURL(outfile).href), outfile, remove: () => desk.remove() };
}

/** Null for what is no notebook of the fourth format, or one of another language. */
export function readNotebook(path, text) {
  try {
    const { cells, metadata } = JSON.parse(text);
    const language = metadata?.kernelspec?.language ?? metadata?.language_info?.name ?? 'python';
    if (!Array.isArray(cells) || !/python/i.test(language)) return null;
    return { path, cells: cells.map((cell, index) => toCell(cell, index)) };
  } catch {
    return null;
  }
}

function toCell(cell, index) {
  const source = [cell.source].flat().join('');
  return { id: `cell-${index}`, type: cell.cell_type, source, tags: cell.metadata?.tags ?? [] };
}
