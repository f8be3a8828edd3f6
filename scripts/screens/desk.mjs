/** A fresh home and a copy of the sample, taken the whole road by the command line before the window opens. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../lib/paths.mjs';
import { DATA_ENVIRONMENT } from '../setup/data-environment.mjs';

const SAMPLE = 'churn';

export function makeDesk() {
  const place = mkdtempSync(join(tmpdir(), 'slipway-screens-'));
  const folder = join(place, SAMPLE);
  cpSync(join(ROOT, 'resources', 'samples', SAMPLE), folder, { recursive: true });
  symlinkSync(DATA_ENVIRONMENT, join(folder, '.venv'));
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
  const python = join(DATA_ENVIRONMENT, 'bin', 'python');
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
    // An engine may hold what others deployed.
    const { deployments: all } = JSON.parse(stdout);
    return all.filter(({ packageName }) => packageName === SAMPLE).map(({ id }) => id);
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
