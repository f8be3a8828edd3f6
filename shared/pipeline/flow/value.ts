/** What a name may stand for: objects it shares, code it is or carries, the library path or text it is. */
import type { ClassCode, FunctionCode, Scope } from '../python/program';

export type ObjectId = number;
/** `same`: it is this object. `part`: it may be a piece or a view of it, or hold it. */
export type Strength = 'same' | 'part';

export interface Frame {
  readonly scope: Scope;
  readonly kind: 'function' | 'class' | 'comprehension';
  /** The slot of the cell that runs it. */
  readonly cell: number;
  readonly vars: Map<string, Value>;
  readonly parent: Frame | null;
}

export interface Closure {
  readonly code: FunctionCode | ClassCode;
  /** Where its free names are looked for first, null for the notebook. */
  readonly frame: Frame | null;
  /** Of a class: what its body bound, and its bases. */
  readonly members: Frame | null;
  readonly bases: Value | null;
}

export interface Carried {
  readonly closure: Closure;
  /** `itself`: calling the value calls it. `instance`: an object of the class. `inside`: it may call it later. */
  readonly role: 'itself' | 'instance' | 'inside';
}

export interface Value {
  readonly objects: ReadonlyMap<ObjectId, Strength>;
  readonly code: readonly Carried[];
  readonly module: string | null;
  readonly text: string | null;
  /** A number, a text, None: sharing it means nothing. */
  readonly isConstant: boolean;
}

const NO_OBJECTS: ReadonlyMap<ObjectId, Strength> = new Map();
const NO_CODE: readonly Carried[] = [];

/** Something new, or something nothing is known of. */
export const PLAIN: Value = {
  objects: NO_OBJECTS,
  code: NO_CODE,
  module: null,
  text: null,
  isConstant: false,
};

export const CONSTANT: Value = { ...PLAIN, isConstant: true };

export const textValue = (text: string | null): Value =>
  text === null ? CONSTANT : { ...CONSTANT, text };
export const moduleValue = (module: string): Value => ({ ...PLAIN, module });

export function objectValue(id: ObjectId, code: readonly Carried[] = NO_CODE): Value {
  return { ...PLAIN, objects: new Map([[id, 'same']]), code };
}

export function merge(values: readonly Value[]): Value {
  const first = values[0];
  if (!first) return PLAIN;
  let objects: Map<ObjectId, Strength> | null = null;
  let code: Carried[] | null = null;
  let { module, text, isConstant } = first;
  for (let at = 1; at < values.length; at += 1) {
    const value = values[at];
    if (!value || value === first) continue;
    for (const [id, strength] of value.objects) {
      objects ??= new Map(first.objects);
      if (objects.get(id) !== 'same') objects.set(id, strength);
    }
    for (const each of value.code) {
      code ??= [...first.code];
      if (!hasCode(code, each)) code.push(each);
    }
    module ??= value.module;
    if (value.text !== first.text) text = null;
    isConstant &&= value.isConstant;
  }
  return { objects: objects ?? first.objects, code: code ?? first.code, module, text, isConstant };
}

function hasCode(code: readonly Carried[], each: Carried): boolean {
  return code.some((other) => other.closure.code === each.closure.code && other.role === each.role);
}

/** The code of these values, to be called later if at all. */
export function codeInside(values: readonly Value[]): Carried[] {
  const found: Carried[] = [];
  for (const value of values) {
    for (const each of value.code) {
      const inside: Carried =
        each.role === 'itself' ? { closure: each.closure, role: 'inside' } : each;
      if (!hasCode(found, inside)) found.push(inside);
    }
  }
  return found;
}
