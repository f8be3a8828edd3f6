/** Everything a machine needs before the studio can be built: each step looks first, and works only where it must. */
import { findElectron } from '../lib/electron.mjs';
import * as electron from './electron.mjs';
import * as node from './node.mjs';
import * as packages from './packages.mjs';
import * as python from './python.mjs';
import * as pythonTools from './python-tools.mjs';
import * as systemLibraries from './system-libraries.mjs';

/** In the order of need: Python makes the Electron stand-in, whose libraries are then looked at. */
const STEPS = [python, packages, node, electron, systemLibraries, pythonTools];

export async function setUp(steps = STEPS) {
  for (const step of steps) {
    if (step.isDone()) continue;
    const started = Date.now();
    console.log(`setting up: ${step.title}`);
    await step.run();
    console.log(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

/** What `npm run check` and a bare build need: no window, no Python. */
export function setUpPackages() {
  return setUp([packages, node]);
}

export function sayWhichElectron() {
  const found = findElectron();
  if (!found?.isStandIn) return;
  console.log(
    `Note: this is Electron ${found.version}, an old engine that stands in because Electron's release host cannot be reached from here. It never goes into an installer.`,
  );
}
