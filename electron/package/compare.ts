/** Asks the clean environment to compare the package's outputs with the notebook's. */
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { type Comparison, comparisonSchema } from '../../shared/package';
import { runProcess } from '../base/process';
import { packageEnvironment } from './run-steps';

export interface CompareWish {
  readonly python: string;
  readonly resources: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly referenceFolder: string;
  readonly runFolder: string;
  readonly signal: AbortSignal;
}

export async function compareOutputs(wish: CompareWish): Promise<Comparison[]> {
  const script = join(wish.resources, 'python', 'compare_outputs.py');
  const comparisons: Comparison[] = [];
  const { code, stderr } = await runProcess(
    wish.python,
    [script, wish.packageName, wish.referenceFolder, wish.runFolder],
    {
      cwd: join(wish.runFolder, 'workspace'),
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
