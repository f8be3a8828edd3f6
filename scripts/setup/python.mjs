/** A Python that can make virtual environments, for the app's own tools. */
import { ask, Stop } from '../lib/run.mjs';

/** ipykernel 7.4, which the tools are locked with, asks for this. Notebooks may run on any other Python. */
const NEEDED = [3, 11];
const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

export const title = `Python ${NEEDED.join('.')} or newer`;

export function isDone() {
  return findPython() !== null;
}

export function run() {
  const seen = candidates().flatMap((name) => ask(name, ['--version']) ?? []);
  throw new Stop(
    `Slipway's own tools need Python ${NEEDED.join('.')} or newer with its venv module; ${
      seen.length > 0
        ? `found only ${[...new Set(seen)].join(', ')} (or one without venv)`
        : 'none was found'
    }.`,
    installCommand(),
  );
}

/** The first Python that will do, or null. `SLIPWAY_PYTHON` comes first. */
export function findPython() {
  return candidates().find(isGood) ?? null;
}

function candidates() {
  const named = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];
  return [process.env.SLIPWAY_PYTHON, ...named].filter(Boolean);
}

function isGood(name) {
  const version = ask(name, ['-c', PROBE]);
  if (version === null) return false;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === NEEDED[0] && minor >= NEEDED[1];
}

function installCommand() {
  if (process.platform === 'darwin') return 'brew install python@3.13';
  if (process.platform === 'win32') return 'winget install Python.Python.3.13';
  return 'sudo apt-get install -y python3 python3-venv';
}
