/** Opening the largest notebook at hand: from the click to its first cells, and reading it alone in Python's json. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { freshFolder, launch, ROOT } from './lib/app.mjs';
import { repeat, row } from './lib/measure.mjs';

const RUNS = 5;
const shared = resolve(ROOT, '..', 'shared', 'notebooks');
const samples = join(ROOT, 'resources', 'samples', 'demand');
const folder = existsSync(shared) ? shared : samples;
const largest = readdirSync(folder)
  .filter((name) => name.endsWith('.ipynb'))
  .map((name) => join(folder, name))
  .sort((a, b) => statSync(b).size - statSync(a).size)[0];
const desk = freshFolder('open');
const notebook = join(desk.folder, basename(largest));
cpSync(largest, notebook);

async function openInWindow(run) {
  const app = await launch(ROOT, [], { SLIPWAY_HOME: join(desk.folder, `home-${run % 2}`) });
  const page = await app.firstWindow();
  await page.waitForSelector('[data-testid^="sample-"]');
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, notebook);
  const began = performance.now();
  await page
    .getByTestId('home')
    .getByRole('button', { name: /Open notebook/ })
    .click();
  await page.waitForSelector('[data-cell-id]');
  const took = performance.now() - began;
  await app.close();
  return took;
}

function parseAlone() {
  const began = performance.now();
  execFileSync('python3', ['-c', 'import json,sys; json.load(open(sys.argv[1]))', notebook]);
  return performance.now() - began;
}

console.log(`  ${basename(notebook)}, ${statSync(notebook).size} bytes`);
const alone = await repeat(RUNS, parseAlone);
row("Python's start and json.load of it", alone, 'ms');
row('click to its first cells', await repeat(RUNS, openInWindow), 'ms', {
  label: 'json.load',
  values: alone,
});
desk.remove();
