/** Where reading stands among the tokens of a cell, and the scopes it is in. */
import { Source } from './lower';
import type { Target } from './program';
import { type ScopeDraft, scopeDraft } from './scope-draft';
import { Kind, type Tokens, Unreadable } from './tokens';

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

export class Cursor {
  protected at = 0;
  readonly source: Source;
  protected scopes: ScopeDraft[] = [scopeDraft('module')];
  #lastLine = { from: -1, to: -1, line: 1 };

  constructor(
    protected tokens: Tokens,
    protected readonly text: string,
    original: string,
  ) {
    this.source = new Source(text, original);
  }

  protected get scope(): ScopeDraft {
    const scope = this.scopes.at(-1);
    if (!scope) throw new Error('a cell is a scope');
    return scope;
  }

  protected get kind(): Kind {
    return this.tokens.kinds[this.at] ?? Kind.end;
  }

  protected isKind(kind: Kind): boolean {
    return this.tokens.kinds[this.at] === kind;
  }

  /** Of a name, keyword, number, string or operator; empty for the rest. */
  protected get word(): string {
    return this.tokens.texts[this.at] ?? '';
  }

  protected peek(ahead = 1): string {
    return this.tokens.texts[this.at + ahead] ?? '';
  }

  protected get start(): number {
    return this.tokens.starts[this.at] ?? 0;
  }

  /** Where the token before ends. */
  protected get lastEnd(): number {
    return this.tokens.ends[this.at - 1] ?? 0;
  }

  protected is(word: string): boolean {
    return this.tokens.texts[this.at] === word;
  }

  protected take(word: string): boolean {
    if (this.tokens.texts[this.at] !== word) return false;
    this.at += 1;
    return true;
  }

  protected need(word: string): void {
    if (!this.take(word)) this.refuse(`"${word}" is missing`);
  }

  protected get isName(): boolean {
    return this.kind === Kind.name && !KEYWORDS.has(this.word);
  }

  protected name(): string {
    if (!this.isName) this.refuse('a name is missing');
    const name = this.word;
    this.at += 1;
    return name;
  }

  protected refuse(why: string): never {
    throw new Unreadable(this.start, why);
  }

  /** From 1. */
  protected lineAt(offset: number): number {
    const last = this.#lastLine;
    if (offset >= last.from && offset < last.to) return last.line;
    const line = this.source.line(offset);
    this.#lastLine = { ...this.source.bounds(line), line };
    return line;
  }

  protected get line(): number {
    return this.lineAt(this.start);
  }

  protected bind(name: string, line: number): Target {
    this.scope.bound.add(name);
    return { kind: 'name', name, line };
  }

  /** Reads within a scope of its own. */
  protected within<T>(draft: ScopeDraft, read: () => T): T {
    this.scopes.push(draft);
    try {
      return read();
    } finally {
      this.scopes.pop();
    }
  }
}
