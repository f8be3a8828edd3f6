/** `npm run bench -- start open …` runs bench/<name>.mjs one after another, each on Node 24 with a display. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { withDisplay } from './lib/display.mjs';
import { findElectron } from './lib/electron.mjs';
import { node24 } from './lib/node24.mjs';
import { ROOT } from './lib/paths.mjs';
import { main, Stop, show } from './lib/run.mjs';
import { sayWhichElectron, setUp } from './setup/index.mjs';
import { toolsFolder } from './setup/python-tools.mjs';

const FOLDER = join(ROOT, 'bench');

await main(async () => {
  const known = existsSync(FOLDER)
    ? readdirSync(FOLDER).flatMap((file) => file.match(/^([\w-]+)\.mjs$/)?.[1] ?? [])
    : [];
  // Folders are handed on: `npm run bench -- corpus <folder>`.
  const folders = process.argv.slice(2).filter((word) => !known.includes(word) && existsSync(word));
  const names = process.argv.slice(2).filter((word) => !folders.includes(word));
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    throw new Stop(
      `Benchmarks here: ${known.join(', ') || 'none'}.${unknown.length > 0 ? ` Not: ${unknown.join(', ')}.` : ''}`,
      `npm run bench -- ${known.join(' ')}`,
    );
  }
  await setUp();
  await build();
  sayWhichElectron();
  return withDisplay((env) => runAll(names, folders, env));
});

async function runAll(names, folders, env) {
  let worst = 0;
  for (const name of names) {
    console.log(`\n${name}`);
    const code = await show(node24(), [join(FOLDER, `${name}.mjs`), ...folders], {
      env: {
        ...env,
        SLIPWAY_ELECTRON: findElectron().path,
        SLIPWAY_NODE: node24(),
        SLIPWAY_TOOLS: toolsFolder(),
      },
    });
    worst = Math.max(worst, code);
  }
  return worst;
}
