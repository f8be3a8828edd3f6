/**
 * Python's tokens, 3.8 to 3.14, in one pass. The grammar of @lezer/python takes three quarters of an analysis and does
 * not know the newest forms, so cells are read by hand; Lezer's tree still serves the package and words the errors.
 */
import { fieldsOf, type Range, stringEnd } from './string-tokens';

export enum Kind {
  name,
  number,
  string,
  /** With fields: f"…" and t"…". */
  format,
  operator,
  newline,
  indent,
  dedent,
  end,
}

export interface Tokens {
  readonly kinds: Kind[];
  readonly texts: string[];
  readonly starts: number[];
  readonly ends: number[];
  /** By the start of a format string: where its expressions stand. */
  readonly fields: Map<number, readonly Range[]>;
}

export class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const ASCII_NAME = /[A-Za-z_]\w*/y;
const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?/y;
const OLD_OCTAL = /^0[\d_]*[1-9][\d_]*$/;
const PREFIX = /^(?:[uUbBfFtTrR]|[bBfFtT][rR]|[rR][bBfFtT])$/;
const AFTER_NUMBER = /^(?:and|else|for|if|in|is|or|not)$/;
const LONG_OPERATORS = new Set(
  '**= //= >>= <<= ... ** // >> << <= >= == != -> += -= *= /= %= &= |= ^= @= :='.split(' '),
);
/** By the sign's code. */
const OPERATORS: readonly (string | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code);
  return '+-*/%@&|^~<>()[]{},:.;='.includes(sign) ? sign : undefined;
});
const marked = (signs: RegExp) =>
  Uint8Array.from({ length: 128 }, (_, code) => (signs.test(String.fromCharCode(code)) ? 1 : 0));
/** What may stand second in an operator of several signs. */
const MAY_GO_ON = marked(/[*/<>=.]/);
const NAME_SIGNS = marked(/\w/);
const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export function tokenize(text: string, from = 0, to = text.length): Tokens {
  return new Tokenizer(text, to).run(from);
}

/** An expression inside a format string: line breaks mean nothing there. */
export function tokenizeField(text: string, { from, to }: Range): Tokens {
  return new Tokenizer(text, to, true).run(from);
}

class Tokenizer {
  readonly #tokens: Tokens = { kinds: [], texts: [], starts: [], ends: [], fields: new Map() };
  readonly #open: string[] = [];
  readonly #indents = [0];
  #isFresh = true;

  constructor(
    readonly text: string,
    readonly to: number,
    readonly isInside = false,
  ) {}

  run(from: number): Tokens {
    let at = this.text.charCodeAt(from) === 0xfeff ? from + 1 : from;
    while (at < this.to) {
      if (this.#isFresh && this.#open.length === 0 && !this.isInside) {
        const code = this.#startLine(at);
        if (code >= this.to) break;
        at = code;
        if (!this.#isFresh) at = this.#one(at);
      } else at = this.#one(at);
    }
    this.#finish();
    return this.#tokens;
  }

  #finish(): void {
    const unclosed = this.#open.length > 0;
    if (unclosed) throw new Unreadable(this.to, 'a bracket is not closed');
    if (!this.isInside && this.#tokens.kinds.length > 0 && !this.#isFresh) {
      this.#push(Kind.newline, '', this.to, this.to);
    }
    while (this.#indents.length > 1) {
      this.#indents.pop();
      this.#push(Kind.dedent, '', this.to, this.to);
    }
    this.#push(Kind.end, '', this.to, this.to);
  }

