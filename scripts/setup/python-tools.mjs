/**
 * The app's own Python tools (Jupyter server, ipykernel, uv) in an environment apart from the user's.
 * `electron/connect/tools-environment.ts` follows the same contract: folder by the lock's hash, `.complete` last.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT, slipwayHome } from '../lib/paths.mjs';
import { must, Stop } from '../lib/run.mjs';
import { findPython } from './python.mjs';

const LOCK = join(ROOT, 'resources', 'python', 'tools-requirements.lock');

export const title = "the app's Python tools";

export function toolsFolder() {
  return process.env.SLIPWAY_TOOLS || join(slipwayHome(), `tools-${lockHash().slice(0, 12)}`);
}

export function isDone() {
  const mark = join(toolsFolder(), '.complete');
  return existsSync(mark) && readFileSync(mark, 'utf8').trim() === lockHash();
}

export async function run() {
  const folder = toolsFolder();
  refuseForeignFolder(folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await must(findPython(), ['-m', 'venv', folder]);
  const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
  await must(join(folder, bin, 'python'), [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'],
    ...['--require-hashes', '--requirement', LOCK],
  ]);
  await writeFile(join(folder, '.complete'), `${lockHash()}\n`);
}

/** `SLIPWAY_TOOLS` is a person's word: what is no virtual environment is not ours to remake. */
function refuseForeignFolder(folder) {
  if (!existsSync(folder) || existsSync(join(folder, 'pyvenv.cfg'))) return;
  if (readdirSync(folder).length === 0) return;
  throw new Stop(
    `SLIPWAY_TOOLS names ${folder}, which holds other things than a Python environment.`,
    'unset SLIPWAY_TOOLS',
  );
}

function lockHash() {
  return createHash('sha256').update(readFileSync(LOCK)).digest('hex');
}
