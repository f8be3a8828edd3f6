/** Names of the notebook that are no values: imports, functions and classes, and where each is to be had. */
import type { CellFacts, Definition, NotebookFacts } from '../facts';
import { importedOnly } from '../flow/movable';

export interface Defined {
  readonly fact: CellFacts;
  readonly definition: Definition;
}

export interface NotebookNames {
  /** Bound by imports alone. */
  readonly imported: ReadonlySet<string>;
  /** Functions and classes that live in helpers.py. */
  readonly movable: ReadonlySet<string>;
  /** The import statement a cell means by the name. */
  importText(name: string, cell: number): string | null;
  /** The function or class a cell means by the name. */
  definition(name: string, cell: number): Defined | null;
  /** Whether it means the same when it is defined anew in another step. */
  travels(definition: Definition): boolean;
  /** Whether it travels between steps as a value. */
  isValue(name: string): boolean;
}

/** What it has computed is kept with the function. */
const CACHED = /^@(?:functools\.)?(?:lru_cache|cache)\b/m;

export function notebookNames(facts: NotebookFacts, skipped: ReadonlySet<string>): NotebookNames {
  const live = facts.filter((fact) => !skipped.has(fact.cellId));
  const imported = importedOnly(live);
  const movable = new Set(
    live.flatMap((fact) => fact.definitions.flatMap((each) => (each.isMovable ? [each.name] : []))),
  );
  const texts = new Map<string, { cell: number; text: string }[]>();
  const definitions = new Map<string, Defined[]>();
  for (const fact of live) {
    for (const { names, text } of fact.imports) {
      for (const name of names) push(texts, name, { cell: fact.index, text });
    }
    for (const definition of fact.definitions)
      push(definitions, definition.name, { fact, definition });
  }
  return {
    imported,
    movable,
    importText: (name, cell) => {
      const all = texts.get(name) ?? [];
      return (all.findLast((each) => each.cell <= cell) ?? all[0])?.text ?? null;
    },
    definition: (name, cell) => {
      const all = definitions.get(name) ?? [];
      return all.findLast(({ fact }) => fact.index <= cell) ?? all[0] ?? null;
    },
    // A decorator of the notebook, a default taken from a variable: what they gave once is a value.
    travels: ({ kind, fixed, text }) =>
      !CACHED.test(text) &&
      fixed.every((each) => imported.has(each) || (kind === 'class' && movable.has(each))),
    isValue: (name) => !imported.has(name) && !movable.has(name),
  };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
