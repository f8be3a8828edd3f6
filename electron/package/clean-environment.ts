/** The clean environment a package runs in: made from its lock file alone, once for each lock file. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';
import { whileLocked } from '../base/while-locked';
import { PACKAGE_ENVIRONMENT, pythonIn, withoutSecrets } from '../connect';
import type { TaskContext } from '../task';
import { lockedVersions } from './lock-text';
import type { Uv } from './uv-lock';

const MARKER = '.complete';
/** Runs write no bytecode beside the package's code, so without it each process would compile pandas again: 5 s of CPU. */
const INSTALL = ['pip', 'sync', '--require-hashes', '--compile-bytecode'];

export interface CleanEnvironmentWish {
  readonly home: string;
  readonly lock: string;
  /** A Python of the version the notebook runs in. */
  readonly python: string;
  readonly pythonVersion: string;
  readonly uv: () => Promise<Uv>;
}

/** One folder for each lock file and Python version (`3.11`); on another disk or shared where SLIPWAY_ENVIRONMENTS says. */
export function cleanEnvironmentFolder(home: string, lock: string, pythonVersion: string): string {
  const hash = createHash('sha256').update(`${pythonVersion}\n${lock}`).digest('hex').slice(0, 16);
  const all = process.env.SLIPWAY_ENVIRONMENTS || join(home, 'environments');
  return join(all, `${PACKAGE_ENVIRONMENT}${hash}`);
}

/** Answers the path of the environment's Python. */
export async function ensureCleanEnvironment(
  wish: CleanEnvironmentWish,
  task: TaskContext,
): Promise<string> {
  const folder = cleanEnvironmentFolder(wish.home, wish.lock, wish.pythonVersion);
  const python = pythonIn(folder);
  const isThere = () => existsSync(join(folder, MARKER)) && existsSync(python);
  if (isThere()) return python;
  const onWait = () =>
    task.progress(null, 'Waiting for another Slipway that makes this environment');
  await whileLocked(`${folder}.lock`, { signal: task.signal, onWait }, async () => {
    if (!isThere()) await makeIn(folder, wish, task);
  });
  return python;
}

async function makeIn(
  folder: string,
  wish: CleanEnvironmentWish,
  task: TaskContext,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const uv = await wish.uv();
  task.progress(null, 'Making the clean environment');
  await verb(uv, ['venv', '--no-project', '--python', wish.python, folder], task);
  const lockFile = join(folder, 'requirements.lock');
  await writeFile(lockFile, wish.lock);
  if (/^[^#\s]/m.test(wish.lock)) {
    task.progress(null, 'Installing what the lock file names and compiling it, once for all runs');
    await verb(uv, [...INSTALL, '--python', pythonIn(folder), lockFile], task);
  }
  await writeFile(join(folder, MARKER), '');
}

async function verb(uv: Uv, args: readonly string[], task: TaskContext): Promise<void> {
  const { code, stderr } = await runProcess(uv.path, args, {
    env: uv.env,
    signal: task.signal,
    onLine: (line) => task.log(withoutSecrets(line)),
  });
  if (code === 0) return;
  const detail = withoutSecrets(stderr);
  if (/error sending request|dns error|connect|timed out|certificate|HTTP status/i.test(detail)) {
    fail(
      'package-index',
      'The package index could not be reached, so the clean environment could not be made. Check the network, or set the package index and the CA bundle in the settings.',
      { nextSteps: [{ label: 'Open settings', command: 'app.settings' }], detail },
    );
  }
  if (/No space left|os error 28/i.test(detail)) {
    fail(
      'disk-full',
      'The disk is full, so the clean environment could not be made. Free some space, then run again.',
      { detail },
    );
  }
  fail(
    'environment',
    'The clean environment could not be made from the lock file. The detail says why.',
    { detail },
  );
}

/** The distributions an environment has, for the run's record. */
export async function describeEnvironment(
  python: string,
  lock: string,
): Promise<{ python: string; packages: { name: string; version: string }[] }> {
  const config = await readFile(join(python, '..', '..', 'pyvenv.cfg'), 'utf8').catch(() => '');
  const version = /^version(?:_info)?\s*=\s*(\S+)/m.exec(config)?.[1] ?? '';
  return { python: version, packages: lockedVersions(lock) };
}
