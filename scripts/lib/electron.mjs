/** The Electron at hand: the package's own binary, else the stand-in (see scripts/setup/electron-stand-in.mjs). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT } from './paths.mjs';

export const ELECTRON_PACKAGE = join(ROOT, 'node_modules', 'electron');
export const STAND_IN = join(CACHE, 'electron22');
export const STAND_IN_VERSION = '22.3.25';

/** `{ path, dist, isStandIn, version }`, or null when neither is there. */
export function findElectron() {
  return packaged() ?? standIn();
}

function packaged() {
  const pathFile = join(ELECTRON_PACKAGE, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const dist = join(ELECTRON_PACKAGE, 'dist');
  const path = join(dist, readFileSync(pathFile, 'utf8'));
  if (!existsSync(path)) return null;
  const { version } = JSON.parse(readFileSync(join(ELECTRON_PACKAGE, 'package.json'), 'utf8'));
  return { path, dist, isStandIn: false, version };
}

function standIn() {
  const path = join(STAND_IN, 'electron');
  if (!existsSync(join(STAND_IN, '.complete'))) return null;
  return { path, dist: STAND_IN, isStandIn: true, version: STAND_IN_VERSION };
}

/** Chromium refuses its sandbox as root; for anyone else it stays on. */
export function electronArguments() {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return isRoot ? ['--no-sandbox'] : [];
}
