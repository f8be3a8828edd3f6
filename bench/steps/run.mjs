/** One notebook: the plain script of its cells, the package of it, and papermill, all with the same Python. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { median, row } from '../lib/measure.mjs';
import { metered, moduleEnvironment, plainScript, timed } from './desk.mjs';

const RUNS = 3;

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

  const packageRun = (at, ...options) => [
    desk.python,
    ...['-m', name, 'run', '--run-folder', join(desk.folder, `run-${at}`), '--fresh'],
    ...options,
  ];
  const ways = {
    'the plain script of the same cells': () => [[desk.python, script], { cwd, env }],
    [`our package, ${steps} steps forked`]: (at) => [
      packageRun(at, '--no-figures'),
      { cwd: folder, env },
    ],
    'our package, each step a new Python': (at) => [
      packageRun(at, '--no-figures', '--isolate', 'spawn'),
      { cwd: folder, env },
    ],
    'our package with its figures saved': (at) => [packageRun(at), { cwd: folder, env }],
    ...(desk.peer('papermill')
      ? { 'papermill (draws the figures too)': () => papermillRun(desk, notebook) }
      : {}),
  };
  const measured = Object.keys(ways).map((label) => ({ label, runs: [] }));
  // In turns, so that a busy moment of the computer falls on all of them; the first turn warms the caches.
  for (let turn = 0; turn <= RUNS; turn += 1) {
    for (const { label, runs } of measured) {
      const one = metered(desk.python, ...ways[label](turn));
      if (turn > 0) runs.push(one);
    }
  }
  for (const kind of ['wall', 'cpu']) {
    const valuesOf = ({ runs }) => runs.map((each) => each[kind]);
    const plain = valuesOf(measured[0]);
    for (const way of measured) {
      const peer = way === measured[0] ? undefined : { label: 'the plain script', values: plain };
      row(`    ${kind === 'cpu' ? 'CPU: ' : ''}${way.label}`, valuesOf(way), 'ms', peer);
    }
    const more = (median(valuesOf(measured[1])) - 1.05 * median(plain)) / steps;
    const beyond = `beyond 1.05 × the plain script: ${more.toFixed(0)} ms a step`;
    console.log(`      ${kind === 'cpu' ? 'CPU ' : ''}${beyond} (at most 50 wanted)`);
  }
}

function papermillRun(desk, notebook) {
  const kernel = join(desk.folder, 'jupyter', 'kernels', 'bench');
  mkdirSync(kernel, { recursive: true });
  const argv = [desk.python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  const about = { argv, display_name: 'bench', language: 'python' };
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify(about));
  const env = { ...process.env, JUPYTER_PATH: join(desk.folder, 'jupyter') };
  const args = [notebook, join(desk.folder, 'papermill.ipynb'), '-k', 'bench', '--no-progress-bar'];
  return [[desk.program('papermill'), ...args], { cwd: dirname(notebook), env }];
}