  #push(kind: Kind, text: string, start: number, end: number): void {
    const { kinds, texts, starts, ends } = this.#tokens;
    kinds.push(kind);
    texts.push(text);
    starts.push(start);
    ends.push(end);
  }

  /** Measures the indent; gives where the line's code begins, or the next line where it has none. */
  #startLine(start: number): number {
    let at = start;
    let column = 0;
    for (; at < this.to; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === 32) column += 1;
      else if (code === 9) column = (Math.floor(column / 8) + 1) * 8;
      else if (code === 12) column = 0;
      else break;
    }
    const code = this.text.charCodeAt(at);
    if (at >= this.to) return at;
    if (code === 35) return this.#lineEnd(at);
    if (code === 10 || code === 13) return at + 1;
    if (code === 92 && /\\\r?\n/y.test(this.text.slice(at, at + 3))) return this.#one(at);
    this.#isFresh = false;
    this.#indent(column, at);
    return at;
  }

  #indent(column: number, at: number): void {
    let known = this.#indents.at(-1) ?? 0;
    if (column > known) {
      this.#indents.push(column);
      this.#push(Kind.indent, '', at, at);
    }
    while (column < known) {
      this.#indents.pop();
      known = this.#indents.at(-1) ?? 0;
      if (column > known) throw new Unreadable(at, 'the indent matches no line above');
      this.#push(Kind.dedent, '', at, at);
    }
  }

  #lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end < 0 || end > this.to ? this.to : end;
  }

  /** One token, or the blank between two. */
  #one(at: number): number {
    const code = this.text.charCodeAt(at);
    if (code === 32 || code === 9 || code === 12) return at + 1;
    if (code === 10 || code === 13) return this.#newline(at);
    if (code === 35) return this.#lineEnd(at);
    if (code === 34 || code === 39) return this.#string(at, at);
    if ((code >= 48 && code <= 57) || (code === 46 && isDigit(this.text.charCodeAt(at + 1)))) {
      return this.#number(at);
    }
    if (code === 92) return this.#continuation(at);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127) {
      return this.#name(at);
    }
    return this.#operator(at);
  }

  #newline(at: number): number {
    const next = this.text.startsWith('\r\n', at) ? at + 2 : at + 1;
    if (this.#open.length > 0 || this.isInside || this.#isFresh) return next;
    this.#push(Kind.newline, '', at, next);
    this.#isFresh = true;
    return next;
  }

  #continuation(at: number): number {
    const next = this.text.charCodeAt(at + 1);
    if (next === 10) return at + 2;
    if (next === 13) return this.text.charCodeAt(at + 2) === 10 ? at + 3 : at + 2;
    throw new Unreadable(at, 'a backslash stands alone');
  }

  #string(start: number, quote: number): number {
    const prefix = this.text.slice(start, quote);
    const isFormat = /[fFtT]/.test(prefix);
    if (!isFormat) {
      const end = stringEnd(this.text, quote, this.to);
      this.#push(Kind.string, this.text.slice(start, end), start, end);
      return end;
    }
    const { end, fields } = fieldsOf(this.text, quote, this.to);
    this.#tokens.fields.set(start, fields);
    this.#push(Kind.format, '', start, end);
    return end;
  }

  #number(at: number): number {
    NUMBER.lastIndex = at;
    const written = NUMBER.exec(this.text)?.[0] ?? '';
    const end = at + written.length;
    ASCII_NAME.lastIndex = end;
    const after = ASCII_NAME.exec(this.text)?.[0];
    const isOdd = after !== undefined && !AFTER_NUMBER.test(after);
    if (written === '' || isOdd || OLD_OCTAL.test(written)) throw new Unreadable(at, 'no number');
    this.#push(Kind.number, written, at, end);
    return end;
  }

  #name(at: number): number {
    const { text, to } = this;
    let end = at;
    while (end < to && NAME_SIGNS[text.charCodeAt(end)] === 1) end += 1;
    const isPlain = end === to || !(text.charCodeAt(end) > 127);
    if (!isPlain) {
      NAME.lastIndex = at;
      const found = NAME.exec(text)?.[0] ?? '';
      if (found === '') return this.#blankOrError(at);
      end = at + found.length;
    }
    const name = text.slice(at, end);
    const next = text.charCodeAt(end);
    if ((next === 34 || next === 39) && name.length < 3 && PREFIX.test(name)) {
      return this.#string(at, end);
    }
    this.#push(Kind.name, isPlain ? name : name.normalize('NFKC'), at, end);
    return end;
  }

  /** A byte-order mark within a cell that was put together of files means nothing. */
  #blankOrError(at: number): number {
    if (this.text.charCodeAt(at) === 0xfeff) return at + 1;
    throw new Unreadable(at, 'this sign means nothing in Python');
  }

  #operator(at: number): number {
    const sign = this.#sign(at);
    const closer = CLOSER[sign];
    if (closer) this.#open.push(closer);
    else if ((sign === ')' || sign === ']' || sign === '}') && this.#open.pop() !== sign) {
      throw new Unreadable(at, 'brackets do not match');
    }
    this.#push(Kind.operator, sign, at, at + sign.length);
    return at + sign.length;
  }

  #sign(at: number): string {
    const next = this.text.charCodeAt(at + 1);
    if (next < 128 && MAY_GO_ON[next] === 1) {
      const three = this.text.slice(at, at + 3);
      if (LONG_OPERATORS.has(three)) return three;
      const two = three.slice(0, 2);
      if (LONG_OPERATORS.has(two)) return two;
    }
    const sign = OPERATORS[this.text.charCodeAt(at)];
    if (sign === undefined) throw new Unreadable(at, 'this sign means nothing in Python');
    return sign;
  }
}

const isDigit = (code: number) => code >= 48 && code <= 57;
