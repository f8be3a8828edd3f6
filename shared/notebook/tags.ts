/** The tags by which a cell says what it is for, in the words papermill and Kale already use. */

export const PLAIN_TAGS = ['parameters', 'skip', 'imports', 'functions'] as const;
const STEP_PREFIX = 'step:';

export type CellRole =
  | { readonly kind: 'parameters' | 'skip' | 'imports' | 'functions' }
  | { readonly kind: 'step'; readonly name: string };

/** The first tag that names a role, null for a cell that follows the suggestion. */
export function tagsOf(cell: { readonly tags: readonly string[] }): CellRole | null {
  for (const tag of cell.tags) {
    const role = roleOf(tag);
    if (role) return role;
  }
  return null;
}

/** The tags with this role in place of any other; tags that are not ours stay where they are. */
export function assignTag(tags: readonly string[], role: CellRole | null): string[] {
  const tag = role === null ? null : tagFor(role);
  const at = tags.findIndex((other) => roleOf(other) !== null);
  const others = tags.filter((other) => roleOf(other) === null);
  if (tag === null) return others;
  const before = at < 0 ? others.length : at;
  return [...others.slice(0, before), tag, ...others.slice(before)];
}

export function tagFor(role: CellRole): string {
  return role.kind === 'step' ? `${STEP_PREFIX}${role.name}` : role.kind;
}

function roleOf(tag: string): CellRole | null {
  const plain = PLAIN_TAGS.find((known) => known === tag);
  if (plain) return { kind: plain };
  const name = tag.startsWith(STEP_PREFIX) ? tag.slice(STEP_PREFIX.length).trim() : '';
  return name ? { kind: 'step', name } : null;
}
