/** Facts of every cell, the cells before it known: names by execution order of the file, top to bottom. */
import type { CellFacts, CellSource, Definition, NotebookFacts } from '../facts';
import { type ReadCell, readCell } from '../python/read-cell';
import { isBuiltin } from './builtins';
import { findFiles, findRandomness } from './calls';
import { CellRun, type KnownDefinition, type World } from './run-cell';

export interface Analyser {
  analyse(cells: readonly CellSource[]): NotebookFacts;
}

/** Keeps what depends on a cell's text alone; the walk over the names is made anew, it is fast. */
export function createAnalyser(): Analyser {
  let kept = new Map<string, ReadCell>();
  return {
    analyse(cells) {
      const next = new Map<string, ReadCell>();
      const read = (source: string) => {
        const known = next.get(source) ?? kept.get(source) ?? readCell(source);
        next.set(source, known);
        return known;
      };
      const facts = walk(cells, read);
      kept = next;
      return facts;
    },
  };
}

export const analyseCells = (cells: readonly CellSource[]): NotebookFacts =>
  createAnalyser().analyse(cells);

function walk(cells: readonly CellSource[], read: (source: string) => ReadCell): NotebookFacts {
  const world: World = { definitions: new Map(), imported: new Map(), sources: new Map() };
  const everBound = new Set<string>();
  const everImported = new Map<string, string>();
  const known: { facts: CellFacts; definitions: KnownDefinition[] }[] = [];
  for (const [index, cell] of cells.entries()) {
    if (cell.type !== 'code') {
      known.push({ facts: emptyFacts(cell, index), definitions: [] });
      continue;
    }
    const code = read(cell.source);
    const run = new CellRun(world, index);
    for (const statement of code.statements) run.run(statement.ops);
    for (const name of run.binds.keys()) everBound.add(name);
    for (const [name, path] of world.imported) everImported.set(name, path);
    const definitions = [...world.definitions.values()].filter((one) => one.cellIndex === index);
    known.push({ facts: factsOf(cell, index, code, run), definitions });
  }
  return known.map(({ facts, definitions }) => ({
    ...facts,
    read: facts.read.filter(({ name }) => everBound.has(name) || !isBuiltin(name)),
    definitions: definitions.map((one) => definitionFacts(one, everBound, everImported, world)),
  }));
}

function definitionFacts(
  known: KnownDefinition,
  everBound: ReadonlySet<string>,
  imported: ReadonlyMap<string, string>,
  world: World,
): Definition {
  const { code } = known;
  const reads = [...transitiveFree(known, world)].filter(
    (name) => everBound.has(name) || !isBuiltin(name),
  );
  return {
    name: code.name,
    kind: code.kind,
    line: code.line,
    endLine: code.endLine,
    reads,
    rebinds: [...known.rebinds],
    isMovable:
      known.rebinds.size === 0 &&
      reads.every((name) => imported.has(name) || isMovableName(name, world, imported)),
  };
}

function transitiveFree(
  known: KnownDefinition,
  world: World,
  seen = new Set<KnownDefinition>(),
): Set<string> {
  seen.add(known);
  const free = new Set(known.free.keys());
  for (const name of known.free.keys()) {
    const other = world.definitions.get(name);
    if (other && !seen.has(other))
      for (const inner of transitiveFree(other, world, seen)) free.add(inner);
  }
  return free;
}

function isMovableName(
  name: string,
  world: World,
  imported: ReadonlyMap<string, string>,
  seen = new Set<string>(),
): boolean {
  if (imported.has(name) || seen.has(name)) return true;
  const other = world.definitions.get(name);
  if (!other) return false;
  seen.add(name);
  return (
    other.rebinds.size === 0 &&
    [...other.free.keys()].every(
      (inner) => isBuiltin(inner) || isMovableName(inner, world, imported, seen),
    )
  );
}

function factsOf(cell: CellSource, index: number, code: ReadCell, run: CellRun): CellFacts {
  const { statements, imports, ipython } = code;
  const uses = (names: ReadonlyMap<string, number>) =>
    [...names].map(([name, line]) => ({ name, line: Math.max(1, line) }));
  const { filesRead, filesWritten, environmentVariables } = findFiles(run.calls);
  const importedNames = new Set(imports.flatMap(({ names }) => names));
  const bindsSomething = [...run.binds.keys()].some((name) => !importedNames.has(name));
  return {
    ...emptyFacts(cell, index),
    error: code.error,
    bound: uses(run.binds),
    read: uses(run.reads),
    deleted: uses(run.deletes),
    mutated: run.changes
      .filter(({ name }) => !run.sure.has(name) || run.reads.has(name))
      .map((change) => ({ ...change, line: Math.max(1, change.line) })),
    imports: imports.map((one) => ({ ...one, names: [...one.names] })),
    starImports: imports
      .filter(({ isStar }) => isStar)
      .map(({ line, module }) => ({ line, module })),
    magics: ipython.magics.map((magic) => ({ ...magic })),
    filesRead,
    filesWritten,
    environmentVariables,
    randomness: findRandomness(run.calls),
    isDisplayOnly:
      statements.length > 0 &&
      !bindsSomething &&
      imports.length === 0 &&
      run.deletes.size === 0 &&
      filesWritten.length === 0 &&
      run.changes.every(({ certainty }) => certainty === 'possibly') &&
      statements.every(({ kind }) => kind === 'other' || kind === 'text'),
    unknowable: [
      ...run.calls.flatMap(({ path, line }) =>
        /^(exec|eval|globals|locals|vars)$/.test(path)
          ? [{ line, reason: `${path}() can read or bind any name` }]
          : [],
      ),
      ...imports.flatMap(({ isStar, line, module }) =>
        isStar
          ? [{ line, reason: `what "from ${module} import *" binds can't be known from the text` }]
          : [],
      ),
    ],
  };
}

function emptyFacts(cell: CellSource, index: number): CellFacts {
  return {
    cellId: cell.id,
    index,
    kind: cell.type,
    error: null,
    bound: [],
    read: [],
    deleted: [],
    mutated: [],
    definitions: [],
    imports: [],
    starImports: [],
    magics: [],
    filesRead: [],
    filesWritten: [],
    environmentVariables: [],
    randomness: [],
    isDisplayOnly: false,
    unknowable: [],
  };
}
