/** The Node that tools, host and tests run on. The system's own may be as old as 20. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { ask, Stop } from './run.mjs';

const NEEDED = [22, 12];

export function bundledNode(root = ROOT) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', name);
}

/** The path of a Node new enough, or null. */
export function findNode24() {
  const bundled = bundledNode();
  if (existsSync(bundled)) return bundled;
  if (isNewEnough(process.versions.node)) return process.execPath;
  const other = process.env.SLIPWAY_HOST_NODE;
  return other && isNewEnough(ask(other, ['-p', 'process.versions.node'])) ? other : null;
}

export function node24() {
  const found = findNode24();
  if (found) return found;
  throw new Stop(
    `Slipway's host needs Node 22.12 or newer; this is ${process.versions.node}, and there is no packaged Node for ${process.platform} ${process.arch}.`,
    process.platform === 'darwin'
      ? 'brew install node@24'
      : 'install Node 24 and put it first in PATH',
  );
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = (version ?? '0.0').split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}
