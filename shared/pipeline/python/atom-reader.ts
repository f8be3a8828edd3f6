/** Names, literals, displays, calls and what trails them: `f(x)[0].y`. */
import { Cursor } from './cursor';
import type { Argument, Comprehension, Expr, FunctionCode, Op, Target } from './program';
import { localsOf, type ScopeDraft, scopeDraft } from './scope-draft';
import type { Range } from './string-tokens';
import { Kind, tokenizeField, Unreadable } from './tokens';

const NOTHING: Expr = { kind: 'constant', text: null, literal: null };

export abstract class AtomReader extends Cursor {
  /** How the expression just read was written, where that tells what indexing by it gives. */
  protected shape: 'list' | 'inverted' | 'comparison' | 'tuple' | 'slice' | null = null;
  /** A comprehension's draft that none was made of: most brackets hold no `for`. */
  #spareDraft: ScopeDraft | null = null;
  readonly #readNamed = () => [this.named()];
  readonly #readStarred = () => [this.starred()];
  readonly #readEntry = () => this.#entry();

  protected abstract expressions(): Expr;
  protected abstract isExpressionEnd(): boolean;
  protected abstract starred(): Expr;
  protected abstract named(): Expr;
  protected abstract expr(): Expr;
  protected abstract yielded(): Expr;
  protected abstract binary(least: number): Expr;
  protected abstract targetOf(expr: Expr, from: number): Target;
  protected abstract parameters(end: string): { params: string[]; before: Expr[] };

  protected primary(): Expr {
    const { line } = this;
    let made = this.#atom();
    while (this.kind === Kind.operator) {
      if (this.is('.')) made = this.#attribute(made);
      else if (this.is('(')) made = this.#call(made, line);
      else if (this.is('[')) made = this.#item(made, line);
      else break;
      this.shape = null;
    }
    return made;
  }

