/** `'x' in globals()`: whether a variable is there when a cell asks, as the cells before it tell. */
import type { CellFacts, NotebookFacts } from '../facts';
import { importedOnly } from '../flow/movable';

/** `run`: the step's own variables tell when it runs; `unknown`: nothing tells. */
export interface AskedName {
  readonly name: string;
  readonly line: number;
  readonly answer: 'yes' | 'no' | 'run' | 'unknown';
}

export function answersOf(fact: CellFacts, facts: NotebookFacts): AskedName[] {
  return fact.asked.map(({ name, line, isOwn }) => ({
    name,
    line,
    answer: answerOf(name, isOwn, fact, facts),
  }));
}

type State = 'yes' | 'no' | 'maybe';

function answerOf(
  name: string,
  isOwn: boolean,
  fact: CellFacts,
  facts: NotebookFacts,
): AskedName['answer'] {
  if (isOfTheShell(name)) return 'unknown';
  const isDeleted = fact.deleted.some((each) => each.name === name);
  if (isOwn && !isDeleted) return 'yes';
  const earlier = facts.filter(({ index }) => index < fact.index);
  const state = earlier.reduce<State>((before, cell) => after(cell, name, before), 'no');
  const isStarred = [...earlier, fact].some((each) => each.starImports.length > 0);
  if (state === 'no' && isStarred) return 'unknown';
  const isTouched = isDeleted || fact.bound.some((each) => each.name === name);
  if (state === 'yes' && !isDeleted) return 'yes';
  if (state === 'no' && !isTouched) return 'no';
  // What stands at the top of a step's module is none of its variables.
  return state !== 'no' && isNoVariable(name, facts) ? 'unknown' : 'run';
}

function after(cell: CellFacts, name: string, before: State): State {
  const bound = cell.bound.find((each) => each.name === name);
  const deleted = cell.deleted.find((each) => each.name === name);
  if (bound?.isSure) return 'yes';
  if (deleted) return bound || deleted.isMaybe ? 'maybe' : 'no';
  return bound && before === 'no' ? 'maybe' : before;
}

const isNoVariable = (name: string, facts: NotebookFacts): boolean =>
  importedOnly(facts).has(name) ||
  facts.some(({ definitions }) => definitions.some((each) => each.name === name));

const isOfTheShell = (name: string): boolean =>
  /^(?:_.*|In|Out|exit|quit|open|get_ipython)$/.test(name);
