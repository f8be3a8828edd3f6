/** Asks the clean environment to compare the package's outputs with the notebook's. */
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { type Comparison, comparisonSchema } from '../../shared/package';
import { runProcess } from '../base/process';
import { workspaceOf } from './reference-run';
import { packageEnvironment } from './run-steps';

export interface CompareWish {
  readonly python: string;
  readonly resources: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly referenceFolder: string;
  readonly runFolder: string;
  /** Only these steps; all if absent. */
  readonly steps?: readonly string[];
  /** Where the notebook's values are kept for the package's own tests; nowhere if absent. */
  readonly golden?: string;
  readonly signal: AbortSignal;
}

export async function compareOutputs(wish: CompareWish): Promise<Comparison[]> {
  const script = join(wish.resources, 'python', 'compare_outputs.py');
  const comparisons: Comparison[] = [];
  const { code, stderr } = await runProcess(
    wish.python,
    [
      script,
      wish.packageName,
      wish.referenceFolder,
      wish.runFolder,
      ...(wish.steps ? ['--steps', wish.steps.join(',')] : []),
      ...(wish.golden ? ['--golden', wish.golden] : []),
    ],
    {
      cwd: workspaceOf(wish.runFolder),
      env: { ...packageEnvironment(wish.packageFolder), MPLBACKEND: 'Agg' },
      signal: wish.signal,
      onLine: (line, stream) => {
        if (stream !== 'stdout' || !line.startsWith('{')) return;
        comparisons.push(comparisonSchema.parse(JSON.parse(line)));
      },
    },
  );
  if (code === 0) return comparisons;
  return fail('unexpected', 'The outputs could not be compared. The detail says why.', {
    detail: stderr,
  });
}
