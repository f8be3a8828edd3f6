/** Which functions and classes mean the same in a module of their own, away from the notebook's variables. */
import type { CellFacts, Definition } from '../facts';

export function markMovable(facts: readonly CellFacts[]): void {
  const definitions = new Map<string, Definition>();
  for (const cell of facts) for (const each of cell.definitions) definitions.set(each.name, each);
  if (definitions.size === 0) return;
  const movable = candidates(facts, definitions);
  const imported = importedOnly(facts);
  for (const name of fromWrittenModules(facts)) imported.delete(name);
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const name of movable) {
      const reads = definitions.get(name)?.reads ?? [];
      if (reads.every((read) => imported.has(read) || movable.has(read))) continue;
      movable.delete(name);
      isChanged = true;
    }
  }
  for (const cell of facts) {
    if (cell.definitions.length === 0) continue;
    cell.definitions = cell.definitions.map((each) => ({
      ...each,
      isMovable: movable.has(each.name),
    }));
  }
}

/** Bound once, never changed, rebinding nothing. */
function candidates(
  facts: readonly CellFacts[],
  definitions: ReadonlyMap<string, Definition>,
): Set<string> {
  const found = new Set<string>();
  for (const [name, each] of definitions) {
    if (each.rebinds.length === 0 && !each.isChanged) found.add(name);
  }
  const seen = new Set<string>();
  for (const cell of facts) {
    const names = cell.definitions.map((each) => each.name);
    for (const { name } of cell.bound) {
      if (seen.has(name) || names.filter((other) => other === name).length > 1) found.delete(name);
      seen.add(name);
    }
    for (const { name } of cell.deleted) found.delete(name);
  }
  return found;
}

/** The helpers are there before the notebook has written the module. */
function fromWrittenModules(facts: readonly CellFacts[]): string[] {
  const modules = writtenModules(facts);
  return facts.flatMap(({ imports }) =>
    imports.flatMap(({ module, names }) => (modules.has(module) ? names : [])),
  );
}

/** Modules that the notebook itself writes, by their first name. */
export function writtenModules(facts: readonly CellFacts[]): Set<string> {
  const paths = facts.flatMap(({ filesWritten }) => filesWritten.map(({ path }) => path ?? ''));
  return new Set(
    paths.flatMap((path) => /^(?:\.\/)?(\w+)(?:\/.*)?(?:\.py)$/.exec(path)?.[1] ?? []),
  );
}

/** Names that nothing but imports bind. */
export function importedOnly(facts: readonly CellFacts[]): Set<string> {
  const imported = new Set<string>();
  const otherwise = new Set<string>();
  for (const cell of facts) {
    const here = new Map<string, number[]>();
    for (const each of cell.imports) {
      for (const name of each.names) here.set(name, [...(here.get(name) ?? []), each.line]);
    }
    for (const { name } of cell.bound) (here.has(name) ? imported : otherwise).add(name);
    for (const { name } of cell.mutated) otherwise.add(name);
  }
  return new Set([...imported].filter((name) => !otherwise.has(name)));
}
