/** Whether two states come to the same: in doubt they do not, and what depends on them is followed again. */
import { isSameRow } from './objects';
import type { Closure, Value } from './value';

export function isSameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  if (a.size !== b.size) return false;
  const others = b.values();
  for (const each of a) if (others.next().value !== each) return false;
  return true;
}

export function isSameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.module !== b.module || a.text !== b.text || a.isConstant !== b.isConstant) return false;
  if (a.code.length !== b.code.length || !isSameRow(a.objects, b.objects)) return false;
  return a.code.every((each, at) => {
    const other = b.code[at];
    return other?.role === each.role && isSameClosure(each.closure, other.closure);
  });
}

/** Of a function within another, or of a class, the frames would have to be compared too. */
function isSameClosure(a: Closure, b: Closure): boolean {
  if (a === b) return true;
  if (a.code !== b.code || a.frame !== b.frame) return false;
  if (a.defaults !== b.defaults && !isSameDefaults(a.defaults, b.defaults)) return false;
  return a.members === null && b.members === null && a.bases === null && b.bases === null;
}

const isSameDefaults = (a: Value | null, b: Value | null): boolean =>
  a !== null && b !== null && isSameValue(a, b);
