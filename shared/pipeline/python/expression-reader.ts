/** Expressions of Python as the small program of `program.ts`, straight from the tokens. */
import { AtomReader } from './atom-reader';
import type { Expr, Target } from './program';
import { Kind, Unreadable } from './tokens';

const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  in: 4,
  is: 4,
  not: 4,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '==': 4,
  '!=': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '//': 10,
  '%': 10,
  '@': 10,
  '**': 12,
};
const COMPARING = 4;
const NEGATING = 3;
const UNARY = 11;

export abstract class ExpressionReader extends AtomReader {
  /** `a, *b`: several are a tuple. */
  protected expressions(): Expr {
    const first = this.starred();
    if (!this.is(',')) return first;
    const of = [first];
    while (this.take(',') && !this.isExpressionEnd()) of.push(this.starred());
    this.shape = 'tuple';
    return { kind: 'hold', of };
  }

  protected isExpressionEnd(): boolean {
    const { kind } = this;
    if (kind === Kind.newline || kind === Kind.end) return true;
    return kind === Kind.operator && /^(?:[)\]}:;=]|\W=)$/.test(this.word);
  }

  protected starred(): Expr {
    return this.take('*') ? this.binary(5) : this.named();
  }

  /** With `name := value`. */
  protected named(): Expr {
    if (this.peek() !== ':=' || !this.isName) return this.expr();
    const { line } = this;
    const name = this.name();
    this.need(':=');
    const value = this.expr();
    this.#walrusScope().add(name);
    this.shape = null;
    return { kind: 'walrus', target: { kind: 'name', name, line }, value };
  }

  /** `:=` in a comprehension binds in the scope around it. */
  #walrusScope(): Set<string> {
    for (let at = this.scopes.length - 1; at >= 0; at -= 1) {
      const scope = this.scopes[at];
      if (scope && scope.kind !== 'comprehension') return scope.bound;
    }
    return this.scope.bound;
  }

  protected expr(): Expr {
    if (this.is('lambda')) return this.lambda();
    if (this.is('yield')) return this.yielded();
    const { line } = this;
    const yes = this.binary(0);
    if (!this.take('if')) return yes;
    const test = this.binary(0);
    this.need('else');
    const no = this.expr();
    this.shape = null;
    return { kind: 'either', of: [{ kind: 'fresh', of: [test], line }, yes, no] };
  }

  protected yielded(): Expr {
    this.need('yield');
    this.scope.isGenerator = true;
    if (this.take('from')) return { kind: 'yield', value: this.expr() };
    const value = this.isExpressionEnd() ? NOTHING : this.expressions();
    this.shape = null;
    return { kind: 'yield', value };
  }

  protected binary(least: number): Expr {
    const { line } = this;
    let left = this.unary(least);
    for (;;) {
      if (this.kind !== Kind.operator && this.kind !== Kind.name) return left;
      const sign = this.word;
      const precedence = PRECEDENCE[sign];
      if (precedence === undefined || precedence < least) return left;
      if (sign === 'not' && this.peek() !== 'in') return left;
      this.at += 1;
      if (sign === 'not' || (sign === 'is' && this.is('not'))) this.at += 1;
      const right = this.binary(sign === '**' ? UNARY : precedence + 1);
      left = combined(sign, left, right, line);
      const isCompared = precedence === COMPARING && !/^[a-z]/.test(sign);
      this.shape = isCompared ? 'comparison' : null;
    }
  }

  protected unary(least: number): Expr {
    const sign = this.word;
    const { line } = this;
    if (sign === 'not' && this.kind === Kind.name) {
      if (least > NEGATING) this.refuse('"not" needs parentheses here');
      this.at += 1;
      return this.#fresh(this.binary(COMPARING), line, null);
    }
    if (this.kind === Kind.operator && (sign === '-' || sign === '+' || sign === '~')) {
      this.at += 1;
      return this.#fresh(this.binary(UNARY), line, sign === '~' ? 'inverted' : null);
    }
    if (sign === 'await' && this.kind === Kind.name) this.at += 1;
    return this.primary();
  }

  #fresh(value: Expr, line: number, shape: AtomReader['shape']): Expr {
    this.shape = shape;
    return { kind: 'fresh', of: [value], line };
  }

  /** What an expression read on the left of `=`, `for` or `as` binds. */
  protected targetOf(expr: Expr, from: number): Target {
    switch (expr.kind) {
      case 'name':
        return this.bind(expr.name, expr.line);
      case 'attribute':
        return expr;
      case 'item':
        return { kind: 'item', of: expr.of, index: expr.index, line: expr.line };
      case 'hold':
        return { kind: 'tuple', items: expr.of.map((each) => this.targetOf(each, from)) };
      default:
        throw new Unreadable(from, 'nothing can be assigned to this');
    }
  }
}

export const NOTHING: Expr = { kind: 'constant', text: null, literal: null };

function combined(sign: string, left: Expr, right: Expr, line: number): Expr {
  const of = [left, right];
  if (sign === 'and' || sign === 'or') return { kind: 'either', of };
  if (sign === '+') return { kind: 'sum', of };
  if (sign === '/') return { kind: 'join', left, right, line };
  if ((sign === 'in' || sign === 'not') && left.kind === 'constant' && left.text !== null) {
    if (isNamesOfHere(right)) return { kind: 'asks', name: left.text, where: right, line };
  }
  return { kind: 'fresh', of, line };
}

const isNamesOfHere = (expr: Expr): expr is Expr & { readonly kind: 'call' } =>
  expr.kind === 'call' &&
  expr.args.length === 0 &&
  expr.callee.kind === 'name' &&
  /^(?:globals|locals|vars|dir)$/.test(expr.callee.name);
