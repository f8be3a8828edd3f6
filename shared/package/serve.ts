/** What could be served, and what the package is called. */
import type { NotebookFacts, Pipeline } from '../pipeline';
import type { PackageRun } from './package-run';
import type { ServeCandidate } from './package-state';

/**
 * Outputs with `predict`, the newest of each name, in the order of the steps. `likely` are the names the notebook
 * fits, the last one first.
 */
export function serveCandidates(run: PackageRun, likely: readonly string[] = []): ServeCandidate[] {
  const newest = new Map<string, ServeCandidate>();
  for (const { stepId, artifacts } of run.steps) {
    for (const { name, predictor, kind } of artifacts) {
      if (!predictor || kind === 'none') continue;
      newest.delete(name);
      newest.set(name, { stepId, name, predictor, isSuggested: false });
    }
  }
  const candidates = [...newest.values()];
  const suggested = suggest(candidates, likely);
  return candidates.map((each) => ({ ...each, isSuggested: each === suggested }));
}

/** Of those with a sample row: a name that says so first, then the one the notebook fits last, then the last. */
function suggest(
  candidates: readonly ServeCandidate[],
  likely: readonly string[],
): ServeCandidate | undefined {
  const withRow = candidates.filter((each) => each.predictor.sampleRow !== null);
  const usable = withRow.length > 0 ? withRow : candidates;
  return (
    usable.findLast((each) =>
      /^(best_|final_)?(model|pipeline|estimator|regressor|classifier|clf)$|^best_/i.test(
        each.name,
      ),
    ) ??
    likely
      .map((name) => usable.find((each) => each.name === name))
      .find((each) => each !== undefined) ??
    usable.at(-1)
  );
}

/** Functions of the notebook that a service could call: those that stand in helpers.py. */
export function servableFunctions(pipeline: Pipeline, facts: NotebookFacts): string[] {
  const functions = new Set(
    facts.flatMap((each) =>
      each.definitions.filter(({ kind }) => kind === 'function').map(({ name }) => name),
    ),
  );
  return [...new Set(pipeline.helpers.flatMap((each) => each.names))]
    .filter((name) => functions.has(name))
    .sort();
}

const RESERVED = new Set([
  'test',
  'tests',
  'src',
  'data',
  'model',
  'run',
  'site',
  'code',
  'json',
  'random',
]);

/** `05 - Trees.ipynb` → `trees`: letters, digits and underscores, a letter first, no module of Python's. */
export function packageNameFor(fileName: string): string {
  const base = fileName
    .replace(/\.ipynb$/i, '')
    .normalize('NFKD')
    .toLowerCase();
  const name = base
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 50);
  if (name === '') return 'notebook';
  return RESERVED.has(name) ? `${name}_pipeline` : name;
}
