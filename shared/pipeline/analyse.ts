/** Facts of all cells: each cell's text is read once, then the cells are followed in order. */
import { CellId } from '../base/ids';
import { isErrorExpected, RAISES } from './expected-errors';
import type { CellFacts, CellSource, Definition, NotebookFacts } from './facts';
import { callRules } from './flow/calls';
import { CellRecord } from './flow/cell-record';
import { definitionsOf } from './flow/definitions';
import { Follower } from './flow/follower';
import { markDisplayOnly } from './flow/liveness';
import { markMovable } from './flow/movable';
import { secretsIn } from './flow/outside';
import { type Followed, Timeline } from './flow/timeline';
import { PLAIN } from './flow/value';
import type { World } from './flow/world';
import type { TopStatement } from './python/program';
import { type ReadCell, readCell } from './python/read-cell';

export interface Analyser {
  /** An edit of one cell reads that cell's text only, and follows it and what depends on it. */
  analyse(cells: readonly CellSource[]): NotebookFacts;
}

export function createAnalyser(): Analyser {
  let known = new Map<string, ReadCell>();
  const timeline = new Timeline<CellFacts, Definition[]>(factsOfCell, NO_DEFINITIONS);
  return {
    analyse(cells) {
      const kept = new Map<string, ReadCell>();
      const read = cells.map(({ id, type, source, tags }) => {
        if (type !== 'code') return { id, program: null };
        const mayRaise = isErrorExpected(tags);
        const key = mayRaise ? `%${RAISES}\n${source}` : source;
        const program = kept.get(key) ?? known.get(key) ?? { ...readCell(source), mayRaise };
        kept.set(key, program);
        return { id, program };
      });
      known = kept;
      const found = timeline.run(read);
      const facts = cells.map((cell, index) => {
        const each = found[index];
        if (!each) return emptyFacts(cell, index);
        const searchPaths = [...each.made.searchPaths, ...foldersOf(cell)];
        return { ...each.made, cellId: cell.id, index, searchPaths, definitions: each.last };
      });
      markMovable(facts);
      markDisplayOnly(facts);
      return facts;
    },
  };
}

export function analyseCells(cells: readonly CellSource[]): NotebookFacts {
  return createAnalyser().analyse(cells);
}

function factsOfCell(program: ReadCell, world: World): Followed<CellFacts, Definition[]> {
  const record = new CellRecord();
  const follower = new Follower(world, record, callRules);
  if (program.mayRaise) followUpToAnError(program, follower);
  else for (const statement of program.statements) follower.block(statement.ops, null);
  keepApart(program, record, world);
  const { ipython } = program;
  if (ipython.captured) {
    const target = { kind: 'name', name: ipython.captured.name, line: 1 } as const;
    follower.store(target, PLAIN, null);
  }
  for (const { name } of ipython.shellReads) follower.lookUp(name, 1, null);
  if (world.heap.isWorn) record.noteUnknowable(1, TOO_ENTANGLED);
  return { made: factsOf(program, record, world), finish: definitionsOf(program, world) };
}

/** While a script runs, its folder comes first. */
const foldersOf = ({ runs = [] }: CellSource): CellFacts['searchPaths'] =>
  runs.flatMap(({ path, from }) => {
    const folder = /^(.*)\/[^/]+\.py$/.exec(path)?.[1];
    return folder ? [{ line: from, path: folder, isFirst: true }] : [];
  });

/** The notebook goes on wherever the cell stops: nothing of it is sure to run. */
function followUpToAnError(program: ReadCell, follower: Follower): void {
  const { record, world } = follower;
  const body = program.statements.flatMap(({ ops }) => ops);
  const defined = body.flatMap((op) => (op.op === 'define' ? [op.code] : []));
  for (const { name, line } of defined) {
    if (world.names.had(name)) record.noteUnknowable(line, definesAnew(name), true);
  }
  follower.op({ op: 'try', body, handlers: [[]], orElse: [], last: [] }, null);
}

const definesAnew = (name: string) =>
  `An error is expected in this cell, and it defines ${name} anew: which ${name} is left can’t be known. Define it in a cell of its own.`;

/** `%timeit` runs its code many times in a room of its own: what it binds is not there afterwards. */
function keepApart({ ipython }: ReadCell, record: CellRecord, world: World): void {
  for (const { text, line } of ipython.magics) {
    if (!/^%%?timeit\b/.test(text)) continue;
    const isHere = (at: number) => text.startsWith('%%') || at === line;
    for (const [name, at] of record.bound) {
      if (!isHere(at) || ipython.isIsolated) continue;
      if (world.names.had(name)) record.noteUnknowable(line, keepsNames(text, name), true);
      else record.bound.delete(name);
    }
    const changed = [...record.mutated.values()].find(
      (each) => isHere(each.line) && each.certainty === 'surely',
    );
    const draws = record.drawn.some((each) => isHere(each.line) && each.stream !== null);
    const what = changed ? `changes ${changed.name}` : draws ? 'draws random numbers' : null;
    if (what) record.noteUnknowable(line, repeats(text, what), true);
  }
}

const magicName = (text: string) => /^%+\w+/.exec(text)?.[0] ?? text;
const keepsNames = (text: string, name: string) =>
  `${magicName(text)} keeps what it binds to itself, so ${name} is not changed in the notebook. Take the magic away, or give it another name.`;
const repeats = (text: string, what: string) =>
  `${magicName(text)} runs its code many times, and it ${what} each time: how often can’t be known. Take the magic away, or skip the cell.`;

