/** Cells that a person put into one step from different places: brought together where the dataflow allows it. */
import type { CellFacts } from '../facts';
import { conflictOf } from './move-cells';

export interface Group {
  readonly name: string;
  readonly reason: string;
  readonly cells: CellFacts[];
  readonly isChosen: boolean;
}

/** A step whose cells could not be brought together, and what keeps them apart. */
export interface Torn {
  readonly name: string;
  readonly first: CellFacts;
  readonly why: string;
}

export function gather(
  groups: readonly Group[],
  isValue: (name: string) => boolean,
): { groups: Group[]; torn: Torn[] } {
  const placed: Group[] = [];
  const torn: Torn[] = [];
  for (const group of groups) {
    const at = group.isChosen
      ? placed.findLastIndex((other) => other.isChosen && other.name === group.name)
      : -1;
    const earlier = placed[at];
    const [first] = group.cells;
    if (!earlier || !first) {
      placed.push(group);
      continue;
    }
    const between = placed.slice(at + 1).flatMap((other) => other.cells);
    const why = conflictOf(between, group.cells, isValue);
    if (why === null) {
      placed[at] = { ...earlier, cells: [...earlier.cells, ...group.cells] };
    } else if (conflictOf(earlier.cells, between, isValue) === null) {
      placed.splice(at, 1);
      placed.push({ ...earlier, cells: [...earlier.cells, ...group.cells] });
    } else {
      placed.push(group);
      torn.push({ name: group.name, first, why });
    }
  }
  return { groups: placed, torn };
}
