/** The npm packages, exactly as the lock file has them. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

const MARK = join(ROOT, 'node_modules', '.slipway-lock');
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');

export const title = 'npm packages from the lock file';

export function isDone() {
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === lockHash()) return true;
  if (!isInstalledAsLocked()) return false;
  writeFileSync(MARK, lockHash());
  return true;
}

export async function run() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await must(npm, ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  writeFileSync(MARK, lockHash());
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

/** A person's own `npm install` counts as well: every locked package this platform needs is there at its version. */
function isInstalledAsLocked() {
  if (!existsSync(INSTALLED)) return false;
  const locked = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(INSTALLED);
  return Object.entries(locked).every(
    ([path, entry]) =>
      path === '' ||
      installed[path]?.version === entry.version ||
      (entry.optional && !installed[path]),
  );
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
