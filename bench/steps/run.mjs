/** One notebook: the plain script of its cells, the package of it, and papermill, all with the same Python. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { median, repeat, row } from '../lib/measure.mjs';
import { moduleEnvironment, plainScript, timed, timedPeer } from './desk.mjs';

const RUNS = 5;

export async function run(desk) {
  const notebook = desk.copyOf(desk.sample, 'run');
  const cwd = dirname(notebook);
  const { command, folder, name } = desk.generate(notebook);
  timed(command);
  const { cells } = JSON.parse(readFileSync(notebook, 'utf8'));
  const script = plainScript(cells, join(cwd, 'plain.py'));
  const env = moduleEnvironment(folder);
  const steps =
    readFileSync(join(folder, 'src', name, 'pipeline.py'), 'utf8').split(' Step(').length - 1;

  const plainRun = () => timed([desk.python, script], { cwd, env });
  const packageRun = (at, ...options) => {
    const args = ['-m', name, 'run', '--run-folder', join(desk.folder, `run-${at}`), '--fresh'];
    return timed([desk.python, ...args, ...options], { cwd: folder, env });
  };
  plainRun();
  packageRun('first', '--no-figures');
  // In turns, so that a busy moment of the computer falls on all of them.
  const times = { plain: [], forked: [], spawned: [], drawn: [], papermill: [] };
  const papermill = desk.peer('papermill') ? papermillRun(desk, notebook) : () => null;
  await repeat(RUNS, (at) => {
    times.plain.push(plainRun());
    times.forked.push(packageRun(at, '--no-figures'));
    times.spawned.push(packageRun(at, '--no-figures', '--isolate', 'spawn'));
    times.drawn.push(packageRun(at));
    times.papermill.push(papermill());
  });
  const plain = { label: 'the plain script', values: times.plain };
  row('    the plain script of the same cells', times.plain, 'ms');
  row(`    our package, ${steps} steps forked`, times.forked, 'ms', plain);
  const more = (median(times.forked) - 1.05 * median(times.plain)) / steps;
  console.log(
    `      beyond 1.05 × the plain script: ${more.toFixed(0)} ms a step (at most 50 wanted)`,
  );
  row('    our package, each step a new Python', times.spawned, 'ms', plain);
  row('    our package with its figures saved', times.drawn, 'ms', plain);
  const done = times.papermill.filter((each) => each !== null);
  if (done.length > 0) row('    papermill (draws the figures too)', done, 'ms', plain);
}

function papermillRun(desk, notebook) {
  const kernel = join(desk.folder, 'jupyter', 'kernels', 'bench');
  mkdirSync(kernel, { recursive: true });
  const argv = [desk.python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  const about = { argv, display_name: 'bench', language: 'python' };
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify(about));
  const env = { ...process.env, JUPYTER_PATH: join(desk.folder, 'jupyter') };
  const args = [notebook, join(desk.folder, 'papermill.ipynb'), '-k', 'bench', '--no-progress-bar'];
  const command = [desk.program('papermill'), ...args];
  return () => timedPeer('papermill', command, { cwd: dirname(notebook), env });
}
