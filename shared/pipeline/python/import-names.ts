/** What the parts of an import statement bind and stand for. */

/** `a.b.c` binds `a`; `a.b as c` binds `c` to `a.b`; `from m import x` binds `x` to `m.x`. */
export function importedName(
  dotted: string,
  alias: string | null,
  module: string | null,
): { name: string; path: string } {
  if (module !== null) return { name: alias ?? dotted, path: `${module}.${dotted}` };
  const top = dotted.split('.')[0] ?? dotted;
  return alias === null ? { name: top, path: top } : { name: alias, path: dotted };
}
