/** Statements of Python as the small program of `program.ts`, straight from the tokens. */
import { importedName } from './import-names';
import { PatternReader } from './pattern-reader';
import type { Expr, ImportLine, Op, Target } from './program';
import { Kind, Unreadable } from './tokens';

/** A notebook is `__main__`. */
const ALWAYS = /^(?:True|1|__name__\s*==\s*(["'])__main__\1)$/;

export class StatementReader extends PatternReader {
  readonly imports: (ImportLine & { readonly isWhole: boolean })[] = [];
  #depth = 0;

  get isAtEnd(): boolean {
    return this.kind === Kind.end;
  }

  /** Where the next statement begins. */
  get from(): number {
    return this.start;
  }

  /** Where the statement just read ends. */
  get to(): number {
    return this.lastCode();
  }

  /** The word the next statement begins with. */
  get firstWord(): string {
    return this.kind === Kind.name ? this.word : '';
  }

  /** One statement of the top, or one of several in a line. */
  topStatement(): Op[] {
    const ops = this.#statement();
    while (this.kind === Kind.newline) this.at += 1;
    return ops;
  }

  protected body(): Op[] {
    this.need(':');
    this.#depth += 1;
    const ops: Op[] = [];
    if (this.kind !== Kind.newline) {
      do ops.push(...this.#simple());
      while (!this.#lineEnds());
    } else {
      this.at += 1;
      if (!this.isKind(Kind.indent)) this.refuse('an indented line is missing');
      this.at += 1;
      while (!this.isKind(Kind.dedent) && !this.isKind(Kind.end)) ops.push(...this.#statement());
      this.at += 1;
    }
    this.#depth -= 1;
    return ops;
  }

  #statement(): Op[] {
    const made =
      this.kind === Kind.name ? this.#compound() : this.is('@') ? this.#decorated() : null;
    if (made) return made;
    const ops = this.#simple();
    this.#lineEnds();
    return ops;
  }

  /** After a simple statement: the end of its line, or a semicolon with perhaps more behind it. */
  #lineEnds(): boolean {
    const hasMore = this.take(';');
    if (this.kind === Kind.newline) {
      this.at += 1;
      return true;
    }
    if (this.kind === Kind.end) return true;
    if (!hasMore) this.refuse('this does not belong here');
    return false;
  }

  #compound(): Op[] | null {
    switch (this.word) {
      case 'if':
        return this.#if();
      case 'for':
        return this.#for();
      case 'while':
        return this.#while();
      case 'try':
        return this.#try();
      case 'with':
        return this.#with();
      case 'def':
        return [this.function(this.start, [])];
      case 'class':
        return [this.class(this.start, [])];
      case 'async':
        return this.#async();
      case 'match':
        return this.isMatch ? this.match() : null;
      default:
        return null;
    }
  }

  #async(): Op[] {
    const from = this.start;
    this.at += 1;
    if (this.is('for')) return this.#for();
    if (this.is('with')) return this.#with();
    return [this.function(from, [])];
  }

  #simple(): Op[] {
    if (this.kind !== Kind.name) return this.#expressionOrAssignment();
    switch (this.word) {
      case 'import':
      case 'from':
        return this.#import();
      case 'return':
        return this.#return();
      case 'pass':
        this.at += 1;
        return [];
      case 'break':
        this.at += 1;
        return [{ op: 'leave', isBreak: true }];
      case 'continue':
        this.at += 1;
        return [{ op: 'leave' }];
      case 'raise':
        return [...this.#evaluate('from'), { op: 'leave' }];
      case 'assert':
        return this.#evaluate(',');
      case 'del':
        return this.#delete();
      case 'global':
      case 'nonlocal':
        return this.#declare();
      case 'type':
        return this.#isTypeAlias() ? this.typeAlias(this.start) : this.#expressionOrAssignment();
      default:
        return this.#expressionOrAssignment();
    }
  }

  #isTypeAlias(): boolean {
    return this.tokens.kinds[this.at + 1] === Kind.name && /^[=[]$/.test(this.peek(2));
  }

  #eval(value: Expr): Op {
    return { op: 'eval', value, isStatement: false };
  }

  /** `raise a from b`, `assert a, b`. */
  #evaluate(between: string): Op[] {
    const { line } = this;
    this.at += 1;
    const of: Expr[] = this.isExpressionEnd() ? [] : [this.expr()];
    if (of.length > 0 && this.take(between)) of.push(this.expr());
    return [this.#eval({ kind: 'fresh', of, line })];
  }

  #return(): Op[] {
    if (!this.scopes.some((scope) => scope.kind === 'function')) {
      this.refuse('"return" stands outside a function');
    }
    this.at += 1;
    return [{ op: 'return', value: this.isExpressionEnd() ? null : this.expressions() }];
  }

  #delete(): Op[] {
    this.need('del');
    const from = this.start;
    const value = this.expressions();
    const target = this.targetOf(value, from);
    return [{ op: 'delete', target }];
  }

  #declare(): Op[] {
    const names = this.is('global') ? this.scope.globals : this.scope.nonlocals;
    this.at += 1;
    do names.add(this.name());
    while (this.take(','));
    return [];
  }

  #expressionOrAssignment(): Op[] {
    const { line, start } = this;
    const first = this.is('yield') ? this.yielded() : this.expressions();
    if (this.is(':') && this.shape !== 'tuple') return this.#annotated(first, start);
    if (this.is('=')) return this.#assign(first, start);
    if (
      this.kind === Kind.operator &&
      /^(?!==)\W+=$/.test(this.word) &&
      !/^[<>!]=$/.test(this.word)
    ) {
      this.at += 1;
      const value = this.is('yield') ? this.yielded() : this.expressions();
      return [{ op: 'augment', target: this.targetOf(first, start), value, line }];
    }
    return [{ op: 'eval', value: first, isStatement: true }];
  }

  #assign(first: Expr, start: number): Op[] {
    const left = [{ expr: first, start }];
    let value = first;
    while (this.take('=')) {
      const from = this.start;
      value = this.is('yield') ? this.yielded() : this.expressions();
      left.push({ expr: value, start: from });
    }
    const targets = left.slice(0, -1).map((each) => this.targetOf(each.expr, each.start));
    return [{ op: 'assign', targets, value }];
  }

  /** Annotations of variables inside functions are never evaluated. */
  #annotated(target: Expr, start: number): Op[] {
    this.need(':');
    const { line } = this;
    const isInside = this.scope.kind === 'function';
    const of = this.annotation();
    const ops: Op[] = isInside || of.length === 0 ? [] : [this.#eval({ kind: 'fresh', of, line })];
    if (!this.take('=')) {
      if (isInside && target.kind === 'name') this.bind(target.name, target.line);
      return ops;
    }
    const value = this.is('yield') ? this.yielded() : this.expressions();
    return [...ops, { op: 'assign', targets: [this.targetOf(target, start)], value }];
  }

  #import(): Op[] {
    const { line, start } = this;
    const isFrom = this.take('from');
    let module = '';
    if (isFrom) {
      while (!this.is('import') && this.kind !== Kind.newline && this.kind !== Kind.end) {
        module += this.word;
        this.at += 1;
      }
    }
    this.need('import');
    if (isFrom && this.take('*')) {
      this.#noteImport({ line, module, names: [], paths: [], isStar: true, start });
      return [
        { op: 'star', module, line },
        { op: 'import', names: [], line },
      ];
    }
    const names = this.#importedNames(isFrom ? module : null);
    if (module === '__future__' && names.some((each) => each.name === 'annotations')) {
      this.hasLazyAnnotations = true;
    }
    for (const { name } of names) this.scope.bound.add(name);
    if (isFrom) {
      const bound = names.map((each) => each.name);
      const paths = names.map((each) => each.path);
      this.#noteImport({ line, module, names: bound, paths, isStar: false, start });
    } else {
      for (const { name, path } of names) {
        this.#noteImport({
          line,
          module: path,
          names: [name],
          paths: [path],
          isStar: false,
          start,
        });
      }
    }
    return [{ op: 'import', names, line }];
  }

  #importedNames(module: string | null): { name: string; path: string }[] {
    const isOpen = this.take('(');
    const found: { name: string; path: string }[] = [];
    do {
      if (isOpen && this.is(')')) break;
      let dotted = this.name();
      while (module === null && this.take('.')) dotted += `.${this.name()}`;
      const alias = this.take('as') ? this.name() : null;
      found.push(importedName(dotted, alias, module));
    } while (this.take(','));
    if (isOpen) this.need(')');
    return found;
  }

  #noteImport({ start, ...found }: Omit<ImportLine, 'text'> & { readonly start: number }): void {
    if (this.scope.kind !== 'module') return;
    const text = this.source.written(start, this.lastEnd).trimEnd();
    const module = found.module.split('.')[0] ?? '';
    this.imports.push({ ...found, module, text, isWhole: this.#depth === 0 });
  }

  #if(): Op[] {
    this.at += 1;
    const from = this.start;
    const test = this.named();
    const isAlways = ALWAYS.test(this.text.slice(from, this.lastEnd));
    const yes = this.body();
    const no = this.is('elif') ? this.#if() : this.take('else') ? this.body() : null;
    if (isAlways) return yes;
    const arms = no === null ? [yes] : [yes, no];
    return [this.#eval(test), { op: 'branch', arms, isExhaustive: no !== null }];
  }

  #while(): Op[] {
    this.at += 1;
    const from = this.start;
    const check = this.#eval(this.named());
    const isEndless = /^(?:True|1)$/.test(this.text.slice(from, this.lastEnd));
    const body = this.body();
    const orElse = this.take('else') ? this.body() : [];
    return [check, { op: 'loop', body: [...body, check], orElse, isEndless }];
  }

  #for(): Op[] {
    this.need('for');
    const targets = [this.#forTarget()];
    this.need('in');
    const value = this.expressions();
    const body = this.body();
    const orElse = this.take('else') ? this.body() : [];
    return [
      { op: 'loop', body: [{ op: 'iterate', targets, value }, ...body], orElse, isEndless: false },
    ];
  }

  #forTarget(): Target {
    const from = this.start;
    const found: Expr[] = [];
    let isTuple = false;
    do {
      if (this.is('in')) break;
      this.take('*');
      found.push(this.binary(5));
      isTuple ||= this.is(',');
    } while (this.take(','));
    const [only] = found;
    if (only && !isTuple) return this.targetOf(only, from);
    return this.targetOf({ kind: 'hold', of: found }, from);
  }

  #try(): Op[] {
    this.at += 1;
    const body = this.body();
    const handlers: Op[][] = [];
    while (this.take('except')) handlers.push(this.#handler());
    const orElse = this.take('else') ? this.body() : [];
    const hasLast = this.take('finally');
    if (handlers.length === 0 && !hasLast) this.refuse('"except" or "finally" is missing');
    return [{ op: 'try', body, handlers, orElse, last: hasLast ? this.body() : [] }];
  }

  /** `except* A`, and from 3.14 on `except A, B`. */
  #handler(): Op[] {
    this.take('*');
    const ops: Op[] = this.is(':') ? [] : [this.#eval(this.#errors())];
    if (!this.take('as')) return [...ops, ...this.body()];
    const { line } = this;
    const target = this.bind(this.name(), line);
    const value: Expr = { kind: 'fresh', of: [], line };
    const body = this.body();
    return [...ops, { op: 'assign', targets: [target], value }, ...body, { op: 'delete', target }];
  }

  #errors(): Expr {
    const first = this.expr();
    if (!this.is(',')) return first;
    const of = [first];
    // `except ValueError, e:` of Python 2 reads the same; only its names tell.
    const isOld = /^[a-z]{1,4}$/.test(this.peek()) && this.peek(2) === ':';
    if (isOld) this.refuse('this is Python 2');
    while (this.take(',')) of.push(this.expr());
    return { kind: 'hold', of };
  }

  #with(): Op[] {
    this.need('with');
    const start = this.at;
    const ops = this.is('(')
      ? (this.#parenthesised() ?? this.#managersFrom(start))
      : this.#managers();
    return [...ops, ...this.body()];
  }

  #managersFrom(start: number): Op[] {
    this.at = start;
    return this.#managers();
  }

  /** `with (a as b, c):`; null where the parentheses belong to an expression. */
  #parenthesised(): Op[] | null {
    const { scope } = this;
    const bound = new Set(scope.bound);
    try {
      this.need('(');
      const ops: Op[] = [];
      while (!this.take(')')) {
        ops.push(this.#manager());
        if (!this.is(')')) this.need(',');
      }
      if (this.is(':') && ops.length > 0) return ops;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    for (const name of scope.bound) if (!bound.has(name)) scope.bound.delete(name);
    return null;
  }

  #managers(): Op[] {
    const ops: Op[] = [];
    do ops.push(this.#manager());
    while (this.take(','));
    return ops;
  }

  #manager(): Op {
    const value = this.expr();
    if (!this.take('as')) return { op: 'enter', value, target: null };
    const from = this.start;
    return { op: 'enter', value, target: this.targetOf(this.binary(5), from) };
  }

  #decorated(): Op[] {
    const from = this.start;
    const decorators: Expr[] = [];
    while (this.take('@')) {
      decorators.push(this.named());
      if (this.kind !== Kind.newline) this.refuse('a decorator ends its line');
      this.at += 1;
    }
    if (this.is('class')) return [this.class(from, decorators)];
    const start = this.start;
    this.take('async');
    return [this.function(start, decorators)];
  }
}
