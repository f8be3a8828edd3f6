/**
 * The analysis from nothing, and one edit in the largest notebook, beside marimo's visitor (SLIPWAY_BENCH_PYTHON names
 * a Python that has marimo) and CPython's symtable as the limit: the same cells in one run, in turn, by CPU time.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAnalysis, readNotebook } from '../corpus/analysis.mjs';
import { ROOT } from '../lib/app.mjs';
import { repeat, row } from '../lib/measure.mjs';

const RUNS = 3;

const folders = [
  ...process.argv.slice(2),
  resolve(ROOT, '..', 'shared', 'notebooks'),
  join(ROOT, 'resources', 'samples'),
].filter(existsSync);

export async function benchAnalysis(folder = folders[0]) {
  const { tools, remove } = await loadAnalysis();
  const notebooks = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ipynb'))
    .sort()
    .flatMap((name) => readNotebook(name, readFileSync(join(folder, name), 'utf8')) ?? []);
  const code = notebooks.flatMap(({ cells }) => cells.filter(({ type }) => type === 'code'));
  const sources = code.map(({ source }) => source);
  console.log(`  ${sources.length} code cells of ${notebooks.length} notebooks`);
  const failures = notebooks.filter(({ cells }) => !isAnalysed(tools, cells)).length;
  await repeat(2, () => coldRate(tools, notebooks, sources.length));
  const rounds = await repeat(RUNS, () => ({
    peers: askPeers(sources),
    ours: coldRate(tools, notebooks, sources.length),
  }));
  const marimo = rounds.flatMap(({ peers }) => peers?.marimo ?? []);
  const symtable = rounds.flatMap(({ peers }) => peers?.symtable ?? []);
  const ours = rounds.map((round) => round.ours);
  const rates = (list) => list.map(({ rate }) => rate);
  if (symtable.length > 0) row("CPython's symtable (the limit)", rates(symtable), 'cells/s');
  if (marimo.length > 0) {
    row("marimo's visitor", rates(marimo), 'cells/s');
    row('analysis from nothing', ours, 'cells/s', { label: 'marimo', values: rates(marimo) });
    console.log(`  failures: marimo ${marimo[0].failures}, ours ${failures}`);
  } else row('analysis from nothing', ours, 'cells/s');
  await edits(tools, notebooks);
  remove();
}

function isAnalysed(tools, cells) {
  try {
    return tools.analyseCells(cells).length === cells.length;
  } catch {
    return false;
  }
}

/** Cells per second of CPU time, each notebook by an analyser of its own. */
function coldRate(tools, notebooks, count) {
  const began = process.cpuUsage();
  for (const { cells } of notebooks) tools.createAnalyser().analyse(cells);
  const { user, system } = process.cpuUsage(began);
  return (count * 1e6) / (user + system);
}

function askPeers(sources) {
  const python = process.env.SLIPWAY_BENCH_PYTHON ?? 'python3';
  const ran = spawnSync(python, [join(import.meta.dirname, 'peer.py')], {
    input: JSON.stringify(sources),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return ran.status === 0 ? JSON.parse(ran.stdout) : null;
}

/** A line put into a cell, at places all over the notebook. */
async function edits(tools, notebooks) {
  const { cells } = [...notebooks].sort((a, b) => b.cells.length - a.cells.length)[0];
  const analyser = tools.createAnalyser();
  analyser.analyse(cells);
  const places = cells.flatMap(({ type }, at) => (type === 'code' ? [at] : []));
  const once = (run) => {
    const place = places[(run * 7919) % places.length];
    const edited = cells.map((cell, at) =>
      at === place ? { ...cell, source: `edited = ${run}\n${cell.source}` } : cell,
    );
    const began = performance.now();
    analyser.analyse(edited);
    return performance.now() - began;
  };
  await repeat(20, once);
  row(`one edit in a notebook of ${cells.length} cells`, await repeat(60, once), 'ms');
}

if (process.argv[1] === import.meta.filename) await benchAnalysis();
