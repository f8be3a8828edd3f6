/**
 * One Python environment for all specs, as a data scientist would have one: made once with the app's own uv, then
 * found by each test as `.venv` beside its notebook.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '..', '.cache', 'e2e-environment');
const PACKAGES = ['ipykernel', 'numpy', 'pandas', 'scikit-learn', 'matplotlib', 'pyarrow'];

/** The environment's folder; the first call makes it. */
export function environment(): string {
  const mark = join(folder, '.complete');
  const wanted = PACKAGES.join(' ');
  if (existsSync(mark)) return folder;
  const tools = process.env.SLIPWAY_TOOLS;
  if (!tools) throw new Error('SLIPWAY_TOOLS is not set: start the specs with `npm test -- e2e`.');
  const uv = join(tools, 'bin', 'uv');
  rmSync(folder, { recursive: true, force: true });
  execFileSync(uv, ['venv', '--python', '3.11', folder], { stdio: 'pipe' });
  const python = join(folder, 'bin', 'python');
  execFileSync(uv, ['pip', 'install', '--python', python, ...PACKAGES], { stdio: 'pipe' });
  writeFileSync(mark, wanted);
  return folder;
}

/** Puts it beside the notebook. */
export function placeEnvironment(beside: string): void {
  const link = join(beside, '.venv');
  if (!existsSync(link)) symlinkSync(environment(), link);
}
