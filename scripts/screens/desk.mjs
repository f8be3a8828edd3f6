/** A fresh home and a copy of the sample, taken the whole road by the command line before the window opens. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../lib/paths.mjs';

const SAMPLE = 'churn';

export function makeDesk() {
  const place = mkdtempSync(join(tmpdir(), 'slipway-screens-'));
  const folder = join(place, SAMPLE);
  cpSync(join(ROOT, 'resources', 'samples', SAMPLE), folder, { recursive: true });
  symlinkSync(environment(), join(folder, '.venv'));
  const env = {
    ...process.env,
    SLIPWAY_HOME: join(place, 'home'),
    SLIPWAY_SAMPLES: join(place, 'samples'),
    NODE_OPTIONS: '',
  };
  return { place, folder, env, notebook: join(folder, `${SAMPLE}.ipynb`) };
}

/** Package, run, estimate and deployment; true when all of it came about. */
export function ship({ env, notebook }) {
  const python = join(environment(), 'bin', 'python');
  const args = ['ship', notebook, '--yes', '--environment', python];
  return slipway(env, ...args).status === 0;
}

/** Ends what was deployed, then deletes all of it. */
export function clear({ place, env }) {
  for (const id of deployments(env)) slipway(env, 'remove', id);
  rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function deployments(env) {
  const { stdout } = slipway(env, 'list', '--json');
  try {
    return JSON.parse(stdout).deployments.map(({ id }) => id);
  } catch {
    return [];
  }
}

function slipway(env, ...args) {
  return spawnSync(process.execPath, [join(ROOT, 'dist', 'cli.mjs'), ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', args.includes('--json') ? 'pipe' : 'inherit', 'inherit'],
    maxBuffer: 1 << 28,
  });
}

/** The same environment as the end-to-end tests use (e2e/environment.ts); whoever comes first makes it. */
function environment() {
  const folder = join(ROOT, '.cache', 'e2e-environment');
  const mark = join(folder, '.complete');
  if (existsSync(mark)) return folder;
  const packages = ['ipykernel', 'numpy', 'pandas', 'scikit-learn', 'matplotlib', 'pyarrow'];
  const uv = join(process.env.SLIPWAY_TOOLS, 'bin', 'uv');
  const python = join(folder, 'bin', 'python');
  rmSync(folder, { recursive: true, force: true });
  execFileSync(uv, ['venv', '--python', '3.11', folder]);
  execFileSync(uv, ['pip', 'install', '--python', python, ...packages]);
  writeFileSync(mark, packages.join(' '));
  return folder;
}
