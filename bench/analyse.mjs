/** The analysis: cells per second over all notebooks at hand, and one edited cell, beside CPython's own symtable. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { freshFolder, ROOT } from './lib/app.mjs';
import { repeat, row } from './lib/measure.mjs';

const RUNS = 7;
const desk = freshFolder('analyse');
const bundle = join(desk.folder, 'pipeline.mjs');
await build({
  entryPoints: [join(ROOT, 'shared', 'pipeline', 'index.ts')],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'error',
});
const { createAnalyser } = await import(pathToFileURL(bundle).href);

const shared = resolve(ROOT, '..', 'shared', 'notebooks');
const samples = ['churn', 'demand'].map((name) =>
  join(ROOT, 'resources', 'samples', name, `${name}.ipynb`),
);
const files = existsSync(shared)
  ? readdirSync(shared).flatMap((name) => (name.endsWith('.ipynb') ? [join(shared, name)] : []))
  : samples;
const notebooks = files.map((file) =>
  JSON.parse(readFileSync(file, 'utf8')).cells.map((cell, index) => ({
    id: `cell-${index}`,
    type: cell.cell_type,
    source: [cell.source].flat().join(''),
    tags: cell.metadata?.tags ?? [],
  })),
);
const codeCells = notebooks.flat().filter(({ type }) => type === 'code').length;

function coldRun() {
  const began = performance.now();
  for (const cells of notebooks) createAnalyser().analyse(cells);
  return (performance.now() - began) / codeCells;
}

const largest = notebooks.toSorted((a, b) => b.length - a.length)[0];
const analyser = createAnalyser();
analyser.analyse(largest);

function editRun(run) {
  const at = Math.floor(largest.length / 2);
  const edited = largest.map((cell, index) =>
    index === at
      ? {
          ...cell,
          type: 'code',
          source: `edited = ${run}\n${cell.type === 'code' ? cell.source : ''}`,
        }
      : cell,
  );
  const began = performance.now();
  analyser.analyse(edited);
  return performance.now() - began;
}

const SYMTABLE = `
import json, sys, symtable, time
cells = json.load(sys.stdin)
for _ in range(2):
    began = time.perf_counter()
    for source in cells:
        try:
            symtable.symtable(source, "cell", "exec")
        except SyntaxError:
            pass
    took = time.perf_counter() - began
print(took * 1000 / len(cells))
`;
const sources = notebooks.flat().flatMap(({ type, source }) => (type === 'code' ? [source] : []));
const symtable = () =>
  Number(
    execFileSync('python3', ['-c', SYMTABLE], { input: JSON.stringify(sources), encoding: 'utf8' }),
  );

console.log(`  ${codeCells} code cells of ${files.length} notebooks`);
await repeat(2, coldRun);
const limit = await repeat(RUNS, symtable);
const cold = await repeat(RUNS, coldRun);
row("CPython's symtable, one cell (the limit)", limit, 'ms');
row('analysis from nothing, one cell', cold, 'ms', { label: 'symtable', values: limit });
row(
  'cells a second',
  cold.map((ms) => 1000 / ms),
  'cells/s',
);
row(`one edit in a notebook of ${largest.length} cells`, await repeat(RUNS, editRun), 'ms', {
  label: 'a cell from nothing',
  values: cold,
});
desk.remove();
