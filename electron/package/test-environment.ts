/** For tests: connect on a home of its own, and a Python as a data scientist has it, shared with the e2e specs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectService } from '../connect';
import { TaskRunner } from '../task';
import { dataPython } from './test-python';

const ROOT = join(import.meta.dirname, '..', '..');
export const RESOURCES = join(ROOT, 'resources');

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
  const python = dataPython();
  const dispose = async () => {
    await connect.dispose();
    await rm(home, { recursive: true, force: true });
  };
  return { connect, tasks, home, python, dispose };
}
