/**
 * The analysis from nothing, and one edit in the largest notebook, beside marimo's visitor (SLIPWAY_BENCH_PYTHON names
 * a Python that has marimo) and CPython's symtable as the limit: the same cells in one run, in turn, by CPU time.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadAnalysis, readNotebook } from '../corpus/analysis.mjs';
import { ROOT } from '../lib/app.mjs';
import { median, repeat, row } from '../lib/measure.mjs';

const RUNS = 5;
/** A peer takes half a millisecond a cell: so many are a few seconds a run, and enough for a steady figure. */
const MOST_CELLS = 5000;
const LONGEST_PEER_MS = 120_000;

const folders = [
  ...process.argv.slice(2),
  resolve(ROOT, '..', 'shared', 'notebooks'),
  join(ROOT, 'resources', 'samples'),
].filter(existsSync);

const codeOf = ({ cells }) => cells.filter(({ type }) => type === 'code');

export async function benchAnalysis(folder = folders[0]) {
  const { tools, outfile, remove } = await loadAnalysis();
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ipynb') && !name.includes('.ipynb_checkpoints'))
    .sort()
    .flatMap((name) => readNotebook(name, readFileSync(join(folder, name), 'utf8')) ?? []);
  const notebooks = sampleOf(all);
  const sources = notebooks.flatMap((each) => codeOf(each).map(({ source }) => source));
  const part = notebooks.length < all.length ? `, every n-th of ${all.length}` : '';
  console.log(`  ${sources.length} code cells of ${notebooks.length} notebooks${part}`);
  const failures = notebooks.filter(({ cells }) => !isAnalysed(tools, cells)).length;
  // V8 compiles what has run often: few cells are gone through until as many were seen as a large folder has.
  const rounds = Math.ceil(MOST_CELLS / sources.length);
  await repeat(Math.min(40, 2 * rounds), () => coldRate(tools, notebooks, sources.length));
  const measured = await repeat(RUNS, () => ({
    peers: askPeers(sources),
    first: firstPass(outfile, notebooks),
    cached: firstPass(outfile, notebooks, { NODE_COMPILE_CACHE: join(dirname(outfile), 'cache') }),
    parser: firstPass(outfile, notebooks, {}, 'parser'),
    ours: coldRate(tools, notebooks, sources.length, Math.min(20, rounds)),
  }));
  show(measured, sources.length, failures);
  await edits(tools, all);
  remove();
}

/** Whole notebooks, spread evenly over the folder. */
function sampleOf(notebooks) {
  const total = notebooks.reduce((sum, each) => sum + codeOf(each).length, 0);
  const every = Math.ceil(total / MOST_CELLS);
  return notebooks.filter((_, at) => at % every === 0);
}

function show(measured, count, failures) {
  const marimo = measured.flatMap(({ peers }) => peers?.marimo ?? []);
  const symtable = measured.flatMap(({ peers }) => peers?.symtable ?? []);
  const ours = measured.map((round) => round.ours);
  const rates = (list) => list.map(({ rate }) => rate);
  if (symtable.length > 0) row("CPython's symtable (the limit)", rates(symtable), 'cells/s');
  if (marimo.length === 0) {
    console.log('  marimo is not there, or did not end in time: name a Python that has it');
    row('analysis from nothing', ours, 'cells/s');
    return;
  }
  row("marimo's visitor", rates(marimo), 'cells/s');
  row('analysis from nothing', ours, 'cells/s', { label: 'marimo', values: rates(marimo) });
  const limit = (median(ours) / median(rates(symtable))).toFixed(2);
  console.log(`      ${limit} × symtable`);
  showFirst(measured, count, rates(marimo));
  console.log(`  failures: marimo ${marimo[0].failures} cells, ours ${failures} notebooks`);
}

/** Each in a process of its own, as the peers are: before V8 has compiled what runs often. */
function showFirst(measured, count, marimo) {
  const peer = { label: 'marimo', values: marimo };
  const withLoad = measured.flatMap(({ peers }) =>
    peers?.marimo
      ? [(count * 1000) / ((count * 1000) / peers.marimo.rate + peers.marimo.load)]
      : [],
  );
  for (const [kind, label] of [
    ['first', 'first pass of a process'],
    ['cached', "  with Node's compile cache, as the app runs"],
    ['parser', '  for comparison: @lezer/python parsing the same cells, nothing else'],
  ]) {
    const rates = measured.map((round) => (count * 1000) / round[kind].first);
    row(label, rates, 'cells/s', peer);
    const all = measured.map((round) => (count * 1000) / (round[kind].first + round[kind].load));
    row('    with loading the module', all, 'cells/s', {
      label: 'marimo with its import',
      values: withLoad,
    });
  }
}

function isAnalysed(tools, cells) {
  try {
    return tools.analyseCells(cells).length === cells.length;
  } catch {
    return false;
  }
}

/** Cells per second of CPU time (of all threads, so with what collects the garbage), each notebook by an analyser of its own. */
function coldRate(tools, notebooks, count, times = 1) {
  const began = process.cpuUsage();
  for (let time = 0; time < times; time += 1) {
    for (const { cells } of notebooks) tools.createAnalyser().analyse(cells);
  }
  const { user, system } = process.cpuUsage(began);
  return (count * times * 1e6) / (user + system);
}

function firstPass(outfile, notebooks, env = {}, what = 'analysis') {
  const program = [join(import.meta.dirname, 'first-pass.mjs'), outfile, what];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    input: JSON.stringify(notebooks.map(({ cells }) => cells)),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function askPeers(sources) {
  const python = process.env.SLIPWAY_BENCH_PYTHON ?? 'python3';
  const ran = spawnSync(python, [join(import.meta.dirname, 'peer.py')], {
    input: JSON.stringify(sources),
    encoding: 'utf8',
    maxBuffer: 1e9,
    timeout: LONGEST_PEER_MS,
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
