/** Collects what a function, class or comprehension binds while its body is read. */
export interface ScopeDraft {
  readonly kind: 'module' | 'function' | 'class' | 'comprehension';
  readonly bound: Set<string>;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
  isGenerator: boolean;
  makesCode: boolean;
}

export function scopeDraft(kind: ScopeDraft['kind']): ScopeDraft {
  return {
    kind,
    bound: new Set(),
    globals: new Set(),
    nonlocals: new Set(),
    isGenerator: false,
    makesCode: false,
  };
}

export function localsOf(draft: ScopeDraft): ReadonlySet<string> {
  if (draft.globals.size === 0 && draft.nonlocals.size === 0) return draft.bound;
  return new Set(
    [...draft.bound].filter((name) => !draft.globals.has(name) && !draft.nonlocals.has(name)),
  );
}
