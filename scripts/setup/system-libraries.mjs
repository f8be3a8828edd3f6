/** What the window needs from a Linux system: GTK and friends, a font, and Xvfb where there is no display. */
import { existsSync } from 'node:fs';
import { hasDisplay } from '../lib/display.mjs';
import { findElectron } from '../lib/electron.mjs';
import { ask, must, Stop } from '../lib/run.mjs';

const LIBRARIES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'fonts-dejavu-core'];

export const title = 'system libraries of the window';

export function isDone() {
  return process.platform !== 'linux' || (missingLibraries().length === 0 && hasScreen());
}

export async function run() {
  const packages = hasDisplay() ? LIBRARIES : [...LIBRARIES, 'xvfb'];
  if (ask('apt-get', ['--version']) === null) {
    throw new Stop(
      `The window needs ${missingLibraries().join(', ') || 'Xvfb'}, and this system has no apt-get.`,
      `install the equivalents of ${packages.join(' ')} with your package manager`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Stop(
      'The window needs libraries of the system, and installing them takes rights you do not have.',
      `sudo apt-get install -y ${packages.join(' ')}`,
    );
  }
  await installDebianPackages(packages);
}

export async function installDebianPackages(packages, more = {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...more };
  await must('apt-get', ['update', '-qq'], { env });
  await must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

function missingLibraries() {
  const electron = findElectron();
  if (!electron) return ['Electron'];
  const linked = ask('ldd', [electron.path]) ?? '';
  return linked
    .split('\n')
    .filter((line) => line.includes('not found'))
    .map((line) => line.trim().split(' ')[0]);
}

function hasScreen() {
  return hasDisplay() || ['/usr/bin/Xvfb', '/usr/local/bin/Xvfb'].some((path) => existsSync(path));
}
