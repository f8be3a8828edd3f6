/** A notebook as a whole, run once as it is: what a package's step of one notebook is compared with. */
import { basename, join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';
import { workspaceOf } from './reference-run';
import { packageEnvironment } from './run-steps';

export interface WholeWish {
  /** Of the clean environment, which has the client; the cells run in their own kernel. */
  readonly python: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly resources: string;
  readonly folder: string;
  /** The step that is the notebook, and the notebook's file. */
  readonly stepId: string;
  readonly notebook: string;
  /** Runs the cells of a notebook in Python. */
  readonly notebookPython: string;
  readonly signal: AbortSignal;
}

export async function runWholeReference(wish: WholeWish): Promise<void> {
  const script = join(wish.resources, 'python', 'run_whole.py');
  const args = [script, wish.packageName, wish.folder, wish.stepId, wish.notebook];
  const { code, stderr } = await runProcess(
    wish.python,
    [...args, '--python', wish.notebookPython],
    {
      cwd: workspaceOf(wish.folder),
      env: packageEnvironment(wish.packageFolder),
      signal: wish.signal,
    },
  );
  if (code === 0) return;
  const message = stderr.trim().split('\n').at(-1) ?? '';
  fail('cell-failed', `${basename(wish.notebook)} itself did not run to its end. ${message}`, {
    detail: stderr,
  });
}
