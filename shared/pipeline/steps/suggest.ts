/** Cells to steps: by tags where a person said so, else by headings, else by what the cells do; then who takes what from whom. */
import { type CellId, StepId } from '../../base/ids';
import { tagsOf } from '../../notebook';
import type { PipelineChoices } from '../choices';
import { isErrorExpected } from '../expected-errors';
import type { CellFacts, CellSource, NotebookFacts } from '../facts';
import type { Pipeline, Placement, Step } from '../pipeline';
import { connectSteps } from './connect-steps';
import { type Group, gather } from './gather';
import { notebookNames } from './notebook-names';
import { mixedCells, parametersOf } from './parameters';
import { findProblems } from './problems';
import { requirementsOf } from './requirements';

/** Of the bands; the ninth step has the first one's again. */
export const COLOURS = 8;

export function howToRun({ steps = {} }: PipelineChoices, id: Step['id']): Partial<Step> {
  const { retries = 0, timeout_seconds: timeoutSeconds } = steps[id] ?? {};
  return {
    ...(retries > 0 ? { retries } : {}),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

export function suggestPipeline(
  cells: readonly CellSource[],
  facts: NotebookFacts,
  choices: PipelineChoices,
): Pipeline {
  const roles: Roles = new Map(cells.map((cell) => [cell.id, tagsOf(cell)]));
  const declared = parametersOf(cells, choices);
  const mixed = mixedCells(declared, facts, roles);
  const parameters = declared.map((each) =>
    mixed.has(each.cellId) ? { ...each, origin: 'literal' as const } : each,
  );
  const places = placesOf(cells, facts, roles, mixed);
  const cellsIn = (place: Placement['place']) =>
    new Set(facts.flatMap(({ cellId }) => (places.get(cellId) === place ? [cellId] : [])));
  const skippedCells = cellsIn('skipped');
  const { isValue } = notebookNames(facts, skippedCells);
  const { groups, torn } = gather(groupCells(cells, facts, places, roles), isValue);
  const named = nameSteps(groups);
  const connected = connectSteps({
    steps: named.map(({ id, group }) => ({ id, cells: group.cells })),
    facts,
    cells,
    parameters,
    helperCells: cellsIn('helpers'),
    skippedCells,
  });
  const steps = named.flatMap(({ id, group }, index): Step[] => {
    const flow = connected.steps.get(id);
    const cellIds = group.cells.map(({ cellId }) => cellId);
    const { name, reason } = group;
    const how = howToRun(choices, id);
    return flow ? [{ id, name, cellIds, ...flow, reason, ...how, colour: index % COLOURS }] : [];
  });
  const stepOf = new Map(
    steps.flatMap((step) => step.cellIds.map((cell) => [cell, step.id] as const)),
  );
  const problems = findProblems({
    cells,
    facts,
    connected,
    places,
    choices,
    torn,
    parameters,
    steps,
  });
  return {
    steps,
    edges: connected.edges,
    parameters,
    placements: facts.map(({ cellId }) => ({
      cellId,
      place: places.get(cellId) ?? 'text',
      stepId: stepOf.get(cellId) ?? null,
      isChosen: roles.get(cellId) != null,
    })),
    imports: connected.imports,
    requirements: requirementsOf(facts),
    skipped: [...skippedCells].map((cellId) => ({
      cellId,
      reason: skipReason(roles.get(cellId)?.kind),
    })),
    skippable: skippableOf(facts, places),
    helpers: connected.helpers,
    problems,
  };
}

function placesOf(
  cells: readonly CellSource[],
  facts: NotebookFacts,
  roles: Roles,
  mixed: ReadonlySet<CellId>,
): ReadonlyMap<CellId, Placement['place']> {
  const roleOf = ({ cellId }: CellFacts) => (mixed.has(cellId) ? 'step' : roles.get(cellId)?.kind);
  return new Map(facts.map((fact, at) => [fact.cellId, placeOf(fact, cells[at], roleOf(fact))]));
}

/** Nothing that draws from a shared stream: leaving it out would change what comes after. */
function skippableOf(
  facts: NotebookFacts,
  places: ReadonlyMap<CellId, Placement['place']>,
): Pipeline['skippable'] {
  return facts.flatMap((fact) =>
    places.get(fact.cellId) === 'step' && fact.isDisplayOnly
      ? [
          {
            cellId: fact.cellId,
            reason: 'It only shows something: nothing later reads what it does.',
          },
        ]
      : [],
  );
}

function placeOf(
  fact: CellFacts,
  cell: CellSource | undefined,
  role: string | undefined,
): Placement['place'] {
  if (fact.kind !== 'code') return 'text';
  if (role === 'skip' || !cell || cell.source.trim() === '') return 'skipped';
  if (role === 'parameters') return 'parameters';
  if (isErrorExpected(cell.tags)) return fact.error ? 'skipped' : 'step';
  if (fact.error || fact.magics.some(({ effect }) => effect === 'unsupported')) return 'step';
  if (role === 'imports' || (role === undefined && isOnlyImports(fact, cell))) return 'imports';
  if (role === 'functions' || (role === undefined && isOnlyDefinitions(fact, cell)))
    return 'helpers';
  return isEmptyOfPython(fact, cell) ? 'skipped' : 'step';
}

/** Nothing but comments and magics that mean nothing outside a notebook. */
function isEmptyOfPython(fact: CellFacts, cell: CellSource): boolean {
  const dropped = new Set(
    fact.magics.flatMap(({ line, effect }) =>
      effect === 'dropped' || effect === 'install' ? [line] : [],
    ),
  );
  return cell.source
    .split('\n')
    .every((text, at) => /^\s*(#.*)?$/.test(text) || dropped.has(at + 1));
}

function isOnlyImports(fact: CellFacts, cell: CellSource): boolean {
  if (fact.imports.length === 0 || fact.starImports.length > 0) return false;
  if (fact.magics.some(({ effect }) => effect === 'shell' || effect === 'rewritten')) return false;
  const names = new Set(fact.imports.flatMap((one) => one.names));
  const isBare = fact.bound.every(({ name }) => names.has(name)) && fact.mutated.length === 0;
  const dropped = new Set(fact.magics.map(({ line }) => line));
  const rest = cell.source
    .split('\n')
    .filter((text, at) => !/^\s*(#.*)?$/.test(text) && !dropped.has(at + 1))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .replace(/\(([^)]*)\)/g, (_all, inner: string) => `(${inner.replaceAll('\n', ' ')})`);
  return isBare && rest.split('\n').every((text) => /^\s*(import|from)\s/.test(text));
}

/** All of them movable: a definition that reads notebook variables stays in its step and travels from there. */
function isOnlyDefinitions(fact: CellFacts, cell: CellSource): boolean {
  if (fact.definitions.length === 0 || !fact.definitions.every(({ isMovable }) => isMovable))
    return false;
  const names = new Set(fact.definitions.map(({ name }) => name));
  if (!fact.bound.every(({ name }) => names.has(name))) return false;
  const covered = new Set(fact.definitions.flatMap(({ line, endLine }) => range(line, endLine)));
  return cell.source
    .split('\n')
    .every((text, at) => /^\s*(#.*|@.*)?$/.test(text) || covered.has(at + 1));
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

const skipReason = (role: string | undefined): string =>
  role === 'skip' ? 'You skipped it.' : 'There is nothing to run in it.';

type Roles = ReadonlyMap<CellId, ReturnType<typeof tagsOf>>;

function groupCells(
  cells: readonly CellSource[],
  facts: NotebookFacts,
  places: ReadonlyMap<CellId, Placement['place']>,
  roles: Roles,
): Group[] {
  const level = sectionLevel(cells);
  const groups: Group[] = [];
  let heading = '';
  let isNewSection = true;
  for (const [at, fact] of facts.entries()) {
    const cell = cells[at];
    if (cell?.type === 'markdown') {
      const found = headingIn(cell.source, level);
      if (found) [heading, isNewSection] = [found, true];
      continue;
    }
    if (places.get(fact.cellId) !== 'step') continue;
    const role = roles.get(fact.cellId);
    const last = groups.at(-1);
    if (role?.kind === 'step') {
      if (last?.isChosen && last.name === role.name) last.cells.push(fact);
      else
        groups.push({
          name: role.name,
          reason: 'You put its cells together.',
          cells: [fact],
          isChosen: true,
        });
      isNewSection = false;
      continue;
    }
    if (last && !last.isChosen && !isNewSection && !(level === 0 && changesKind(last, fact)))
      last.cells.push(fact);
    else if (level > 0 && heading) {
      groups.push({
        name: heading,
        reason: `The notebook's heading “${heading}”.`,
        cells: [fact],
        isChosen: false,
      });
    } else {
      const kind = kindOf(fact) ?? 'prepare';
      groups.push({
        name: kind,
        reason: `Its cells ${KIND_WORDS[kind]}.`,
        cells: [fact],
        isChosen: false,
      });
    }
    isNewSection = false;
  }
  return joinDisplays(groups);
}

/** The heading level that gives two sections or more, the highest one. */
function sectionLevel(cells: readonly CellSource[]): number {
  for (const level of [1, 2, 3]) {
    const sections = new Set<number>();
    let section = 0;
    for (const cell of cells) {
      if (cell.type === 'markdown' && headingIn(cell.source, level)) section += 1;
      if (cell.type === 'code' && cell.source.trim()) sections.add(section);
    }
    if (sections.size >= 3 || (level === 3 && sections.size >= 2)) return level;
  }
  return 0;
}

function headingIn(source: string, level: number): string | null {
  for (const text of source.split('\n')) {
    const match = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(text);
    if (match?.[1] && match[1].length <= level && match[2]) return plain(match[2]);
  }
  return null;
}

const plain = (text: string): string =>
  text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]*>|[*_`¶]/g, '')
    .trim()
    .slice(0, 60);

type Kind = 'load' | 'prepare' | 'train' | 'evaluate';
const KIND_WORDS: Record<Kind, string> = {
  load: 'read data',
  prepare: 'prepare what the next step takes',
  train: 'fit a model',
  evaluate: 'look at what the model gives',
};

function kindOf(fact: CellFacts): Kind | null {
  if (fact.mutated.some(({ how }) => /^\.(fit|partial_fit|fit_transform)\(\)$/.test(how)))
    return 'train';
  if (
    fact.filesRead.length > 0 ||
    fact.imports.some(({ module, text }) => module === 'sklearn' && /datasets/.test(text))
  )
    return 'load';
  return null;
}

const ORDER: readonly Kind[] = ['load', 'prepare', 'train', 'evaluate'];

function changesKind(last: Group, fact: CellFacts): boolean {
  const kind = kindOf(fact);
  return (
    kind !== null && kind !== last.name && ORDER.indexOf(kind) > ORDER.indexOf(last.name as Kind)
  );
}

/** A section of nothing but plots is not a step of its own: it goes with the one before, whose values it shows. */
function joinDisplays(groups: readonly Group[]): Group[] {
  const joined: Group[] = [];
  for (const group of groups) {
    const last = joined.at(-1);
    const isShow = group.cells.every(({ isDisplayOnly }) => isDisplayOnly);
    if (last && isShow && !group.isChosen && !last.isChosen) last.cells.push(...group.cells);
    else joined.push(group);
  }
  return joined;
}

function nameSteps(groups: readonly Group[]): { id: StepId; group: Group }[] {
  const taken = new Set<string>();
  return groups.map((group) => {
    const base = identifierOf(group.name);
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
    taken.add(name);
    return { id: StepId(name), group };
  });
}

const LONGEST_ID = 32;
const SMALL_WORDS = new Set(
  'a an the of and or in on to for with using by from do does is are it its can how what why we our this that as at be'.split(
    ' ',
  ),
);

/** `How does DBSCAN perform?` as `how_does_dbscan_perform`; what is too long loses its small words first. */
export function identifierOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const all = words.join('_');
  const id =
    all.length <= LONGEST_ID ? all : shorten(words.filter((word) => !SMALL_WORDS.has(word)));
  if (!id) return 'step';
  return /^\d/.test(id) ? `step_${id}` : id;
}

function shorten(words: readonly string[]): string {
  let id = '';
  for (const word of words) {
    const longer = id ? `${id}_${word}` : word.slice(0, LONGEST_ID);
    if (longer.length > LONGEST_ID) break;
    id = longer;
  }
  return id;
}
