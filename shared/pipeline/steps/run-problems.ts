/** What a script run by `%run` keeps to itself in the notebook, and in a step would not. */
import type { CellFacts, CellSource, NotebookFacts } from '../facts';

export interface RunProblem {
  readonly fact: CellFacts;
  readonly line: number;
  readonly message: string;
  readonly severity: 'error' | 'hint';
}

export function runProblems(cells: readonly CellSource[], facts: NotebookFacts): RunProblem[] {
  return cells.flatMap((cell, index) => {
    const fact = facts[index];
    if (!fact) return [];
    const unfollowed = cell.unfollowed ?? [];
    const followed = (cell.runs ?? []).map(({ path, from }) => ({
      fact,
      line: from,
      severity: 'hint' as const,
      message: `what ${path} holds stands in the step, as if it were written here.`,
    }));
    const apart = (cell.runs ?? []).filter((each) => each.isApart);
    const kept = apart.flatMap((each) => keptProblems(each, fact, facts));
    const errors = [...unfollowed, ...kept].map((each) => ({
      ...each,
      fact,
      severity: 'error' as const,
    }));
    return [...followed, ...errors];
  });
}

function keptProblems(
  { path, from, to }: { readonly path: string; readonly from: number; readonly to: number },
  fact: CellFacts,
  facts: NotebookFacts,
): { line: number; message: string }[] {
  const isInside = ({ line }: { readonly line: number }) => from <= line && line <= to;
  const earlier = namesBound(facts.slice(0, fact.index));
  const taken = fact.read.filter((use) => isInside(use) && earlier.has(use.name));
  const own = fact.definitions.filter(isInside);
  const rebound = own.flatMap(({ rebinds, line }) => rebinds.map((name) => ({ name, line })));
  const later = namesBound(facts.slice(fact.index + 1));
  const bound = new Set(fact.bound.map(({ name }) => name));
  const anew = own.flatMap(({ reads, line }) =>
    reads.filter((name) => later.has(name) && bound.has(name)).map((name) => ({ name, line })),
  );
  const end = 'Run it by “%run -i”, or give the variable another name.';
  return [
    ...taken.map(({ name, line }) => ({
      line,
      message: `${path} reads ${name}, and a script that is run has variables of its own, not the notebook’s. ${end}`,
    })),
    ...[...rebound, ...anew].map(({ name, line }) => ({
      line,
      message: `functions of ${path} keep a ${name} of their own, which is not the notebook’s ${name} once either changes. ${end}`,
    })),
  ];
}

const namesBound = (facts: NotebookFacts): Set<string> =>
  new Set(facts.flatMap(({ bound }) => bound.map(({ name }) => name)));
