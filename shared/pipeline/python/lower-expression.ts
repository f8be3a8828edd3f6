/** Expressions, targets and patterns of the syntax tree as the small program of `program.ts`. */
import type { SyntaxNode } from '@lezer/common';
import { childrenOf, isOperand, operandsOf, type Source } from './lower';
import type { Argument, Expr, FunctionCode, Op, Target } from './program';

/** Collects what a function, class or comprehension binds while its body is lowered. */
export interface ScopeDraft {
  readonly kind: 'module' | 'function' | 'class' | 'comprehension';
  readonly bound: Set<string>;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
  isGenerator: boolean;
  makesCode: boolean;
}

export function scopeDraft(kind: ScopeDraft['kind']): ScopeDraft {
  return {
    kind,
    bound: new Set(),
    globals: new Set(),
    nonlocals: new Set(),
    isGenerator: false,
    makesCode: false,
  };
}

export function localsOf(draft: ScopeDraft): ReadonlySet<string> {
  return new Set(
    [...draft.bound].filter((name) => !draft.globals.has(name) && !draft.nonlocals.has(name)),
  );
}

const NOTHING: Expr = { kind: 'constant', text: null, literal: null };

export class ExpressionLowerer {
  protected readonly scopes: ScopeDraft[] = [scopeDraft('module')];

  constructor(protected readonly source: Source) {}

  protected get scope(): ScopeDraft {
    return this.scopes.at(-1) ?? this.#moduleScope();
  }

