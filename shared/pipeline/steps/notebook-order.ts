/**
 * What the execution counts tell: outputs that are older than what they were made from, and values whose cell was never
 * run as it stands. The counts begin again with each kernel, so a lower number is a reason to look, no proof.
 */
import type { CellId } from '../../base/ids';
import type { NextStep } from '../../base/studio-error';
import type { CellFacts, CellSource, NotebookFacts } from '../facts';
import type { Problem } from '../pipeline';

const RUN_ALL: NextStep = { label: 'Run all cells', command: 'notebook.run-all' };

export function orderProblems(
  cells: readonly CellSource[],
  facts: NotebookFacts,
  isUsed: (fact: CellFacts) => boolean,
): Problem[] {
  const counts = new Map(cells.map(({ id, executionCount }) => [id, executionCount ?? null]));
  // A notebook that was never run has no order to be out of.
  if ([...counts.values()].every((count) => count === null)) return [];
  const stale = staleProblems(facts, counts, isUsed);
  return stale.length > 0 ? stale : outOfOrder(facts.filter(isUsed), counts);
}

type Counts = ReadonlyMap<CellId, number | null>;

/** From top to bottom, with the last cell so far that surely binds each name. */
function staleProblems(
  facts: NotebookFacts,
  counts: Counts,
  isUsed: (fact: CellFacts) => boolean,
): Problem[] {
  const givers = new Map<string, CellFacts>();
  return facts.flatMap((fact) => {
    // Before it counts as a giver itself: `x = x + 1` reads what stood above.
    const found = isUsed(fact) ? staleProblem(fact, givers, counts) : [];
    for (const { name, isSure } of fact.bound) if (isSure) givers.set(name, fact);
    return found;
  });
}

/** At most one for a cell: the first name that came from a cell run later, or not at all. */
function staleProblem(
  fact: CellFacts,
  givers: ReadonlyMap<string, CellFacts>,
  counts: Counts,
): Problem[] {
  const count = counts.get(fact.cellId) ?? null;
  if (count === null) return [];
  for (const { name, line } of fact.read) {
    const giver = givers.get(name);
    if (!giver) continue;
    const given = counts.get(giver.cellId) ?? null;
    if (given !== null && given < count) continue;
    return [
      {
        severity: 'warning',
        cellId: fact.cellId,
        cellNumber: fact.index + 1,
        line,
        message: given === null ? neverRun(fact, giver, name) : older(fact, giver, name, counts),
        nextSteps: [RUN_ALL],
      },
    ];
  }
  return [];
}

function neverRun(fact: CellFacts, giver: CellFacts, name: string): string {
  return `Cell ${fact.index + 1} read ${name}, which cell ${giver.index + 1} binds but has not run as it stands. Run all cells to see what they really give.`;
}

function older(fact: CellFacts, giver: CellFacts, name: string, counts: Counts): string {
  return `Cell ${fact.index + 1} was run as [${counts.get(fact.cellId)}], before cell ${giver.index + 1}, which gives it ${name} and was run as [${counts.get(giver.cellId)}]: what it shows may be out of date.`;
}

/** No cell read anything newer, yet the order was another than from top to bottom. */
function outOfOrder(facts: NotebookFacts, counts: Counts): Problem[] {
  let highest: { readonly fact: CellFacts; readonly count: number } | null = null;
  for (const fact of facts) {
    const count = counts.get(fact.cellId) ?? null;
    if (count === null) continue;
    if (highest && count < highest.count) {
      return [
        {
          severity: 'hint',
          cellId: fact.cellId,
          cellNumber: fact.index + 1,
          message: `The cells were not run from top to bottom: cell ${fact.index + 1} as [${count}], cell ${highest.fact.index + 1} above it as [${highest.count}]. The steps run in the notebook’s order.`,
          nextSteps: [RUN_ALL],
        },
      ];
    }
    highest = { fact, count };
  }
  return [];
}
