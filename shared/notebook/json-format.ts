/** Writes JSON the way the rest of a file is written: indentation, line ends, spaces, escapes. */
import { type JsonNode, memberOf } from './json-tree';

export interface JsonFormat {
  /** Null for a file in one line. */
  readonly newline: '\n' | '\r\n' | null;
  readonly indent: string;
  /** Between a name and its value, and between entries on one line. */
  readonly colon: string;
  readonly comma: string;
  readonly isAscii: boolean;
  /** Whether texts of several lines are kept as lists of lines (as Jupyter does). */
  readonly hasLineLists: boolean;
}

/** What Jupyter itself writes. */
export const JUPYTER_FORMAT: JsonFormat = {
  newline: '\n',
  indent: ' ',
  colon: ': ',
  comma: ', ',
  isAscii: false,
  hasLineLists: true,
};

/** Reads the habits of a file off its first entries. */
export function detectFormat(text: string, root: JsonNode): JsonFormat {
  if (root.kind !== 'object' || root.members.length === 0) return JUPYTER_FORMAT;
  const [first, second] = root.members;
  if (!first) return JUPYTER_FORMAT;
  const lead = text.slice(root.start + 1, first.keyStart);
  const newline = lead.includes('\r\n') ? '\r\n' : lead.includes('\n') ? '\n' : null;
  return {
    newline,
    indent: newline === null ? '' : lead.slice(lead.lastIndexOf('\n') + 1),
    colon: /^"(?:[^"\\]|\\.)*"(\s*:\s*)/.exec(text.slice(first.keyStart))?.[1] ?? ': ',
    comma: newline === null && second ? text.slice(first.value.end, second.keyStart) : ', ',
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is meant
    isAscii: !/[^\u0000-\u007f]/.test(text) && /\\u(?!00[0-7])[0-9a-fA-F]{4}/.test(text),
    hasLineLists: hasLineLists(root),
  };
}

function hasLineLists(root: JsonNode): boolean {
  const cells = memberOf(root, 'cells');
  if (cells?.kind !== 'array') return true;
  const sources = cells.items.map((cell) => memberOf(cell, 'source')).filter(Boolean);
  return sources.length === 0 || sources.some((source) => source?.kind === 'array');
}

export function writeJson(value: unknown, format: JsonFormat, depth: number): string {
  if (Array.isArray(value)) {
    return writeEntries(
      value.map((item) => writeJson(item, format, depth + 1)),
      '[]',
      format,
      depth,
    );
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => writeMember(key, writeJson(item, format, depth + 1), format));
    return writeEntries(members, '{}', format, depth);
  }
  return typeof value === 'string' ? writeString(value, format) : JSON.stringify(value);
}

export function writeMember(key: string, raw: string, format: JsonFormat): string {
  return `${writeString(key, format)}${format.colon}${raw}`;
}

/** Entries already written, between brackets, each on its line where the file does so. */
export function writeEntries(
  entries: readonly string[],
  brackets: '[]' | '{}',
  format: JsonFormat,
  depth: number,
): string {
  if (entries.length === 0) return brackets;
  const body = entries.join(separator(format, depth));
  return `${brackets[0]}${lead(format, depth + 1)}${body}${lead(format, depth)}${brackets[1]}`;
}

/** What stands between two entries of a value at this depth. */
export function separator(format: JsonFormat, depth: number): string {
  return format.newline === null ? format.comma : `,${lead(format, depth + 1)}`;
}

function lead(format: JsonFormat, depth: number): string {
  return format.newline === null ? '' : format.newline + format.indent.repeat(depth);
}

export function writeString(text: string, format: JsonFormat): string {
  const json = JSON.stringify(text);
  if (!format.isAscii) return json;
  return json.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