  #moduleScope(): ScopeDraft {
    const made = scopeDraft('module');
    this.scopes.push(made);
    return made;
  }

  protected line(node: SyntaxNode): number {
    return this.source.line(node.from);
  }

  /** Several expressions with commas between them are a tuple. */
  protected group(nodes: readonly SyntaxNode[]): Expr {
    const operands = nodes.filter(isOperand);
    const [only] = operands;
    if (!only) return NOTHING;
    if (operands.length === 1 && !nodes.some((node) => node.name === ',')) return this.expr(only);
    return { kind: 'hold', of: operands.map((node) => this.expr(node)) };
  }

  protected expr(node: SyntaxNode): Expr {
    switch (node.name) {
      case 'VariableName':
        return { kind: 'name', name: this.source.name(node), line: this.line(node) };
      case 'String':
        return this.#literal(node, this.#stringText(node));
      case 'Number':
      case 'Boolean':
      case 'None':
        return this.#literal(node, null);
      case 'ContinuedString':
        return this.#continued(node);
      case 'MemberExpression':
        return this.#member(node);
      case 'CallExpression':
        return this.#call(node);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'ConditionalExpression':
        return this.#conditional(node);
      case 'NamedExpression':
        return this.#walrus(operandsOf(node));
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
        return this.group(childrenOf(node));
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'SetExpression':
      case 'DictionaryExpression':
        return { kind: 'hold', of: operandsOf(node).map((child) => this.expr(child)) };
      case 'LambdaExpression':
        return this.#lambda(node);
      case 'YieldExpression':
        this.scope.isGenerator = true;
        return { kind: 'yield', value: this.group(childrenOf(node)) };
      default:
        if (node.name.endsWith('ComprehensionExpression')) return this.#comprehension(node);
        return this.#fresh(node);
    }
  }

  #fresh(node: SyntaxNode): Expr {
    const operands = operandsOf(node);
    if (operands.length === 0) return NOTHING;
    return { kind: 'fresh', of: operands.map((child) => this.expr(child)), line: this.line(node) };
  }

  #literal(node: SyntaxNode, text: string | null): Expr {
    return { kind: 'constant', text, literal: this.source.written(node.from, node.to) };
  }

  #stringText(node: SyntaxNode): string | null {
    const written = this.source.written(node.from, node.to);
    const match = /^([uUrR]?)("""|'''|"|')([\s\S]*)\2$/.exec(written);
    if (!match) return null;
    const body = match[3] ?? '';
    return match[1]?.toLowerCase() === 'r' ? body : body.replace(/\\(['"\\])/g, '$1');
  }

  #continued(node: SyntaxNode): Expr {
    const parts = childrenOf(node);
    const texts = parts.map((part) => (part.name === 'String' ? this.#stringText(part) : null));
    if (texts.every((text) => text !== null)) return this.#literal(node, texts.join(''));
    return this.#fresh(node);
  }

  #member(node: SyntaxNode): Expr {
    const [base, ...rest] = childrenOf(node);
    if (!base || base.name === 'Number') return NOTHING;
    const of = this.expr(base);
    const property = rest.find((child) => child.name === 'PropertyName');
    const line = this.line(property ?? node);
    if (rest[0]?.name === '.') {
      return { kind: 'attribute', of, name: property ? this.source.name(property) : '', line };
    }
    const keys = rest.filter(isOperand);
    const isCopy = keys.length === 1 && keys.some((key) => this.#makesCopy(key));
    return { kind: 'item', of, index: this.group(rest), isCopy, line };
  }

  /** numpy and pandas copy for a list of labels and for a mask; a plain list takes neither. */
  #makesCopy(index: SyntaxNode): boolean {
    if (index.name === 'ArrayExpression') return true;
    if (index.name === 'UnaryExpression') return this.source.name(index).startsWith('~');
    return (
      index.name === 'BinaryExpression' &&
      childrenOf(index).some((child) => child.name === 'CompareOp')
    );
  }

  #call(node: SyntaxNode): Expr {
    const [callee, list] = childrenOf(node);
    const line = this.line(node);
    if (!callee) return NOTHING;
    const args = list ? this.arguments(list) : [];
    return { kind: 'call', callee: this.expr(callee), args, line: this.#calleeLine(callee, line) };
  }

  #calleeLine(callee: SyntaxNode, line: number): number {
    const property = callee.name === 'MemberExpression' ? callee.lastChild : null;
    return property?.name === 'PropertyName' ? this.line(property) : line;
  }

  protected arguments(list: SyntaxNode): Argument[] {
    const children = childrenOf(list);
    if (children.some((child) => child.name === 'for')) {
      return [{ keyword: null, value: this.#comprehension(list) }];
    }
    const found: Argument[] = [];
    let keyword: string | null = null;
    for (let index = 0; index < children.length; index += 1) {
      const child = children[index];
      const next = children[index + 1];
      if (!child || !isOperand(child)) continue;
      if (next?.name === 'AssignOp' && this.source.name(next) === '=') {
        keyword = this.source.name(child);
        continue;
      }
      const value = children[index + 2];
      if (next?.name === 'AssignOp' && value) {
        found.push({ keyword: null, value: this.#walrus([child, value]) });
        index += 2;
        continue;
      }
      found.push({ keyword, value: this.expr(child) });
      keyword = null;
    }
    return found;
  }

  #walrus(operands: readonly SyntaxNode[]): Expr {
    const [name, value] = operands;
    if (!name || !value) return NOTHING;
    const made = this.expr(value);
    this.#walrusScope().bound.add(this.source.name(name));
    const target: Target = { kind: 'name', name: this.source.name(name), line: this.line(name) };
    return { kind: 'walrus', target, value: made };
  }

  /** `:=` in a comprehension binds in the scope around it. */
  #walrusScope(): ScopeDraft {
    return this.scopes.findLast((scope) => scope.kind !== 'comprehension') ?? this.scope;
  }

  #binary(node: SyntaxNode): Expr {
    const [left, operator, ...rest] = childrenOf(node);
    const right = rest.find(isOperand) ?? rest.at(-1);
    if (!left || !operator || !right) return this.#fresh(node);
    const sign = this.source.name(operator);
    const of = [this.expr(left), this.expr(right)] as const;
    if (sign === 'and' || sign === 'or') return { kind: 'either', of };
    if (sign === '+') return { kind: 'sum', of };
    if (sign === '/') return { kind: 'join', left: of[0], right: of[1], line: this.line(node) };
    return { kind: 'fresh', of, line: this.line(node) };
  }

  #conditional(node: SyntaxNode): Expr {
    const [yes, test, no] = operandsOf(node).map((child) => this.expr(child));
    if (!yes || !test || !no) return this.#fresh(node);
    return { kind: 'either', of: [{ kind: 'fresh', of: [test], line: this.line(node) }, yes, no] };
  }

  #lambda(node: SyntaxNode): Expr {
    const children = childrenOf(node);
    const list = children.find((child) => child.name === 'ParamList');
    const body = children.at(-1);
    const { params, before } = this.parameters(list ?? null);
    const code = this.functionCode('lambda', node, params, () => [
      { op: 'return', value: body && isOperand(body) ? this.expr(body) : null },
    ]);
    const made: Expr = { kind: 'function', code };
    return before.length === 0 ? made : { kind: 'either', of: [...before.map(evaluated), made] };
  }

  /** Names of parameters, and what is evaluated when the function is made: defaults and annotations. */
  protected parameters(list: SyntaxNode | null): { params: string[]; before: Expr[] } {
    const params: string[] = [];
    const before: Expr[] = [];
    let isDefault = false;
    for (const child of list ? childrenOf(list) : []) {
      if (child.name === 'AssignOp') isDefault = true;
      else if (child.name === ',') isDefault = false;
      else if (child.name === 'TypeDef')
        before.push(...operandsOf(child).map((type) => this.expr(type)));
      else if (isOperand(child) || isDefault) {
        if (isDefault) before.push(this.expr(child));
        else params.push(this.source.name(child));
      }
    }
    return { params, before };
  }

  protected functionCode(
    name: string,
    node: SyntaxNode,
    params: readonly string[],
    lowerBody: () => readonly Op[],
  ): FunctionCode {
    this.scope.makesCode = true;
    const draft = scopeDraft('function');
    for (const param of params) draft.bound.add(param);
    this.scopes.push(draft);
    const ops = lowerBody();
    this.scopes.pop();
    return {
      kind: 'function',
      name,
      line: this.line(node),
      endLine: this.source.line(Math.max(node.from, this.#lastOffset(node))),
      params,
      ops,
      locals: localsOf(draft),
      globals: draft.globals,
      isGenerator: draft.isGenerator,
      makesCode: draft.makesCode || draft.isGenerator,
    };
  }

  #lastOffset(node: SyntaxNode): number {
    return node.from + this.source.name(node).trimEnd().length - 1;
  }

  protected lastLine(node: SyntaxNode): number {
    return this.source.line(Math.max(node.from, this.#lastOffset(node)));
  }

  #comprehension(node: SyntaxNode): Expr {
    const children = childrenOf(node);
    const start = children.findIndex((child) => child.name === 'for');
    const iterable = this.#iterableAfter(children, start);
    const first = iterable ? this.expr(iterable) : NOTHING;
    const draft = scopeDraft('comprehension');
    this.scopes.push(draft);
    const ops = this.#clauses(children, start, iterable);
    const result = children
      .slice(0, start)
      .filter(isOperand)
      .map((child) => this.expr(child));
    this.scopes.pop();
    const isLazy = node.name === 'ComprehensionExpression' || node.name === 'ArgList';
    const code = { first, ops, result, isLazy, locals: localsOf(draft), globals: draft.globals };
    return { kind: 'comprehension', code };
  }

  #iterableAfter(children: readonly SyntaxNode[], start: number): SyntaxNode | null {
    const at = children.findIndex((child, index) => index > start && child.name === 'in');
    return children[at + 1] ?? null;
  }

  #clauses(children: readonly SyntaxNode[], start: number, first: SyntaxNode | null): Op[] {
    const ops: Op[] = [];
    for (let index = start; index < children.length; index += 1) {
      const child = children[index];
      if (child?.name === 'for') {
        const end = children.findIndex((other, at) => at > index && other.name === 'in');
        const targets = children
          .slice(index + 1, end)
          .filter(isOperand)
          .map((each) => this.target(each));
        const iterable = children[end + 1];
        const isFirst = iterable === undefined || iterable.from === first?.from;
        const value: Expr = isFirst ? { kind: 'name', name: '.0', line: 1 } : this.expr(iterable);
        ops.push({ op: 'iterate', targets, value });
        index = end + 1;
      } else if (child && isOperand(child)) {
        ops.push({ op: 'eval', value: this.expr(child), isStatement: false });
      }
    }
    return ops;
  }

  protected target(node: SyntaxNode): Target {
    switch (node.name) {
      case 'VariableName':
        return this.bindName(node);
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'ParenthesizedExpression':
        return { kind: 'tuple', items: operandsOf(node).map((child) => this.target(child)) };
      default: {
        const member = this.expr(node);
        if (member.kind === 'attribute') return { ...member };
        if (member.kind === 'item') {
          return { kind: 'item', of: member.of, index: member.index, line: member.line };
        }
        return { kind: 'tuple', items: [] };
      }
    }
  }

  protected bindName(node: SyntaxNode): Target {
    const name = this.source.name(node);
    this.scope.bound.add(name);
    return { kind: 'name', name, line: this.line(node) };
  }
}

const evaluated = (value: Expr): Expr => ({ kind: 'fresh', of: [value], line: 0 });
