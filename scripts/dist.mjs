/** `npm run dist`: the installers of this platform. `npm run dist -- --dir`: the packaged folder only. */
import { readFileSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './build.mjs';
import { findElectron } from './lib/electron.mjs';
import { node24 } from './lib/node24.mjs';
import { CACHE, ROOT } from './lib/paths.mjs';
import { main, Stop, show } from './lib/run.mjs';
import { sayWhichElectron, setUp } from './setup/index.mjs';

const SETTINGS = join(ROOT, 'electron-builder.yml');
const STAND_IN_SETTINGS = join(CACHE, 'electron-builder.json');
const STAND_IN_COPY = join(CACHE, 'electron22-dist');
/** Electron 22 carries the fuses known in its day; to set another one is an error. */
const FUSES_UNKNOWN_TO_STAND_IN = ['grantFileProtocolExtraPrivileges'];

await main(async () => {
  const args = process.argv.slice(2);
  await setUp();
  const electron = findElectron();
  if (electron.isStandIn && !args.includes('--dir')) {
    throw new Stop(
      `Only the stand-in Electron ${electron.version} is here, an old engine with known holes. It never goes into an installer. Start again where the release host of Electron (or a mirror named by ELECTRON_MIRROR) can be reached, or make the packaged folder only.`,
      'npm run dist -- --dir',
    );
  }
  await build();
  sayWhichElectron();
  const settings = electron.isStandIn ? await settingsForStandIn(electron) : SETTINGS;
  const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js');
  const dist = electron.isStandIn ? STAND_IN_COPY : electron.dist;
  return show(node24(), [
    ...[builder, '--publish', 'never', '--config', settings],
    ...[`-c.electronDist=${dist}`, ...args],
    // The e2e smoke test drives the packaged folder through the inspector; an installer has it shut.
    ...(args.includes('--dir') ? ['-c.electronFuses.enableNodeCliInspectArguments=true'] : []),
  ]);
});

async function settingsForStandIn({ dist, version }) {
  await copyWithoutShim(dist);
  const { parse } = await import('yaml');
  const settings = parse(readFileSync(SETTINGS, 'utf8'));
  for (const fuse of FUSES_UNKNOWN_TO_STAND_IN) delete settings.electronFuses[fuse];
  await writeFile(STAND_IN_SETTINGS, JSON.stringify({ ...settings, electronVersion: version }));
  return STAND_IN_SETTINGS;
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
