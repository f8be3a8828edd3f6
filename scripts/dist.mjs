/** `npm run dist`: the installers of this platform. `npm run dist -- --dir`: the packaged folder only. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './build.mjs';
import { findElectron } from './lib/electron.mjs';
import { node24 } from './lib/node24.mjs';
import { CACHE, ROOT } from './lib/paths.mjs';
import { main, Stop, show } from './lib/run.mjs';
import { sayWhichElectron, setUp } from './setup/index.mjs';

const STAND_IN_COPY = join(CACHE, 'electron22-dist');
/** Electron 22 carries the fuses known in its day; the others cannot be set in it. */
const FUSES_UNKNOWN_TO_STAND_IN = ['grantFileProtocolExtraPrivileges'];

await main(async () => {
  const args = process.argv.slice(2);
  await setUp();
  const electron = findElectron();
  if (electron.isStandIn && !args.includes('--dir')) {
    throw new Stop(
      `Only the stand-in Electron ${electron.version} is here, an old engine with known holes. It never goes into an installer.`,
      'npm run dist -- --dir    # or start where the release host of Electron, or an ELECTRON_MIRROR, can be reached',
    );
  }
  await build();
  sayWhichElectron();
  const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js');
  return show(node24(), [
    builder,
    '--publish',
    'never',
    ...args,
    ...(await electronAtHand(electron)),
  ]);
});

async function electronAtHand({ dist, isStandIn, version }) {
  if (!isStandIn) return [`-c.electronDist=${dist}`];
  await copyWithoutShim(dist);
  return [
    `-c.electronDist=${STAND_IN_COPY}`,
    `-c.electronVersion=${version}`,
    ...FUSES_UNKNOWN_TO_STAND_IN.map((fuse) => `-c.electronFuses.${fuse}=null`),
  ];
}

/** The shim that makes `electron <folder>` work would be started instead of the packaged app. */
async function copyWithoutShim(dist) {
  await rm(STAND_IN_COPY, { recursive: true, force: true });
  const shim = join(dist, 'resources', 'app');
  await cp(dist, STAND_IN_COPY, {
    recursive: true,
    filter: (path) => path !== shim && !path.endsWith('.complete'),
  });
}
