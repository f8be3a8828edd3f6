/** The notebook as a whole, run once as it is: what a package of one step is compared with. */
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';
import { type Seen, workspaceOf } from './reference-run';
import { packageEnvironment } from './run-steps';

export interface WholeWish {
  /** Of the clean environment, which has the client; the cells run in their own kernel. */
  readonly python: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly resources: string;
  readonly folder: string;
  /** Runs the cells of a notebook in Python. */
  readonly notebookPython: string;
  readonly signal: AbortSignal;
}

const STEP = 'notebook';

export async function runWholeReference(wish: WholeWish): Promise<Seen> {
  const script = join(wish.resources, 'python', 'run_whole.py');
  const args = [script, wish.packageName, wish.folder, STEP, '--python', wish.notebookPython];
  const { code, stderr } = await runProcess(wish.python, args, {
    cwd: workspaceOf(wish.folder),
    env: packageEnvironment(wish.packageFolder),
    signal: wish.signal,
  });
  const recording = { format: 1 as const, recordedAt: Date.now(), python: '', cells: [] };
  if (code === 0) return { files: [], modules: [], recording };
  const message = stderr.trim().split('\n').at(-1) ?? '';
  return fail('cell-failed', `The notebook itself did not run to its end. ${message}`, {
    detail: stderr,
  });
}
