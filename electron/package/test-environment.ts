/** For tests: a Python as a data scientist has it, made once with the app's own uv and shared with the e2e specs. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../base/process';
import { pythonIn } from '../connect';

export const ROOT = join(import.meta.dirname, '..', '..');
export const RESOURCES = join(ROOT, 'resources');

const FOLDER = join(ROOT, '.cache', 'e2e-environment');
const PACKAGES = ['ipykernel', 'numpy', 'pandas', 'scikit-learn', 'matplotlib', 'pyarrow'];

/** The path of its Python. `uv` is asked for only where it has to be made. */
export async function dataPython(uv: () => Promise<string>): Promise<string> {
  const python = pythonIn(FOLDER);
  const marker = join(FOLDER, '.complete');
  if (existsSync(marker)) return python;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const program = await uv();
  for (const args of [
    ['venv', FOLDER],
    ['pip', 'install', '--python', python, ...PACKAGES],
  ]) {
    const { code, stderr } = await runProcess(program, args);
    if (code !== 0) throw new Error(stderr);
  }
  await writeFile(marker, PACKAGES.join(' '));
  return python;
}
