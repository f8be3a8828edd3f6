/** A desk whose churn sample was packaged and run already, by the command line: for the places at the road's end. */

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataPython } from '../electron/package/test-python';
import { test as base, type Desk } from './fixtures';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

interface Packaged {
  readonly home: string;
  readonly folder: string;
}

interface Fixtures {
  /** The path of the packaged notebook on this test's own desk. */
  readonly notebook: string;
}

/** Packaging takes a minute, so it is done once; each test works on a copy. */
export const test = base.extend<Fixtures, { readonly packaged: Packaged }>({
  packaged: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies from this pattern.
    async ({}, use) => {
      const place = mkdtempSync(join(tmpdir(), 'slipway-packaged-'));
      const packaged = { home: join(place, 'home'), folder: join(place, 'churn') };
      cpSync(join(root, 'resources', 'samples', 'churn'), packaged.folder, { recursive: true });
      slipway(packaged.home, packaged.folder, 'run', '--serve', 'model', '--no-compare');
      await use(packaged);
      rmSync(place, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 480_000 },
  ],
  notebook: async ({ packaged, desk }, use) => {
    const folder = join(desk.folder, 'churn');
    cpSync(packaged.folder, folder, { recursive: true });
    mkdirSync(desk.home, { recursive: true });
    // Environments are named after what is in them and are never changed, so that tests can share them.
    symlinkSync(join(packaged.home, 'environments'), join(desk.home, 'environments'));
    await use(join(folder, 'churn.ipynb'));
    removeDeployments(desk, folder);
  },
});

/** One command about the notebook in `folder`. */
export function slipway(home: string, folder: string, command: string, ...args: string[]): string {
  const python = dataPython();
  return runSlipway(home, folder, [command, 'churn.ipynb', '--environment', python, ...args]);
}

export function runSlipway(home: string, cwd: string, args: readonly string[]): string {
  const node = process.env.SLIPWAY_NODE ?? process.execPath;
  return execFileSync(node, [join(root, 'dist', 'slipway.mjs'), ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 480_000,
    env: {
      ...process.env,
      SLIPWAY_HOME: home,
      UV_CACHE_DIR: process.env.UV_CACHE_DIR ?? join(root, '.cache', 'uv'),
    },
  });
}

export function deployments({ home }: Desk): string[] {
  const folder = join(home, 'deployments');
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** A failed test must not leave a service behind. */
function removeDeployments(desk: Desk, cwd: string): void {
  for (const id of deployments(desk)) runSlipway(desk.home, cwd, ['remove', id]);
}
