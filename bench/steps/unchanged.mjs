/** Ten steps run again with nothing changed, beside Python's own start and Ploomber with the same notebook. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { median, repeat, row } from '../lib/measure.mjs';
import { moduleEnvironment, timed, timedPeer } from './desk.mjs';

const RUNS = 7;
const STEPS = 10;

export async function unchanged(desk) {
  const notebook = tenSteps(join(desk.folder, 'ten', 'ten.ipynb'));
  const { command, folder, name } = desk.generate(notebook);
  timed(command);
  const options = { cwd: folder, env: moduleEnvironment(folder) };
  const ours = () => timed([desk.python, '-m', name, 'run'], options);
  ours();
  ours();
  const start = await repeat(RUNS, () => timed([desk.python, '-c', 'pass'], options));
  const again = await repeat(RUNS, ours);
  const peer = { label: "Python's own start", values: start };
  row("    Python's own start", start, 'ms');
  row(`    our package, ${STEPS} steps unchanged`, again, 'ms', peer);
  const more = median(again) - median(start);
  console.log(`      beyond Python's own start: ${more.toFixed(0)} ms (under 300 wanted)`);
  if (!desk.peer('ploomber') || !desk.peer('soorgeon')) return;
  const cwd = dirname(tenSteps(join(desk.folder, 'ten-ploomber', 'ten.ipynb')));
  const refactor = [desk.program('soorgeon'), 'refactor', 'ten.ipynb'];
  if (timedPeer('soorgeon', refactor, { cwd }) === null) return;
  const build = () => timedPeer('ploomber', [desk.program('ploomber'), 'build'], { cwd });
  if (build() === null) return;
  const theirs = (await repeat(3, build)).filter((each) => each !== null);
  if (theirs.length > 0) row('    ploomber build, unchanged', theirs, 'ms', peer);
}

/** Each step takes what the one before it gave. */
function tenSteps(path) {
  const cells = Array.from({ length: STEPS }, (_, index) => [
    { cell_type: 'markdown', metadata: {}, source: `## Step ${index}` },
    {
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      outputs: [],
      source:
        index === 0
          ? 'import numpy as np\nvalue_0 = np.arange(10.0)'
          : `value_${index} = np.sqrt(value_${index - 1}) + ${index}`,
    },
  ]).flat();
  const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  mkdirSync(dirname(path), { recursive: true });
  const whole = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 4 };
  writeFileSync(path, JSON.stringify(whole));
  return path;
}
