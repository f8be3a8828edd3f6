/** The row inside a request's example that a form can show: an object of plain values, alone or first in a list. */

export type Scalar = string | number | boolean | null;
export type Row = Readonly<Record<string, Scalar>>;

export interface FoundRow {
  readonly path: readonly (string | number)[];
  readonly row: Row;
  /** Its columns have no names: a list of values, shown as numbered columns. */
  readonly isList: boolean;
}

const MOST_FIELDS = 60;
const DEEPEST = 3;

export function findRow(body: unknown, path: FoundRow['path'] = []): FoundRow | null {
  if (path.length > DEEPEST || typeof body !== 'object' || body === null) return null;
  if (Array.isArray(body)) return findInList(body, path);
  if (isRow(body)) return { path, row: body, isList: false };
  const inner = Object.entries(body).map(([key, value]) => findRow(value, [...path, key]));
  const found = inner.filter((row) => row !== null);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function findInList(list: readonly unknown[], path: FoundRow['path']): FoundRow | null {
  const isInList = path.at(-1) === 0;
  if (isInList && list.length > 0 && list.length <= MOST_FIELDS && list.every(isScalar)) {
    const row = Object.fromEntries(list.map((value, index) => [`column ${index + 1}`, value]));
    return { path, row, isList: true };
  }
  return list.length === 1 ? findRow(list[0], [...path, 0]) : null;
}

function isRow(body: object): body is Row {
  const values: unknown[] = Object.values(body);
  return values.length > 0 && values.length <= MOST_FIELDS && values.every(isScalar);
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** The same body with another row where `found` was. */
export function replaceRow(body: unknown, found: FoundRow, row: Row): unknown {
  return replaceAt(body, found.path, found.isList ? Object.values(row) : row);
}

function replaceAt(body: unknown, path: FoundRow['path'], row: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return row;
  if (Array.isArray(body)) {
    return body.map((item: unknown, index) => (index === key ? replaceAt(item, rest, row) : item));
  }
  const record = typeof body === 'object' && body !== null ? body : {};
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      name === key ? replaceAt(value, rest, row) : value,
    ]),
  );
}

/** What was typed, as the kind of value that stood there before; text that is no number stays text. */
export function readField(before: Scalar, text: string): Scalar {
  if (typeof before === 'boolean') return text === 'true';
  if (before === null && text.trim() === '') return null;
  if (typeof before === 'string') return text;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}

/** JSON to read and change: indented, but a list of plain values on one line. */
export function prettyJson(body: unknown): string {
  const text = JSON.stringify(body, null, 2) ?? '';
  // Line breaks inside texts are written as \n, so those found here are all between values.
  return text.replace(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, inner: string) => `[${inner.replace(/\s*\n\s*/g, ' ')}]`,
  );
}