/** Facts are made before it is known where the cell stands; see `analyse`. */
const NOWHERE = CellId('none');
const NO_DEFINITIONS: Definition[] = [];

const TOO_ENTANGLED =
  'This cell ties so many objects together that not all it may change could be followed. Split it, or let the recorder settle it by a run.';

function named(names: ReadonlyMap<string, number>): { name: string; line: number }[] {
  const found: { name: string; line: number }[] = [];
  names.forEach((line, name) => {
    found.push({ name, line });
  });
  return found;
}

function boundBy({ ipython }: ReadCell, record: CellRecord): CellFacts['bound'] {
  const found: CellFacts['bound'] = [];
  if (ipython.isIsolated) return found;
  record.bound.forEach((line, name) => {
    found.push({ name, line, isSure: record.sure.has(name) });
  });
  return found;
}

function factsOf(program: ReadCell, record: CellRecord, world: World): CellFacts {
  const { ipython } = program;
  const settings = program.statements.filter((each) => isSetting(each, record)).map(settingOf);
  const hasDraws = record.drawn.some((each) => each.stream !== null);
  return {
    cellId: NOWHERE,
    index: 0,
    kind: 'code',
    error: program.error,
    bound: boundBy(program, record),
    read: named(record.reads),
    deleted: named(record.deleted).map((each) =>
      record.maybeDeleted.has(each.name) ? { ...each, isMaybe: true } : each,
    ),
    mutated: [...record.mutated.values()],
    asked: [...record.asked.values()],
    definitions: NO_DEFINITIONS,
    imports: program.imports.map((each) => ({
      ...each,
      names: [...each.names],
      paths: [...each.paths],
    })),
    starImports: record.stars,
    magics: [...ipython.magics],
    filesRead: record.filesRead,
    filesWritten: [
      ...record.filesWritten,
      ...ipython.filesWritten.map((each) => ({ ...each, how: '%%writefile' })),
    ],
    network: record.network,
    clock: record.clock,
    secrets: ipython.foreign === null ? secretsIn(program.source) : [],
    searchPaths: record.searchPaths,
    environmentVariables: named(record.environment),
    randomness: record.drawn,
    settings,
    unsavable: unsavableOf(record, world),
    shared: sharedOf(record, world),
    isHoistable: !hasDraws && program.error === null && isHoistable(program, record),
    isPlotting: record.isPlotting,
    isDisplayOnly: record.isShowing || record.isPlotting,
    patched: named(record.patched),
    unknowable: [...record.unknowable, ...ipython.unknowable],
  };
}

function isSetting(statement: TopStatement, record: CellRecord): boolean {
  if (statement.kind !== 'other' || statement.ops.length !== 1) return false;
  const [op] = statement.ops;
  if (op?.op === 'eval' && op.value.kind !== 'call') return false;
  if (op?.op !== 'eval' && op?.op !== 'assign') return false;
  if (
    op.op === 'assign' &&
    op.targets.some((target) => target.kind === 'name' || target.kind === 'tuple')
  ) {
    return false;
  }
  for (let line = statement.line; line <= statement.endLine; line += 1) {
    if (record.settingLines.has(line)) return true;
  }
  return false;
}

function settingOf(statement: TopStatement): CellFacts['settings'][number] {
  const reads = new Set(statement.text.match(/[A-Za-z_]\w*/g) ?? []);
  return { line: statement.line, text: statement.text, reads: [...reads] };
}

/** Imports, options and remarks; checks of versions may stand among them. */
function isHoistable(program: ReadCell, record: CellRecord): boolean {
  if (program.imports.length === 0 || record.mutated.size > 0) return false;
  if (record.filesWritten.length > 0 || record.unknowable.length > record.stars.length)
    return false;
  return program.statements.every((statement) => {
    if (statement.kind === 'import' || statement.kind === 'text' || isSetting(statement, record))
      return true;
    const [op] = statement.ops;
    return (
      /^assert\b/.test(statement.text) || (op?.op === 'eval' && /^print\(/.test(statement.text))
    );
  });
}

function unsavableOf(record: CellRecord, world: World): CellFacts['unsavable'] {
  const found: CellFacts['unsavable'] = [];
  for (const [name, line] of record.bound) {
    const value = world.names.get(name)?.value;
    const kind = value ? world.heap.kindOf(value) : null;
    if (kind === 'handle' || kind === 'iterator') found.push({ name, line, kind });
    else if (value && world.heap.isDrawing(value)) found.push({ name, line, kind: 'drawing' });
  }
  return found;
}

function sharedOf(record: CellRecord, world: World): CellFacts['shared'] {
  const found: CellFacts['shared'] = [];
  for (const name of record.bound.keys()) {
    const others = [...world.sharing(name)].filter(
      (other) => !record.bound.has(other) || other < name,
    );
    if (others.length > 0) found.push({ name, with: others });
  }
  return found;
}

/** What is known of a cell of which nothing is known. */
export function emptyFacts(cell: Pick<CellSource, 'id' | 'type'>, index: number): CellFacts {
  return {
    cellId: cell.id,
    index,
    kind: cell.type,
    error: null,
    bound: [],
    read: [],
    deleted: [],
    mutated: [],
    asked: [],
    definitions: [],
    imports: [],
    starImports: [],
    magics: [],
    filesRead: [],
    filesWritten: [],
    network: [],
    clock: [],
    secrets: [],
    searchPaths: [],
    environmentVariables: [],
    randomness: [],
    settings: [],
    unsavable: [],
    shared: [],
    isHoistable: false,
    isPlotting: false,
    isDisplayOnly: false,
    patched: [],
    unknowable: [],
  };
}
