/** `npm run check`: types, lint and format, layers, unused code. Every step runs, whatever the one before it said. */
import { join } from 'node:path';
import { node24 } from './lib/node24.mjs';
import { ROOT } from './lib/paths.mjs';
import { main, show } from './lib/run.mjs';
import { setUpPackages } from './setup/index.mjs';

const tool = (...path) => join(ROOT, 'node_modules', ...path);
const types = (folder) => [`types of ${folder}`, tool('typescript', 'bin', 'tsc'), '-p', folder];

const STEPS = [
  types('shared'),
  types('electron'),
  types('renderer'),
  ['types of e2e and settings', ...types('.').slice(1)],
  ['lint and format', tool('@biomejs', 'biome', 'bin', 'biome'), 'ci', '.'],
  ['layers', join(ROOT, 'scripts', 'layers.mjs')],
  ['unused code', tool('knip', 'bin', 'knip.js'), '--no-progress'],
];

await main(async () => {
  await setUpPackages();
  const results = [];
  for (const [name, ...args] of STEPS) {
    console.log(`\n${name}`);
    results.push({ name, isGood: (await show(node24(), args)) === 0 });
  }
  console.log();
  for (const { name, isGood } of results) console.log(`${isGood ? 'good  ' : 'FAILED'}  ${name}`);
  return results.every(({ isGood }) => isGood) ? 0 : 1;
});
