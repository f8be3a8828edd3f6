#!/usr/bin/env node
/** `slipway` on any Node: the command line itself wants Node 22.12 or newer and takes the bundled one where this is older. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, 'cli.mjs');
const name = process.platform === 'win32' ? 'node.exe' : 'node';
const platform = process.platform === 'win32' ? 'win' : process.platform;

const resources = [join(here, '..', 'resources'), join(here, '..', '..')].find((folder) =>
  existsSync(join(folder, 'samples')),
);
if (resources) process.env.SLIPWAY_RESOURCES ??= resources;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 12)) {
  process.argv[1] = cli;
  // What V8 compiled is kept for the next call; where the folder cannot be written Node goes on without.
  if (!process.env.NODE_COMPILE_CACHE)
    modules.enableCompileCache?.(join(homedir(), '.cache', 'slipway', 'compiled'));
  await import('./cli.mjs');
} else {
  startWith(findNode());
}

/** In the working tree beside the packages, in the installed app beside the resources. */
function findNode() {
  return [
    process.env.SLIPWAY_HOST_NODE,
    join(here, '..', 'node_modules', `node-${platform}-${process.arch}`, 'bin', name),
    join(here, '..', '..', 'node', 'bin', name),
  ].find((path) => path && existsSync(path));
}

function startWith(node) {
  if (!node) {
    console.error(`Slipway needs Node 22.12 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself, as it is in the same group: only wait for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}
