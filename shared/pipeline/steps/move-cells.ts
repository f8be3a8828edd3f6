/** Whether cells may change places: running them in the other order must leave every name and file the same. */
import type { CellFacts } from '../facts';

interface Footprint {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  readonly draws: boolean;
  readonly readsFiles: boolean;
  readonly writesFiles: boolean;
}

/** Why the two must keep their order, null where they need not. */
export function conflictOf(
  one: readonly CellFacts[],
  two: readonly CellFacts[],
  isValue: (name: string) => boolean,
): string | null {
  const first = footprintOf(one, isValue);
  const second = footprintOf(two, isValue);
  const shared = [...first.writes].find(
    (name) => second.reads.has(name) || second.writes.has(name),
  );
  if (shared) return `both use ${shared}`;
  const read = [...second.writes].find((name) => first.reads.has(name));
  if (read) return `both use ${read}`;
  if (first.draws && second.draws) return 'both draw from the same random stream';
  if (first.writesFiles && (second.writesFiles || second.readsFiles)) return 'both touch files';
  if (first.readsFiles && second.writesFiles) return 'both touch files';
  if ([...one, ...two].some((fact) => fact.unknowable.length > 0))
    return 'not all they use can be known';
  return null;
}

function footprintOf(cells: readonly CellFacts[], isValue: (name: string) => boolean): Footprint {
  const reads = cells.flatMap((fact) => fact.read);
  const writes = cells.flatMap((fact) => [...fact.bound, ...fact.mutated, ...fact.deleted]);
  const names = (uses: readonly { name: string }[]) =>
    new Set(uses.map((use) => use.name).filter(isValue));
  return {
    reads: names(reads),
    writes: names(writes),
    draws: cells.some((fact) => fact.randomness.some(({ stream }) => stream !== null)),
    readsFiles: cells.some((fact) => fact.filesRead.length > 0),
    writesFiles: cells.some((fact) => fact.filesWritten.length > 0 || hasShell(fact)),
  };
}

const hasShell = (fact: CellFacts) => fact.magics.some(({ effect }) => effect === 'shell');
