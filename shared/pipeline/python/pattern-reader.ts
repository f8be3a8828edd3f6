/** `match`: what its patterns read and bind. */
import { DefinitionReader } from './definition-reader';
import type { Expr, Op, Target } from './program';
import { Kind } from './tokens';

interface Pattern {
  readonly names: Target[];
  readonly reads: Expr[];
}

export abstract class PatternReader extends DefinitionReader {
  /** `match` is a name too: the statement's line ends in a colon, and a `case` comes under it. */
  protected get isMatch(): boolean {
    if (this.kind !== Kind.name || !this.is('match')) return false;
    const { kinds, texts } = this.tokens;
    let at = this.at + 1;
    while (kinds[at] !== Kind.newline && kinds[at] !== Kind.end) at += 1;
    return texts[at - 1] === ':' && kinds[at + 1] === Kind.indent && texts[at + 2] === 'case';
  }

  protected match(): Op[] {
    this.need('match');
    const subject = this.expressions();
    this.need(':');
    this.at += 2;
    const arms: Op[][] = [];
    let isExhaustive = false;
    while (this.kind === Kind.name && this.take('case')) {
      const isCapture = this.isName && !/^[.(|,]$/.test(this.peek());
      isExhaustive = isCapture && this.peek() === ':';
      arms.push(this.#clause(subject));
    }
    if (this.kind !== Kind.dedent) this.refuse('"case" is missing');
    this.at += 1;
    const first: Op = { op: 'eval', value: subject, isStatement: false };
    return [first, { op: 'branch', arms, isExhaustive }];
  }

  #clause(subject: Expr): Op[] {
    const found: Pattern = { names: [], reads: [] };
    this.#patterns(found, ':');
    const ops: Op[] = found.reads.map((value) => ({ op: 'eval', value, isStatement: false }));
    if (found.names.length > 0) ops.push({ op: 'iterate', targets: found.names, value: subject });
    if (this.take('if')) {
      ops.push({ op: 'eval', value: this.named(), isStatement: false });
    }
    return [...ops, ...this.body()];
  }

  /** With commas between them, up to a closing sign that stays. */
  #patterns(found: Pattern, end: string): void {
    while (!this.is(end) && !this.is('if')) {
      this.#pattern(found);
      if (!this.take(',')) return;
    }
  }

  #pattern(found: Pattern): void {
    do this.#closed(found);
    while (this.take('|'));
    if (this.take('as')) this.#capture(found);
  }

  #capture(found: Pattern): void {
    const { line } = this;
    const name = this.name();
    if (name !== '_') found.names.push(this.bind(name, line));
  }

  #closed(found: Pattern): void {
    if (this.take('*') || this.take('**')) this.#capture(found);
    else if (this.take('(')) this.#until(found, ')');
    else if (this.take('[')) this.#until(found, ']');
    else if (this.take('{')) this.#mapping(found);
    else if (this.isName && !/^[.(]$/.test(this.peek())) this.#capture(found);
    else if (this.isName) this.#value(found);
    else this.#literal();
  }

  #until(found: Pattern, end: string): void {
    this.#patterns(found, end);
    this.need(end);
  }

  #mapping(found: Pattern): void {
    while (!this.take('}')) {
      if (this.take('**')) this.#capture(found);
      else {
        if (this.isName) this.#value(found);
        else this.#literal();
        this.need(':');
        this.#pattern(found);
      }
      if (!this.is('}')) this.need(',');
    }
  }

  /** `A.B`, or a class with what its attributes have to be. */
  #value(found: Pattern): void {
    const { line } = this;
    let value: Expr = { kind: 'name', name: this.name(), line };
    while (this.take('.')) value = { kind: 'attribute', of: value, name: this.name(), line };
    found.reads.push(value);
    if (!this.take('(')) return;
    while (!this.take(')')) {
      if (this.isName && this.peek() === '=') this.at += 2;
      this.#pattern(found);
      if (!this.is(')')) this.need(',');
    }
  }

  /** `-1 + 2j`, texts, None. */
  #literal(): void {
    this.binary(9);
  }
}
