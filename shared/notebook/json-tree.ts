/** Where each value of a JSON text stands, so that a change can leave every other byte as it was. */

export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly value: JsonNode;
}

/** `end` is one past the last character. */
export type JsonNode =
  | {
      readonly kind: 'object';
      readonly start: number;
      readonly end: number;
      readonly members: readonly JsonMember[];
    }
  | {
      readonly kind: 'array';
      readonly start: number;
      readonly end: number;
      readonly items: readonly JsonNode[];
    }
  | { readonly kind: 'leaf'; readonly start: number; readonly end: number };

/** Thrown with the offset of the first character that cannot be JSON. */
export class JsonSyntaxError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const BYTE_ORDER_MARK = '\uFEFF';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE_CODE = 0x20;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z]+/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\r\n]*/y;

/** Accepts what `JSON.parse` accepts, after an optional byte order mark. */
export function parseJsonTree(text: string): JsonNode {
  const scanner = new Scanner(text);
  scanner.at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  const root = scanner.value();
  scanner.space();
  if (scanner.at < text.length)
    throw new JsonSyntaxError(scanner.at, 'text after the end of the JSON');
  return root;
}

/** Counted from 1, as editors do. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

export function memberOf(node: JsonNode, key: string): JsonNode | undefined {
  if (node.kind !== 'object') return undefined;
  return node.members.findLast((member) => member.key === key)?.value;
}

class Scanner {
  at = 0;

  constructor(private readonly text: string) {}

  value(): JsonNode {
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.leaf(() => this.string());
      default:
        return this.leaf(() => this.literal());
    }
  }

  space(): void {
    this.match(SPACE);
  }

  private object(): JsonNode {
    const start = this.at;
    const members: JsonMember[] = [];
    this.at += 1;
    this.list('}', () => {
      const keyStart = this.at;
      if (this.text[this.at] !== '"') this.expected('a name in double quotes');
      const key: unknown = JSON.parse(this.string());
      this.space();
      if (this.text[this.at] !== ':') this.expected('a colon');
      this.at += 1;
      members.push({ key: String(key), keyStart, value: this.value() });
    });
    return { kind: 'object', start, end: this.at, members };
  }

  private array(): JsonNode {
    const start = this.at;
    const items: JsonNode[] = [];
    this.at += 1;
    this.list(']', () => items.push(this.value()));
    return { kind: 'array', start, end: this.at, items };
  }

  private list(close: string, entry: () => void): void {
    this.space();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.space();
      entry();
      this.space();
      const next = this.text[this.at];
      if (next !== ',' && next !== close) this.expected(`a comma or ${close}`);
      this.at += 1;
      if (next === close) return;
    }
  }

  private leaf(read: () => string): JsonNode {
    const start = this.at;
    read();
    return { kind: 'leaf', start, end: this.at };
  }

  /** A loop and not one pattern: outputs hold texts of megabytes. */
  private string(): string {
    const start = this.at;
    for (this.at += 1; this.at < this.text.length; ) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.at += 1;
        return this.text.slice(start, this.at);
      }
      if (code === BACKSLASH) {
        if (this.match(ESCAPE) === null) this.expected('an escape that JSON knows');
      } else if (code < SPACE_CODE) {
        this.expected('the closing double quote of this text before the line ends');
      } else {
        this.at += 1;
      }
    }
    return this.expected('a closing double quote');
  }

  private literal(): string {
    const start = this.at;
    const word = this.match(WORD);
    if (word === 'true' || word === 'false' || word === 'null') return word;
    this.at = start;
    const number = word === null ? this.match(NUMBER) : null;
    if (number) return number;
    return this.expected(word === null ? 'a value' : `a value, and “${word}” is none in JSON`);
  }

  private expected(what: string): never {
    if (this.at >= this.text.length) throw new JsonSyntaxError(this.at, 'the file ends too early');
    throw new JsonSyntaxError(this.at, `expected ${what}`);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }
}
