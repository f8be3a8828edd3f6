/** A desk whose churn sample was packaged and run already, by the command line: for the places at the road's end. */

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
  const [program, all, options] = commandLine(home, cwd, args);
  return execFileSync(program, all, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** While this process goes on: stands that the command asks may be in it. Answers the JSON it prints. */
export async function askSlipway(home: string, cwd: string, ...args: string[]): Promise<unknown> {
  const [program, all, options] = commandLine(home, cwd, [...args, '--json']);
  const { stdout } = await promisify(execFile)(program, all, options);
  return JSON.parse(stdout);
}

function commandLine(home: string, cwd: string, args: readonly string[]) {
  const UV_CACHE_DIR = process.env.UV_CACHE_DIR ?? join(root, '.cache', 'uv');
  const env = { ...process.env, SLIPWAY_HOME: home, UV_CACHE_DIR };
  const program = process.env.SLIPWAY_NODE ?? process.execPath;
  const options = { cwd, env, encoding: 'utf8', timeout: 480_000 } as const;
  return [program, [join(root, 'dist', 'slipway.mjs'), ...args], options] as const;
}

export function deployments({ home }: Desk): string[] {
  const folder = join(home, 'deployments');
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** A failed test must not leave a service behind. */
function removeDeployments(desk: Desk, cwd: string): void {
  for (const id of deployments(desk)) runSlipway(desk.home, cwd, ['remove', id]);
}
