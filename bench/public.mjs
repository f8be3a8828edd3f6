/**
 * Notebooks of others, unseen and unedited: each is copied, run by `slipway run --mode job --json` and compared with itself.
 * `npm run bench -- public <folder> [python]`: the folder holds .ipynb files, or folders of one notebook and its data;
 * a `source.json` in such a folder ({repository, commit, path, licence}) is shown. Prints a Markdown table.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { freshFolder, ROOT } from './lib/app.mjs';
import { markdownRow, tableHead } from './lib/public-table.mjs';

const LONGEST_MINUTES = 12;
const [given = '', python] = process.argv.slice(2);
if (!existsSync(given)) {
  console.error('  Name a folder with notebooks: npm run bench -- public <folder> [python]');
  process.exit(2);
}
const folder = resolve(given);
const desk = freshFolder('public');
const env = { ...process.env, SLIPWAY_HOME: process.env.SLIPWAY_HOME ?? join(desk.folder, 'home') };

console.log(tableHead());
const results = [];
for (const name of readdirSync(folder).sort()) {
  const notebook = setOut(join(folder, name), join(desk.folder, name));
  if (!notebook) continue;
  const result = await take(notebook, sourceOf(join(folder, name)));
  results.push(result);
  console.log(markdownRow(result));
  if (process.env.SLIPWAY_BENCH_RESULTS)
    writeFileSync(process.env.SLIPWAY_BENCH_RESULTS, JSON.stringify(results, null, 1));
}
const proved = results.filter(({ isProved }) => isProved).length;
console.log(`\n  ${proved} of ${results.length} notebooks ran and proved equal with no hand edit`);
desk.remove();

/** A copy of the notebook with what lies beside it; the original is never touched. */
function setOut(from, to) {
  if (statSync(from).isDirectory()) {
    const file = readdirSync(from).find((each) => extname(each) === '.ipynb');
    if (!file) return null;
    cpSync(from, to, { recursive: true });
    return join(to, file);
  }
  if (extname(from) !== '.ipynb') return null;
  const copy = join(to, basename(from));
  cpSync(from, copy);
  return copy;
}

function sourceOf(place) {
  const file = join(place, 'source.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

async function take(notebook, source) {
  const began = performance.now();
  const options = python ? ['--environment', python] : [];
  const ran = await cli('run', notebook, ...options, '--mode', 'job', '--json');
  const seen = ran.value?.steps?.length ? null : await cli('inspect', notebook, '--json');
  const seconds = (performance.now() - began) / 1000;
  const comparisons = ran.value?.comparisons ?? [];
  return {
    name: basename(notebook, '.ipynb'),
    source,
    cells: codeCells(notebook),
    steps: (seen?.value?.pipeline ?? ran.value)?.steps?.length ?? 0,
    comparisons,
    isProved: ran.code === 0 && comparisons.some(isEqual) && comparisons.every(isNotDifferent),
    sentence: ran.code === 0 ? '' : sentenceOf(ran),
    seconds,
  };
}

function isEqual({ verdict }) {
  return verdict === 'identical' || verdict === 'within-tolerance';
}

function isNotDifferent({ verdict }) {
  return verdict !== 'different';
}

function codeCells(notebook) {
  try {
    const { cells, worksheets = [] } = JSON.parse(readFileSync(notebook, 'utf8'));
    const all = cells ?? worksheets.flatMap((each) => each.cells);
    return all.filter(({ cell_type }) => cell_type === 'code').length;
  } catch {
    return 0;
  }
}

function sentenceOf({ value, stderr, code }) {
  const error = value?.error ?? value?.steps?.find((step) => step.error)?.error;
  if (error?.message) return error.message;
  const different = value?.comparisons?.filter((each) => !isNotDifferent(each)) ?? [];
  if (different.length > 0)
    return different.map(({ stepId, name, note }) => `${stepId}.${name}: ${note}`).join('; ');
  return stderr.trim().split('\n').at(-1) || `ended with code ${code}`;
}

function cli(...args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.mjs'), ...args], { env });
    const stop = setTimeout(() => child.kill('SIGINT'), LONGEST_MINUTES * 60_000);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (part) => {
      stdout += part;
    });
    child.stderr.on('data', (part) => {
      stderr += part;
    });
    child.on('close', (code) => {
      clearTimeout(stop);
      done({ code, value: parsed(stdout), stderr });
    });
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
