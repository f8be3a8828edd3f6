/**
 * `npm run bench -- corpus <folder>`: every code cell of the notebooks in a folder, analysed and compared with what
 * CPython's own symbol table and bytecode say of it. Prints each difference; docs/analysis.md explains the classes.
 * Notebooks are read one at a time; SLIPWAY_BENCH_MINUTES ends it early, with what was compared by then.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DATA_ENVIRONMENT } from '../scripts/setup/data-environment.mjs';
import { loadAnalysis, readNotebook } from './corpus/analysis.mjs';
import { compareCell } from './corpus/compare.mjs';

const SLOWEST = 1000;
const folders = process.argv.slice(2).filter(existsSync);
if (folders.length === 0) {
  console.log('  Name a folder of notebooks: npm run bench -- corpus <folder>');
  process.exit(1);
}
const python = [process.env.SLIPWAY_BENCH_PYTHON, join(DATA_ENVIRONMENT, 'bin', 'python')].find(
  (path) => path && existsSync(path),
);
if (!python) {
  console.log('  A Python with IPython is needed: name it in SLIPWAY_BENCH_PYTHON.');
  process.exit(1);
}

const paths = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.ipynb') && !path.includes('.ipynb_checkpoints'))
  .sort();
const end = performance.now() + 60_000 * Number(process.env.SLIPWAY_BENCH_MINUTES ?? 120);
const { tools, remove } = await loadAnalysis();
const count = { foreign: 0, unreadable: 0, lenient: 0, compared: 0 };
const classes = new Map();
const failed = [];
let differing = 0;
let notebooks = 0;
let slowest = { ms: 0, where: '' };

const oracle = spawn(python, [join(import.meta.dirname, 'corpus', 'oracle.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: oracle.stdout })[Symbol.asyncIterator]();

function timed(where, work) {
  const began = performance.now();
  try {
    return work();
  } catch (error) {
    failed.push(`${where}: ${error.stack}`);
    return null;
  } finally {
    const ms = performance.now() - began;
    if (ms > slowest.ms) slowest = { ms, where };
  }
}

for (const [at, path] of paths.entries()) {
  if (performance.now() > end) {
    console.log(`  ended early, after ${at} of ${paths.length} files`);
    break;
  }
  if (at > 0 && at % 250 === 0) console.log(`  ${at} of ${paths.length} files`);
  const notebook = readNotebook(path, readFileSync(path, 'utf8'));
  if (!notebook) continue;
  const { cells } = notebook;
  notebooks += 1;
  timed(`${path} as a whole`, () => tools.analyseCells(cells));
  for (const { type, source } of cells) {
    if (type !== 'code') continue;
    oracle.stdin.write(`${JSON.stringify(source)}\n`);
    const answer = JSON.parse((await answers.next()).value);
    const result = timed(path, () => compareCell(source, answer, tools));
    if (!result) continue;
    count[result.kind] += 1;
    if (result.differences.length > 0) differing += 1;
    for (const { what, name } of result.differences) {
      const known = classes.get(what) ?? [];
      known.push({ name, path, source, answer });
      classes.set(what, known);
    }
  }
}
oracle.stdin.end();
remove();

const cells = Object.values(count).reduce((sum, each) => sum + each, 0);
console.log(`  ${cells} code cells of ${notebooks} notebooks`);
console.log(
  `  ${count.compared} compared; ${count.foreign} of another language; ${count.unreadable} that neither can read; ${count.lenient} that CPython alone refuses`,
);
console.log(
  `  agreement ${(100 - (100 * differing) / Math.max(1, count.compared)).toFixed(3)} % (${differing} cells differ)`,
);
console.log(`  failures ${failed.length}; slowest ${slowest.ms.toFixed(0)} ms in ${slowest.where}`);
for (const failure of failed.slice(0, 5)) console.log(failure);
const shown = Number(process.env.SLIPWAY_BENCH_SHOWN ?? 3);
for (const [what, list] of classes) {
  console.log(`\n  ${what}: ${list.length}`);
  for (const { name, path, source } of list.slice(0, shown)) {
    console.log(`    ${name} in ${path}\n${source.slice(0, 700).replace(/^/gm, '      | ')}`);
  }
}
const isGood = failed.length === 0 && slowest.ms <= SLOWEST && differing <= count.compared / 1000;
process.exit(isGood ? 0 : 1);
