/** For tests: connect on a home of its own, and a Python as a data scientist has it, shared with the e2e specs. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../base/process';
import { ConnectService, pythonIn } from '../connect';
import { TaskRunner } from '../task';

const ROOT = join(import.meta.dirname, '..', '..');
export const RESOURCES = join(ROOT, 'resources');

const FOLDER = join(ROOT, '.cache', 'e2e-environment');
const PACKAGES = ['ipykernel', 'numpy', 'pandas', 'scikit-learn', 'matplotlib', 'pyarrow'];

export interface TestStudio {
  readonly connect: ConnectService;
  readonly tasks: TaskRunner;
  /** Removed at the end; tests put their notebooks here too. */
  readonly home: string;
  readonly python: string;
  dispose(): Promise<void>;
}

/** `npm test` sets SLIPWAY_TOOLS; without it the tools are made anew in the test's own home. */
export async function testStudio(): Promise<TestStudio> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-package-'));
  const tasks = new TaskRunner();
  const connect = new ConnectService({ home, resources: RESOURCES, tasks });
  const python = await dataPython(() => connect.uvPath());
  const dispose = async () => {
    await connect.dispose();
    await rm(home, { recursive: true, force: true });
  };
  return { connect, tasks, home, python, dispose };
}

async function dataPython(uv: () => Promise<string>): Promise<string> {
  const python = pythonIn(FOLDER);
  const marker = join(FOLDER, '.complete');
  if (existsSync(marker)) return python;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const program = await uv();
  const install = ['pip', 'install', '--python', python, ...PACKAGES];
  for (const args of [['venv', FOLDER], install]) {
    const { code, stderr } = await runProcess(program, args);
    if (code !== 0) throw new Error(stderr);
  }
  await writeFile(marker, PACKAGES.join(' '));
  return python;
}
