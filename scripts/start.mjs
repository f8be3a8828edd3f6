/** `npm start`: whatever is missing is set up, what changed is built, and the studio opens. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { hasDisplay } from './lib/display.mjs';
import { electronArguments, findElectron } from './lib/electron.mjs';
import { node24 } from './lib/node24.mjs';
import { ROOT } from './lib/paths.mjs';
import { main, show } from './lib/run.mjs';
import { sayWhichElectron, setUp } from './setup/index.mjs';
import { toolsFolder } from './setup/python-tools.mjs';

/** A bundled sample; the CLI works on a copy of it. */
const SHIP = ['ship', 'churn', '--sample', '--yes'];

await main(async () => {
  await setUp();
  await build();
  return hasDisplay() ? openStudio() : shipSample();
});

function openStudio() {
  sayWhichElectron();
  const args = [ROOT, ...electronArguments(), ...process.argv.slice(2)];
  return show(findElectron().path, args, { env: environment() });
}

function shipSample() {
  console.log(
    `There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window opens.\nThe bundled sample goes the whole road with the command line instead, on the same code: slipway ${SHIP.join(' ')}\n`,
  );
  return show(node24(), [join('dist', 'cli.mjs'), ...SHIP], { env: environment() });
}

function environment() {
  return {
    ...process.env,
    SLIPWAY_TOOLS: toolsFolder(),
    SLIPWAY_RESOURCES: join(ROOT, 'resources'),
  };
}
