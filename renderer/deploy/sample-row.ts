/** The row inside a request's example that a form can show: an object of plain values, alone or first in a list. */

export type Scalar = string | number | boolean | null;
export type Row = Readonly<Record<string, Scalar>>;

export interface FoundRow {
  readonly path: readonly (string | number)[];
  readonly row: Row;
}

const MOST_FIELDS = 60;
const DEEPEST = 3;

export function findRow(body: unknown, path: readonly (string | number)[] = []): FoundRow | null {
  if (path.length > DEEPEST || typeof body !== 'object' || body === null) return null;
  if (Array.isArray(body)) return body.length === 1 ? findRow(body[0], [...path, 0]) : null;
  if (isRow(body)) return { path, row: body };
  const inner = Object.entries(body).map(([key, value]) => findRow(value, [...path, key]));
  const found = inner.filter((row) => row !== null);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isRow(body: object): body is Row {
  const values: unknown[] = Object.values(body);
  return values.length > 0 && values.length <= MOST_FIELDS && values.every(isScalar);
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** The same body with `row` at `path`. */
export function replaceAt(body: unknown, path: readonly (string | number)[], row: Row): unknown {
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
