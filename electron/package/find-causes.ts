/** Why outputs differ: whether the notebook gives the same twice, what was changed by hand, and what the run showed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StepId } from '../../shared/base/ids';
import {
  type Comparison,
  type FileEdit,
  firstVariation,
  type PackageFile,
  withCauses,
} from '../../shared/package';
import type { Recording } from '../../shared/pipeline';
import type { PackageSource } from './package-needs';

/** A notebook that took longer is not run a second time just to see whether it gives the same. */
export const REPEAT_MS = 120_000;

export interface CauseWish {
  readonly source: PackageSource;
  readonly comparisons: readonly Comparison[];
  readonly recording: Recording;
  /** What notebooks that run whole took in the package: nothing of them is recorded. */
  readonly wholeMs: number;
  readonly packagePython: string;
  readonly packageFolder: string;
  /** The package as it was generated. */
  readonly files: readonly PackageFile[];
  /** Runs the notebook once more: what it recorded, and its outputs compared with those of the first run. */
  readonly again: () => Promise<{
    readonly recording: Recording;
    readonly comparisons: readonly Comparison[];
  }>;
}

/** Whether the notebook gave the same twice; null where it was not tried. */
export interface FoundCauses {
  readonly comparisons: Comparison[];
  readonly isRepeatable: boolean | null;
}

export async function findCauses(wish: CauseWish): Promise<FoundCauses> {
  const { comparisons, recording, source } = wish;
  if (comparisons.every(({ verdict }) => verdict !== 'different')) {
    return { comparisons: [...comparisons], isRepeatable: null };
  }
  const took = recording.cells.reduce((sum, { wallMs }) => sum + wallMs, wish.wholeMs);
  const second = took <= REPEAT_MS ? await wish.again() : null;
  const varying = new Set(
    second?.comparisons
      .filter(({ verdict }) => verdict === 'different')
      .map(({ stepId, name }) => `${stepId}/${name}`),
  );
  const variation =
    second && firstVariation(recording, second.recording, source.cells, source.facts);
  return {
    comparisons: withCauses({
      comparisons,
      pipeline: source.pipeline,
      facts: source.facts,
      recording,
      second: second && { variation: variation ?? null, varying },
      edits: await editsOf(wish.packageFolder, wish.files),
      pythons: { notebook: recording.python, package: wish.packagePython },
    }),
    isRepeatable: second && varying.size === 0,
  };
}

/** The first line of each module that is no longer as it was generated. */
async function editsOf(folder: string, files: readonly PackageFile[]): Promise<FileEdit[]> {
  const edits: FileEdit[] = [];
  for (const file of files.filter(({ path }) => /^src\/.*\.(?:py|ipynb)$/.test(path))) {
    const text = await readFile(join(folder, file.path), 'utf8').catch(() => null);
    if (text === null || text === file.text) continue;
    const lines = text.split('\n');
    const at = file.text.split('\n').findIndex((line, index) => line !== lines[index]);
    const line = at < 0 ? lines.length : at + 1;
    const origin = file.origins[line - 1] ?? null;
    const module = /\/steps\/(\w+?)_?\.(?:py|ipynb)$/.exec(file.path)?.[1];
    const stepId = module ? StepId(module) : null;
    edits.push({ path: file.path, line, origin, stepId });
  }
  return edits;
}
