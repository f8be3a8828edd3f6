/** Changes single entries of a JSON object or list and keeps every other character of it. */
import { type JsonFormat, separator, writeEntries, writeMember } from './json-format';
import type { JsonNode } from './json-tree';

/** The new text of a member, or null to remove it. */
export type MemberChanges = ReadonlyMap<string, string | null>;

export interface Piece {
  /** The position in the original, null for a new entry. */
  readonly from: number | null;
  readonly text: string;
}

/** `depth` of the object in its file, for what must be laid out anew. */
export function patchObject(
  text: string,
  node: JsonNode,
  changes: MemberChanges,
  format: JsonFormat,
  depth: number,
): string {
  const members = node.kind === 'object' ? node.members : [];
  const pieces = members.flatMap((member, from): Piece[] => {
    const change = changes.get(member.key);
    if (change === null) return [];
    const raw = change ?? text.slice(member.value.start, member.value.end);
    return [{ from, text: text.slice(member.keyStart, member.value.start) + raw }];
  });
  const known = new Set(members.map((member) => member.key));
  const keys = members.filter((member) => changes.get(member.key) !== null).map(({ key }) => key);
  for (const [key, raw] of changes) {
    if (raw === null || known.has(key)) continue;
    const at = placeFor(key, keys);
    keys.splice(at, 0, key);
    pieces.splice(at, 0, { from: null, text: writeMember(key, raw, format) });
  }
  return patchEntries(text, node, pieces, format, depth);
}

/** The same object or list with these entries; neighbours that were neighbours keep what stood between them. */
export function patchEntries(
  text: string,
  node: JsonNode,
  pieces: readonly Piece[],
  format: JsonFormat,
  depth: number,
): string {
  const spans = entrySpans(node);
  const brackets = node.kind === 'array' ? '[]' : '{}';
  const first = spans[0];
  const last = spans.at(-1);
  if (!first || !last || pieces.length === 0) {
    return writeEntries(
      pieces.map((piece) => piece.text),
      brackets,
      format,
      depth,
    );
  }
  const between = (index: number) => text.slice(spans[index]?.end, spans[index + 1]?.start);
  const usual = spans.length > 1 ? between(0) : separator(format, depth);
  let written = text.slice(node.start, first.start);
  pieces.forEach((piece, index) => {
    const before = pieces[index - 1];
    if (before) {
      const wereNeighbours = before.from !== null && piece.from === before.from + 1;
      written += wereNeighbours ? between(before.from ?? 0) : usual;
    }
    written += piece.text;
  });
  return written + text.slice(last.end, node.end);
}

function entrySpans(node: JsonNode): { start: number; end: number }[] {
  if (node.kind === 'array') return node.items.map(({ start, end }) => ({ start, end }));
  if (node.kind === 'leaf') return [];
  return node.members.map((member) => ({ start: member.keyStart, end: member.value.end }));
}

/** In alphabetical order where the file is in it, else at the end. */
function placeFor(key: string, keys: readonly string[]): number {
  const isSorted = keys.every((other, index) => index === 0 || (keys[index - 1] ?? '') <= other);
  const at = isSorted ? keys.findIndex((other) => other > key) : -1;
  return at < 0 ? keys.length : at;
}
