/** Which cells only show something: nothing they bind is read later, nothing they touch changes. */
import type { CellFacts } from '../facts';

export function markDisplayOnly(facts: readonly CellFacts[]): void {
  for (const cell of facts) {
    cell.isDisplayOnly &&= changesNothing(cell) && leavesNothing(cell, facts);
  }
}

function changesNothing(cell: CellFacts): boolean {
  return (
    cell.error === null &&
    cell.mutated.every((each) => each.certainty === 'possibly' && cell.isPlotting) &&
    cell.deleted.length === 0 &&
    cell.definitions.length === 0 &&
    cell.imports.length === 0 &&
    cell.settings.length === 0 &&
    cell.filesWritten.length === 0 &&
    cell.unknowable.length === 0 &&
    cell.randomness.every((each) => each.stream === null)
  );
}

function leavesNothing(cell: CellFacts, facts: readonly CellFacts[]): boolean {
  if (cell.bound.length === 0) return true;
  if (!cell.isPlotting) return false;
  const later = facts.slice(cell.index + 1);
  return cell.bound.every(({ name }) => !isReadLater(name, later));
}

/** Before it is bound again on every way. */
export function isReadLater(name: string, later: readonly CellFacts[]): boolean {
  for (const cell of later) {
    if (cell.read.some((each) => each.name === name)) return true;
    if (cell.bound.some((each) => each.name === name && each.isSure)) return false;
  }
  return false;
}
