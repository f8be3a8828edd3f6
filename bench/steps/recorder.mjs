/** What recording costs: the cells of each notebook in IPython without the recorder and with it, in turn. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ROOT } from '../lib/app.mjs';
import { median } from '../lib/measure.mjs';

const RUNS = 3;
const LONGEST_MS = 180_000;

export async function recorder(desk) {
  const shared = resolve(ROOT, '..', 'shared', 'notebooks');
  const others = existsSync(shared)
    ? readdirSync(shared).flatMap((name) => (name.endsWith('.ipynb') ? [join(shared, name)] : []))
    : [];
  for (const notebook of [desk.sample, ...others]) measure(desk, notebook);
}

/** CPU tells more than the clock where others use the computer too. */
function measure(desk, notebook) {
  const runs = { plain: [], recorded: [] };
  for (let turn = 0; turn <= RUNS; turn += 1) {
    for (const way of Object.keys(runs)) {
      const one = runOnce(desk, notebook, way, turn);
      if (one === null) return;
      if (turn > 0) runs[way].push(one);
    }
  }
  const of = (way, kind) => median(runs[way].map((each) => each[kind]));
  const more = (kind) => {
    const percent = 100 * (of('recorded', kind) / of('plain', kind) - 1);
    return `${kind} ${of('plain', kind).toFixed(2)} s, ${percent < 0 ? '' : '+'}${percent.toFixed(1)} % recorded`;
  };
  const label = basename(notebook, '.ipynb').padEnd(32);
  const failed = runs.plain[0].failed > 0 ? `   (${runs.plain[0].failed} cells fail here)` : '';
  console.log(`    ${label} ${more('cpu')}; ${more('wall')} (${RUNS} runs)${failed}`);
}

function runOnce(desk, notebook, way, turn) {
  const folder = join(desk.folder, 'recorder', basename(notebook, '.ipynb'), `${way}-${turn}`);
  mkdirSync(folder, { recursive: true });
  const data = join(dirname(notebook), 'data');
  if (existsSync(data)) cpSync(data, join(folder, 'data'), { recursive: true });
  const program = join(import.meta.dirname, 'recorder.py');
  const args = [program, notebook, way, join(ROOT, 'resources'), folder];
  const { status, stdout, stderr } = spawnSync(desk.python, args, {
    encoding: 'utf8',
    timeout: LONGEST_MS,
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status === 0) return JSON.parse(stdout);
  console.log(`    ${basename(notebook)} could not be run: ${stderr.trim().split('\n').at(-1)}`);
  return null;
}
