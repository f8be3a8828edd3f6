/** A Python as a data scientist has it, for tests and pictures: made once, read by all (`electron/package/test-python.ts`). */
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lib/lock.mjs';
import { CACHE } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { toolsFolder } from './python-tools.mjs';

export const DATA_ENVIRONMENT = join(CACHE, 'e2e-environment');
const PACKAGES = ['ipykernel', 'numpy', 'pandas', 'scikit-learn', 'matplotlib', 'pyarrow'];
const MARK = join(DATA_ENVIRONMENT, '.complete');

export const title = 'a Python with pandas and scikit-learn for the tests';

export function isDone() {
  return existsSync(MARK) && readFileSync(MARK, 'utf8') === PACKAGES.join(' ');
}

export function run() {
  return withLock('data-environment', async () => {
    if (isDone()) return;
    const [bin, end] = process.platform === 'win32' ? ['Scripts', '.exe'] : ['bin', ''];
    const uv = join(toolsFolder(), bin, `uv${end}`);
    const python = join(DATA_ENVIRONMENT, bin, `python${end}`);
    await rm(DATA_ENVIRONMENT, { recursive: true, force: true });
    await must(uv, ['venv', '--quiet', '--python', '3.11', DATA_ENVIRONMENT]);
    // Runs write no bytecode: what is not compiled here would be compiled in each process that imports it.
    const install = ['pip', 'install', '--quiet', '--compile-bytecode'];
    await must(uv, [...install, '--python', python, ...PACKAGES]);
    await writeFile(MARK, PACKAGES.join(' '));
  });
}