  #atom(): Expr {
    this.shape = null;
    const { word } = this;
    switch (this.kind) {
      case Kind.name:
        if (word === 'None' || word === 'True' || word === 'False') return this.#literal();
        return { kind: 'name', line: this.line, name: this.name() };
      case Kind.number:
        return this.#literal();
      case Kind.string:
      case Kind.format:
        return this.#strings();
      default:
        if (word === '(') return this.#parentheses();
        if (word === '[') return this.#list();
        if (word === '{') return this.#braces();
        if (word === '...') return this.#literal();
        return this.refuse('an expression is missing');
    }
  }

  #literal(): Expr {
    const literal = this.source.written(this.start, this.tokens.ends[this.at] ?? 0);
    this.at += 1;
    return { kind: 'constant', text: null, literal };
  }

  #attribute(of: Expr): Expr {
    this.at += 1;
    const { line } = this;
    if (this.kind !== Kind.name) this.refuse('a name is missing after the point');
    const name = this.word;
    this.at += 1;
    return { kind: 'attribute', of, name, line };
  }

  #call(callee: Expr, line: number): Expr {
    const args = this.arguments();
    return { kind: 'call', callee, args, line: callee.kind === 'attribute' ? callee.line : line };
  }

  /** From the opening to behind the closing parenthesis. */
  protected arguments(): Argument[] {
    this.need('(');
    const found: Argument[] = [];
    while (!this.take(')')) {
      found.push(this.#argument());
      if (!this.is(')')) this.need(',');
    }
    return found;
  }

  #argument(): Argument {
    if (this.take('**')) return { keyword: null, value: this.expr() };
    if (this.take('*')) return { keyword: null, value: this.expr() };
    if (this.peek() === '=' && this.isName) {
      const keyword = this.name();
      this.at += 1;
      return { keyword, value: this.expr() };
    }
    const value = this.#maybeComprehension(this.#readNamed, true);
    return { keyword: null, value: Array.isArray(value) ? (value[0] ?? NOTHING) : value };
  }

  #item(of: Expr, line: number): Expr {
    this.need('[');
    if (this.is(']')) this.refuse('an index is missing');
    const first = this.#slice();
    const isCopy =
      this.shape === 'list' || this.shape === 'inverted' || this.shape === 'comparison';
    if (this.take(']')) return { kind: 'item', of, index: first, isCopy, line };
    const parts = [first];
    while (this.take(',') && !this.is(']')) parts.push(this.#slice());
    this.need(']');
    return { kind: 'item', of, index: { kind: 'hold', of: parts }, isCopy: false, line };
  }

  #slice(): Expr {
    const { line } = this;
    const parts: Expr[] = [];
    this.shape = null;
    if (!this.is(':')) {
      const only = this.starred();
      if (!this.is(':')) return only;
      parts.push(only);
    }
    while (this.take(':')) {
      if (!this.is(':') && !this.is(']') && !this.is(',')) parts.push(this.expr());
    }
    this.shape = 'slice';
    return parts.length === 0 ? NOTHING : { kind: 'fresh', of: parts, line };
  }

  #parentheses(): Expr {
    this.need('(');
    if (this.take(')')) return { kind: 'hold', of: [] };
    if (this.is('yield')) {
      const made = this.yielded();
      this.need(')');
      return made;
    }
    const value = this.#maybeComprehension(this.#readStarred, true);
    if (!Array.isArray(value)) {
      this.need(')');
      this.shape = null;
      return value;
    }
    if (this.take(')')) {
      this.shape = null;
      return value[0] ?? NOTHING;
    }
    return { kind: 'hold', of: this.#rest(value, ')') };
  }

  #rest(first: readonly Expr[], end: string): Expr[] {
    const of = [...first];
    while (this.take(',') && !this.is(end)) of.push(this.starred());
    this.need(end);
    this.shape = null;
    return of;
  }

  #list(): Expr {
    this.need('[');
    if (this.take(']')) return this.#shaped({ kind: 'hold', of: [] });
    const value = this.#maybeComprehension(this.#readStarred, false);
    if (!Array.isArray(value)) {
      this.need(']');
      this.shape = null;
      return value;
    }
    return this.#shaped({ kind: 'hold', of: this.#rest(value, ']') });
  }

  #shaped(list: Expr): Expr {
    this.shape = 'list';
    return list;
  }

  #braces(): Expr {
    this.need('{');
    const value = this.is('}') ? [] : this.#maybeComprehension(this.#readEntry, false);
    const of = Array.isArray(value) ? [...value] : [];
    while (this.take(',') && !this.is('}')) of.push(...this.#entry());
    this.need('}');
    this.shape = null;
    return Array.isArray(value) ? { kind: 'hold', of } : value;
  }

  /** `key: value`, `**more` or, of a set, a value. */
  #entry(): Expr[] {
    if (this.take('**')) return [this.binary(5)];
    const key = this.starred();
    return this.take(':') ? [key, this.expr()] : [key];
  }

  /** What stands before a `for` belongs to the comprehension's scope, which is known only behind it. */
  #maybeComprehension(element: () => Expr[], isLazy: boolean): Expr[] | Expr {
    const draft = this.#spareDraft ?? scopeDraft('comprehension');
    this.#spareDraft = null;
    const made = this.within(draft, element);
    if (this.#isFor()) {
      return { kind: 'comprehension', code: this.#comprehension(draft, made, isLazy) };
    }
    this.scope.makesCode ||= draft.makesCode;
    this.scope.isGenerator ||= draft.isGenerator;
    draft.makesCode = false;
    draft.isGenerator = false;
    this.#spareDraft = draft;
    return made;
  }

  #isFor(): boolean {
    return (
      this.kind === Kind.name && (this.is('for') || (this.is('async') && this.peek() === 'for'))
    );
  }

  #comprehension(draft: ScopeDraft, result: readonly Expr[], isLazy: boolean): Comprehension {
    let first: Expr | null = null;
    const ops: Op[] = [];
    while (this.#isFor()) {
      this.take('async');
      this.need('for');
      const targets = this.within(draft, () => this.#forTargets());
      this.need('in');
      const isFirst: boolean = first === null;
      const value: Expr = isFirst ? this.#iterable() : this.within(draft, () => this.#iterable());
      first ??= value;
      const from: Expr = isFirst ? { kind: 'name', name: '.0', line: 1 } : value;
      ops.push({ op: 'iterate', targets, value: from });
      while (this.take('if')) {
        const test = this.within(draft, () => this.#condition());
        ops.push({ op: 'eval', value: test, isStatement: false });
      }
    }
    const locals = localsOf(draft);
    return { first: first ?? NOTHING, ops, result, isLazy, locals, globals: draft.globals };
  }

  /** Without `x if y else z`, whose `if` would be the comprehension's. */
  #iterable(): Expr {
    return this.is('lambda') ? this.expr() : this.binary(1);
  }

  #condition(): Expr {
    if (this.peek() === ':=' && this.isName) return this.named();
    return this.#iterable();
  }

  /** `for i, (j, *k) in`. */
  #forTargets(): Target[] {
    const from = this.start;
    const found: Expr[] = [];
    do {
      if (this.is('in')) break;
      this.take('*');
      found.push(this.binary(5));
    } while (this.take(','));
    return found.map((each) => this.targetOf(each, from));
  }

  #strings(): Expr {
    const { line, start } = this;
    const of: Expr[] = [];
    const texts: (string | null)[] = [];
    let isPlain = true;
    while (this.kind === Kind.string || this.kind === Kind.format) {
      if (this.kind === Kind.format) {
        isPlain = false;
        for (const field of this.tokens.fields.get(this.start) ?? []) of.push(this.#field(field));
      } else texts.push(stringText(this.word));
      this.at += 1;
    }
    if (!isPlain) return of.length === 0 ? NOTHING : { kind: 'fresh', of, line };
    const text = texts.every((each) => each !== null) ? texts.join('') : null;
    const literal = this.source.written(start, this.lastEnd);
    return { kind: 'constant', text, literal };
  }

  #field(range: Range): Expr {
    const outer = { tokens: this.tokens, at: this.at };
    this.tokens = tokenizeField(this.text, range);
    this.at = 0;
    const value = this.is('yield') ? this.yielded() : this.expressions();
    if (this.kind !== Kind.end) throw new Unreadable(this.start, 'a field of a string goes on');
    this.tokens = outer.tokens;
    this.at = outer.at;
    this.shape = null;
    return value;
  }

  protected lambda(): Expr {
    const from = this.start;
    this.need('lambda');
    const { params, before } = this.parameters(':');
    this.need(':');
    const code = this.functionCode('lambda', from, params, () => [
      { op: 'return', value: this.expr() },
    ]);
    this.shape = null;
    const made: Expr = { kind: 'function', code };
    if (before.length === 0) return made;
    return { kind: 'either', of: [...before.map(evaluated), made] };
  }

  protected functionCode(
    name: string,
    from: number,
    params: readonly string[],
    readBody: () => readonly Op[],
    types: readonly string[] = [],
  ): FunctionCode {
    this.scope.makesCode = true;
    const draft = scopeDraft('function');
    for (const param of [...types, ...params]) draft.bound.add(param);
    const ops = this.within(draft, readBody);
    return {
      kind: 'function',
      name,
      line: this.lineAt(from),
      endLine: this.lineAt(Math.max(from, this.lastCode() - 1)),
      params,
      ops,
      locals: localsOf(draft),
      globals: draft.globals,
      isGenerator: draft.isGenerator,
      makesCode: draft.makesCode || draft.isGenerator,
    };
  }

  /** The end of the last token that is code. */
  protected lastCode(): number {
    let at = this.at - 1;
    while (at > 0 && (this.tokens.kinds[at] ?? Kind.end) >= Kind.newline) at -= 1;
    return this.tokens.ends[at] ?? 0;
  }
}

const evaluated = (value: Expr): Expr => ({ kind: 'fresh', of: [value], line: 0 });

/** Null for bytes. */
function stringText(written: string): string | null {
  const first = written.charAt(0);
  const hasPrefix = first !== '"' && first !== "'";
  if (hasPrefix && !'uUrR'.includes(first)) return null;
  const start = hasPrefix ? 1 : 0;
  const quote = written.charAt(start);
  if (quote !== '"' && quote !== "'") return null;
  const isLong = written.length >= start + 6 && written.startsWith(quote.repeat(3), start);
  const width = isLong ? 3 : 1;
  const body = written.slice(start + width, -width);
  const isRaw = hasPrefix && (first === 'r' || first === 'R');
  return isRaw || !body.includes('\\') ? body : body.replace(/\\(['"\\])/g, '$1');
}
