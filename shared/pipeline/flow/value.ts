/** What a name may stand for: objects it shares, code it is or carries, the library path or text it is. */
import type { ClassCode, FunctionCode, Scope } from '../python/program';
import { isSameRow, NO_SHARES, type ObjectId, type Shares, sameAs, union } from './objects';

export interface Frame {
  readonly scope: Scope;
  readonly kind: 'function' | 'class' | 'comprehension';
  /** The slot of the cell that runs it. */
  readonly cell: number;
  readonly vars: Map<string, Value>;
  readonly parent: Frame | null;
  /** A number of its own among those of the objects: what is younger came after it. */
  readonly birth: ObjectId;
}

export interface Closure {
  readonly code: FunctionCode | ClassCode;
  /** Where its free names are looked for first, null for the notebook. */
  readonly frame: Frame | null;
  /** Of a class: what its body bound, and its bases. */
  readonly members: Frame | null;
  readonly bases: Value | null;
  /** Of a function: what its parameters may hold where nothing is given for them. */
  readonly defaults: Value | null;
}

export interface Carried {
  readonly closure: Closure;
  /** `itself`: calling the value calls it. `instance`: an object of the class. `inside`: it may call it later. */
  readonly role: 'itself' | 'instance' | 'inside';
}

export interface Value {
  readonly objects: Shares;
  readonly code: readonly Carried[];
  readonly module: string | null;
  readonly text: string | null;
  /** A number, a text, None: sharing it means nothing. */
  readonly isConstant: boolean;
}

const NO_CODE: readonly Carried[] = [];

/** Something new, or something nothing is known of. */
export const PLAIN: Value = {
  objects: NO_SHARES,
  code: NO_CODE,
  module: null,
  text: null,
  isConstant: false,
};

export const CONSTANT: Value = { ...PLAIN, isConstant: true };

export const textValue = (text: string | null): Value =>
  text === null
    ? CONSTANT
    : { objects: NO_SHARES, code: NO_CODE, module: null, text, isConstant: true };

/** More paths than any notebook has; code that makes up names without end does not fill the memory. */
const MOST_PATHS = 20_000;
const modules = new Map<string, Value>();
const members = new Map<string, Map<string, Value>>();

/** A path of a library is the same value wherever it is used. */
export function moduleValue(module: string): Value {
  const known = modules.get(module);
  if (known) return known;
  if (modules.size >= MOST_PATHS) {
    modules.clear();
    members.clear();
  }
  const made = { objects: NO_SHARES, code: NO_CODE, module, text: null, isConstant: false };
  modules.set(module, made);
  return made;
}

export function memberOf(module: string, name: string): Value {
  const known = members.get(module);
  const found = known?.get(name);
  if (found) return found;
  const made = moduleValue(`${module}.${name}`);
  if (known) known.set(name, made);
  else members.set(module, new Map([[name, made]]));
  return made;
}

export function objectValue(id: ObjectId, code: readonly Carried[] = NO_CODE): Value {
  return { objects: [sameAs(id)], code, module: null, text: null, isConstant: false };
}

export function merge(values: readonly Value[]): Value {
  const first = values[0];
  if (!first) return PLAIN;
  let { objects } = first;
  let code: Carried[] | null = null;
  let { module, text, isConstant } = first;
  for (let at = 1; at < values.length; at += 1) {
    const value = values[at];
    if (!value || value === first) continue;
    objects = union(objects, value.objects);
    for (const each of value.code) {
      code ??= [...first.code];
      if (!hasCode(code, each)) code.push(each);
    }
    module ??= value.module;
    if (value.text !== first.text) text = null;
    isConstant &&= value.isConstant;
  }
  return { objects, code: code ?? first.code, module, text, isConstant };
}

/** So many closures of one function are told apart: a factory may be called in every round of a loop. */
const MOST_ALIKE = 8;

function hasCode(code: readonly Carried[], each: Carried): boolean {
  let alike = 0;
  for (const other of code) {
    if (other.closure.code !== each.closure.code || other.role !== each.role) continue;
    alike += 1;
    if (isSameRoom(other.closure, each.closure) || alike === MOST_ALIKE) return true;
  }
  return false;
}

/** Whether they find the same behind their names. */
export function isSameRoom(a: Closure, b: Closure): boolean {
  if (a === b) return true;
  if (a.code !== b.code || a.frame !== b.frame || a.members !== b.members) return false;
  return (
    a.defaults === b.defaults || isSameRow(a.defaults?.objects ?? [], b.defaults?.objects ?? [])
  );
}

/** The code of these values, to be called later if at all. */
export function codeInside(values: readonly Value[]): readonly Carried[] {
  let found: Carried[] | null = null;
  for (const value of values) {
    if (value.code.length === 0) continue;
    found ??= [];
    for (const each of value.code) {
      const inside: Carried =
        each.role === 'itself' ? { closure: each.closure, role: 'inside' } : each;
      if (!hasCode(found, inside)) found.push(inside);
    }
  }
  return found ?? NO_CODE;
}
