/** In which order notebooks run that hand files to one another: who writes a file runs before those who read it. */
import type { CellId } from '../../base/ids';

export interface FileLine {
  readonly cellId: CellId;
  /** Counted from 1 over all cells. */
  readonly cellNumber: number;
  readonly line: number;
  readonly text: string;
}

type Uses = ReadonlyMap<string, readonly FileLine[]>;

export interface FileUser {
  readonly name: string;
  readonly reads: Uses;
  readonly writes: Uses;
  /** Files whose names stand in cells of another language: whether it reads or writes them is not told. */
  readonly named: Uses;
}

/** A file that one notebook writes and another reads. */
export interface HandedFile {
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly writer: FileLine;
  readonly readers: readonly FileLine[];
}

export type OrderConflict =
  | { readonly kind: 'two-writers'; readonly path: string; readonly writers: readonly Writer[] }
  | { readonly kind: 'cycle'; readonly handed: readonly HandedFile[] };

interface Writer {
  readonly name: string;
  readonly at: FileLine;
}

export interface FileOrder {
  /** The names in the order they run; as they were given where that can't be found. */
  readonly order: readonly string[];
  readonly handed: readonly HandedFile[];
  readonly conflict: OrderConflict | null;
  /** Files that are there only when the one that writes them has run: nobody reads them before. */
  readonly made: readonly string[];
}

/** `users` in the order a person gave: it decides wherever no file does. */
export function orderByFiles(users: readonly FileUser[]): FileOrder {
  const told = settleNamed(users);
  const given = told.map(({ name }) => name);
  const handed = handedBetween(told);
  const refused = (conflict: OrderConflict): FileOrder => ({
    order: given,
    handed,
    conflict,
    made: [],
  });
  const twice = writtenTwice(told);
  if (twice) return refused(twice);
  const order: string[] = [];
  const waiting = [...given];
  while (waiting.length > 0) {
    const next = waiting.find((name) =>
      handed.every(({ from, to }) => to !== name || order.includes(from)),
    );
    if (next === undefined) return refused({ kind: 'cycle', handed: cycleIn(waiting, handed) });
    order.push(next);
    waiting.splice(waiting.indexOf(next), 1);
  }
  return { order, handed, conflict: null, made: madeOnTheWay(told, order) };
}

/** What only has a name in another language is read where a notebook surely writes it, else written where one reads it. */
function settleNamed(users: readonly FileUser[]): FileUser[] {
  const isIn = (kind: 'reads' | 'writes', path: string) =>
    users.some((user) => user[kind].has(path));
  return users.map((user, at) => {
    const reads = new Map(user.reads);
    const writes = new Map(user.writes);
    for (const [path, lines] of user.named) {
      const isNamedBefore = users.slice(0, at).some(({ named }) => named.has(path));
      const isNamedAfter = users.slice(at + 1).some(({ named }) => named.has(path));
      if (isIn('writes', path) || isNamedBefore) reads.set(path, lines);
      else if (isIn('reads', path) || isNamedAfter) writes.set(path, lines);
    }
    return { ...user, reads, writes, named: new Map() };
  });
}

function handedBetween(users: readonly FileUser[]): HandedFile[] {
  return users.flatMap((from) =>
    [...from.writes].flatMap(([path, written]) =>
      users.flatMap((to): HandedFile[] => {
        const readers = to.reads.get(path);
        const writer = written.at(-1);
        if (to === from || !readers || !writer) return [];
        return [{ path, from: from.name, to: to.name, writer, readers }];
      }),
    ),
  );
}

function writtenTwice(users: readonly FileUser[]): OrderConflict | null {
  const writers = new Map<string, Writer[]>();
  for (const { name, writes } of users) {
    for (const [path, [at]] of writes) {
      if (at) writers.set(path, [...(writers.get(path) ?? []), { name, at }]);
    }
  }
  const twice = [...writers].find(([, all]) => all.length > 1);
  return twice ? { kind: 'two-writers', path: twice[0], writers: twice[1] } : null;
}

/** Each of the waiting reads something of another that waits: back along the files until one comes again. */
function cycleIn(waiting: readonly string[], handed: readonly HandedFile[]): HandedFile[] {
  const back = (name: string) =>
    handed.find(({ from, to }) => to === name && waiting.includes(from));
  const seen: string[] = [];
  let at = waiting[0] ?? '';
  while (!seen.includes(at)) {
    seen.push(at);
    at = back(at)?.from ?? at;
  }
  return seen.slice(seen.indexOf(at)).flatMap((name) => back(name) ?? []);
}

function madeOnTheWay(users: readonly FileUser[], order: readonly string[]): string[] {
  const made = users.flatMap(({ name, writes }) => {
    const before = order.slice(0, order.indexOf(name) + 1);
    const isReadBefore = (path: string) =>
      users.some((user) => before.includes(user.name) && user.reads.has(path));
    return [...writes.keys()].filter((path) => !isReadBefore(path));
  });
  return made.sort();
}

/** Whether files alone make one run before the other, by way of others too. */
export function isBeforeByFiles(
  one: string,
  two: string,
  handed: readonly HandedFile[],
  passed: readonly string[] = [],
): boolean {
  return handed.some(
    ({ from, to }) =>
      from === one &&
      !passed.includes(to) &&
      (to === two || isBeforeByFiles(to, two, handed, [...passed, one])),
  );
}
