/** What BuildKit tells while it builds: protocol buffers of `moby.buildkit.v1.StatusResponse`, read without a schema file. */

export interface BuildVertex {
  readonly digest: string;
  readonly name: string;
  readonly isCached: boolean;
  readonly isStarted: boolean;
  readonly isCompleted: boolean;
  readonly error: string;
}

export interface BuildTrace {
  readonly vertexes: readonly BuildVertex[];
  readonly logs: readonly { readonly vertex: string; readonly text: string }[];
  /** Downloads of layers and the like, as bytes of a total. */
  readonly statuses: readonly {
    readonly vertex: string;
    readonly name: string;
    readonly current: number;
    readonly total: number;
  }[];
}

type Field = { readonly number: number; readonly value: number | Uint8Array };

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

export function decodeTrace(base64: string): BuildTrace {
  const binary = atob(base64);
  const fields = readFields(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)));
  const messages = (number: number) =>
    fields.flatMap((field) =>
      field.number === number && typeof field.value !== 'number' ? [readFields(field.value)] : [],
    );
  return {
    vertexes: messages(1).map((vertex) => ({
      digest: text(vertex, 1),
      name: text(vertex, 3),
      isCached: number(vertex, 4) === 1,
      isStarted: has(vertex, 5),
      isCompleted: has(vertex, 6),
      error: text(vertex, 7),
    })),
    statuses: messages(2).map((status) => ({
      vertex: text(status, 2),
      name: text(status, 3) || text(status, 1),
      current: number(status, 4),
      total: number(status, 5),
    })),
    logs: messages(3).map((log) => ({ vertex: text(log, 1), text: text(log, 4) })),
  };
}

function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key & 7;
    const number = key >>> 3;
    if (kind === VARINT) fields.push({ number, value: varint() });
    else if (kind === BYTES) {
      const length = varint();
      if (at + length > bytes.length) break;
      fields.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    } else if (kind === FIXED_64) at += 8;
    else if (kind === FIXED_32) at += 4;
    else break;
  }
  return fields;
}

const find = (fields: readonly Field[], number: number) =>
  fields.find((field) => field.number === number)?.value;

const has = (fields: readonly Field[], number: number): boolean =>
  find(fields, number) !== undefined;

function text(fields: readonly Field[], number: number): string {
  const value = find(fields, number);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : '';
}

function number(fields: readonly Field[], number: number): number {
  const value = find(fields, number);
  return typeof value === 'number' ? value : 0;
}
