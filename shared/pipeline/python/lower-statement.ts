/** Statements of the syntax tree as the small program of `program.ts`. */
import type { SyntaxNode } from '@lezer/common';
import { childrenOf, isOperand, operandsOf } from './lower';
import { ExpressionLowerer, localsOf, scopeDraft } from './lower-expression';
import { lowerImport } from './lower-import';
import type { ClassCode, Expr, ImportLine, Op, Target } from './program';

export class StatementLowerer extends ExpressionLowerer {
  readonly imports: ImportLine[] = [];
  /** The top-level statement being lowered: an import inside `try:` is only whole with it. */
  #top: SyntaxNode | null = null;

  topLevel(node: SyntaxNode): Op[] {
    this.#top = node;
    return this.statement(node);
  }

  statement(node: SyntaxNode): Op[] {
    const children = childrenOf(node);
    switch (node.name) {
      case 'StatementGroup':
        return children.flatMap((child) => this.statement(child));
      case 'ExpressionStatement':
        return [{ op: 'eval', value: this.group(children), isStatement: true }];
      case 'AssignStatement':
        return this.#assign(children);
      case 'UpdateStatement':
        return this.#augment(node, children);
      case 'DeleteStatement':
        return operandsOf(node).map((child) => ({ op: 'delete', target: this.target(child) }));
      case 'ReturnStatement':
        return [{ op: 'return', value: children.length > 1 ? this.group(children) : null }];
      case 'YieldStatement':
        this.scope.isGenerator = true;
        return [this.#eval({ kind: 'yield', value: this.group(children) })];
      case 'RaiseStatement':
        return [this.#evalAll(node), { op: 'leave' }];
      case 'BreakStatement':
      case 'ContinueStatement':
        return [{ op: 'leave' }];
      case 'ImportStatement':
        return this.#import(node);
      case 'ScopeStatement':
        return this.#declare(children);
      case 'IfStatement':
        return this.#if(children);
      case 'WhileStatement':
        return this.#while(children);
      case 'ForStatement':
        return this.#for(children);
      case 'TryStatement':
        return this.#try(children);
      case 'WithStatement':
        return this.#with(children);
      case 'MatchStatement':
        return this.#match(children);
      case 'DecoratedStatement':
        return this.#decorated(children);
      case 'FunctionDefinition':
        return [this.#function(children, node, [])];
      case 'ClassDefinition':
        return [this.#class(children, node, [])];
      case 'TypeDefinition':
        return this.#typeAlias(node, children);
      case 'PassStatement':
        return [];
      default:
        return [this.#evalAll(node)];
    }
  }

  #eval(value: Expr): Op {
    return { op: 'eval', value, isStatement: false };
  }

  #evalAll(node: SyntaxNode): Op {
    const of = operandsOf(node).map((child) => this.expr(child));
    return this.#eval({ kind: 'fresh', of, line: this.line(node) });
  }

  #body(node: SyntaxNode | undefined): Op[] {
    return node
      ? childrenOf(node)
          .filter(isOperand)
          .flatMap((child) => this.statement(child))
      : [];
  }

  #assign(children: readonly SyntaxNode[]): Op[] {
    const groups: SyntaxNode[][] = [[]];
    const ops: Op[] = [];
    for (const child of children) {
      if (child.name === 'AssignOp') groups.push([]);
      else if (child.name === 'TypeDef') ops.push(...this.#annotation(child));
      else groups.at(-1)?.push(child);
    }
    if (groups.length === 1) {
      const [name] = groups[0] ?? [];
      if (name?.name === 'VariableName' && this.scope.kind === 'function') this.bindName(name);
      return ops;
    }
    const value = this.group(groups.at(-1) ?? []);
    const targets = groups.slice(0, -1).map((group) => this.#targetGroup(group));
    return [...ops, { op: 'assign', targets, value }];
  }

  /** Annotations of variables inside functions are never evaluated. */
  #annotation(node: SyntaxNode): Op[] {
    return this.scope.kind === 'function' ? [] : [this.#evalAll(node)];
  }

  #targetGroup(nodes: readonly SyntaxNode[]): Target {
    const targets = nodes.filter(isOperand).map((node) => this.target(node));
    const [only] = targets;
    if (only && targets.length === 1 && !nodes.some((node) => node.name === ',')) return only;
    return { kind: 'tuple', items: targets };
  }

  #augment(node: SyntaxNode, children: readonly SyntaxNode[]): Op[] {
    const at = children.findIndex((child) => child.name === 'UpdateOp');
    const value = this.group(children.slice(at + 1));
    const target = this.#targetGroup(children.slice(0, at));
    return [{ op: 'augment', target, value, line: this.line(node) }];
  }

  #declare(children: readonly SyntaxNode[]): Op[] {
    const isGlobal = children[0]?.name === 'global';
    for (const child of children.slice(1).filter(isOperand)) {
      (isGlobal ? this.scope.globals : this.scope.nonlocals).add(this.source.name(child));
    }
    return [];
  }

  #import(node: SyntaxNode): Op[] {
    const lowered = lowerImport(node, this.source, this.#top ?? node);
    for (const { name } of lowered.names) this.scope.bound.add(name);
    if (this.scope.kind === 'module') this.imports.push(...lowered.lines);
    const line = this.line(node);
    const ops: Op[] = lowered.star === null ? [] : [{ op: 'star', module: lowered.star, line }];
    return [...ops, { op: 'import', names: lowered.names, line }];
  }

  #if(children: readonly SyntaxNode[]): Op[] {
    const test = children[1];
    const body = children.findIndex((child) => child.name === 'Body');
    const rest = children.slice(body + 1);
    const arm = () => this.#body(children[body]);
    if (test && this.#isAlways(test)) return arm();
    const ops: Op[] = test && isOperand(test) ? [this.#eval(this.expr(test))] : [];
    const yes = arm();
    if (rest[0]?.name === 'elif') {
      return [...ops, { op: 'branch', arms: [yes, this.#if(rest)], isExhaustive: true }];
    }
    const no = rest[0]?.name === 'else' ? this.#body(rest[1]) : null;
    return [...ops, { op: 'branch', arms: no ? [yes, no] : [yes], isExhaustive: no !== null }];
  }

  /** A notebook is `__main__`. */
  #isAlways(test: SyntaxNode): boolean {
    return /^(?:True|1|__name__\s*==\s*(["'])__main__\1)$/.test(this.source.name(test));
  }

  #while(children: readonly SyntaxNode[]): Op[] {
    const test = children.find(isOperand);
    const check: Op[] = test && test.name !== 'Body' ? [this.#eval(this.expr(test))] : [];
    const [body, orElse] = children.filter((child) => child.name === 'Body');
    return [
      ...check,
      { op: 'loop', body: [...this.#body(body), ...check], orElse: this.#body(orElse) },
    ];
  }

  #for(children: readonly SyntaxNode[]): Op[] {
    const at = children.findIndex((child) => child.name === 'in');
    const start = children.findIndex((child) => child.name === 'for');
    const end = children.findIndex((child) => child.name === 'Body');
    const value = this.group(children.slice(at + 1, end));
    const targets = [this.#targetGroup(children.slice(start + 1, at))];
    const [body, orElse] = children.filter((child) => child.name === 'Body');
    const first: Op = { op: 'iterate', targets, value };
    return [{ op: 'loop', body: [first, ...this.#body(body)], orElse: this.#body(orElse) }];
  }

  #try(children: readonly SyntaxNode[]): Op[] {
    const parts: { keyword: string; nodes: SyntaxNode[] }[] = [];
    for (const child of children) {
      if (/^(?:try|except|else|finally)$/.test(child.name))
        parts.push({ keyword: child.name, nodes: [] });
      else parts.at(-1)?.nodes.push(child);
    }
    const bodies = (keyword: string) =>
      parts
        .filter((part) => part.keyword === keyword)
        .flatMap((part) => this.#body(part.nodes.at(-1)));
    const body = bodies('try');
    const handlers = parts
      .filter((part) => part.keyword === 'except')
      .map((part) => this.#handler(part.nodes));
    return [{ op: 'try', body, handlers, orElse: bodies('else'), last: bodies('finally') }];
  }

  #handler(nodes: readonly SyntaxNode[]): Op[] {
    const as = nodes.findIndex((node) => node.name === 'as');
    const name = as < 0 ? undefined : nodes[as + 1];
    const tests = nodes.slice(0, as < 0 ? -1 : as).filter(isOperand);
    const ops: Op[] = tests.map((test) => this.#eval(this.expr(test)));
    if (!name) return [...ops, ...this.#body(nodes.at(-1))];
    const target = this.bindName(name);
    const value: Expr = { kind: 'fresh', of: [], line: this.line(name) };
    const body = this.#body(nodes.at(-1));
    return [...ops, { op: 'assign', targets: [target], value }, ...body, { op: 'delete', target }];
  }

  #with(children: readonly SyntaxNode[]): Op[] {
    const ops: Op[] = [];
    for (let index = 0; index < children.length; index += 1) {
      const child = children[index];
      if (!child || !isOperand(child)) continue;
      if (child.name === 'Body') return [...ops, ...this.#body(child)];
      const next = children[index + 1];
      const target =
        next && this.source.written(next.from, next.from + 2) === 'as'
          ? children[index + 2]
          : undefined;
      if (target) index += 2;
      ops.push({
        op: 'enter',
        value: this.expr(child),
        target: target ? this.target(target) : null,
      });
    }
    return ops;
  }

  #match(children: readonly SyntaxNode[]): Op[] {
    const body = children.find((child) => child.name === 'MatchBody');
    const subject = this.group(children.filter((child) => child.name !== 'MatchBody'));
    const clauses = body ? childrenOf(body).filter((child) => child.name === 'MatchClause') : [];
    const arms = clauses.map((clause) => this.#clause(clause, subject));
    const last = clauses.at(-1);
    const isExhaustive =
      last?.getChild('CapturePattern') != null && last.getChild('Guard') === null;
    return [this.#eval(subject), { op: 'branch', arms, isExhaustive }];
  }

  #clause(clause: SyntaxNode, subject: Expr): Op[] {
    const ops: Op[] = [];
    for (const child of operandsOf(clause)) {
      if (child.name === 'Guard') ops.push(this.#evalAll(child));
      else if (child.name === 'Body') ops.push(...this.#body(child));
      else ops.push(...this.#pattern(child, subject));
    }
    return ops;
  }

  #pattern(node: SyntaxNode, subject: Expr): Op[] {
    const names: Target[] = [];
    const reads: Expr[] = [];
    const visit = (at: SyntaxNode): void => {
      const children = childrenOf(at);
      if (at.name === 'CapturePattern' || at.name === 'AsPattern') {
        for (const child of children) {
          if (child.name === 'VariableName' && this.source.name(child) !== '_')
            names.push(this.bindName(child));
        }
      } else if (at.name === 'ClassPattern' || at.name === 'AttributePattern') {
        const [first] = children;
        if (first?.name === 'VariableName') reads.push(this.expr(first));
      }
      for (const child of children) visit(child);
    };
    visit(node);
    const ops: Op[] = reads.map((value) => this.#eval(value));
    return names.length === 0 ? ops : [...ops, { op: 'iterate', targets: names, value: subject }];
  }

  #decorated(children: readonly SyntaxNode[]): Op[] {
    const decorators = children
      .filter((child) => child.name === 'Decorator')
      .map((child) => this.#decorator(child));
    const defined = children.find((child) => child.name.endsWith('Definition'));
    if (!defined) return decorators.map((value) => this.#eval(value));
    const parts = childrenOf(defined);
    if (defined.name === 'ClassDefinition') return [this.#class(parts, defined, decorators)];
    return [this.#function(parts, defined, decorators)];
  }

  #decorator(node: SyntaxNode): Expr {
    const children = childrenOf(node);
    const [first, ...rest] = children.filter((child) => child.name === 'VariableName');
    const line = this.line(node);
    let value: Expr = { kind: 'name', name: first ? this.source.name(first) : '', line };
    for (const part of rest)
      value = { kind: 'attribute', of: value, name: this.source.name(part), line };
    const list = children.find((child) => child.name === 'ArgList');
    return list ? { kind: 'call', callee: value, args: this.arguments(list), line } : value;
  }

  #typeParams(children: readonly SyntaxNode[]): string[] {
    const list = children.find((child) => child.name === 'TypeParamList');
    const params = list ? childrenOf(list).filter((child) => child.name === 'TypeParam') : [];
    return params.flatMap((param) => {
      const name = param.getChild('VariableName');
      return name ? [this.source.name(name)] : [];
    });
  }

  /** Names that stand in an annotation for a type parameter are not read from anywhere. */
  #without(exprs: readonly Expr[], names: readonly string[]): Expr[] {
    return exprs.filter((expr) => expr.kind !== 'name' || !names.includes(expr.name));
  }

  #function(children: readonly SyntaxNode[], node: SyntaxNode, decorators: readonly Expr[]): Op {
    const nameNode = children.find((child) => child.name === 'VariableName');
    const types = this.#typeParams(children);
    const { params, before } = this.parameters(
      children.find((child) => child.name === 'ParamList') ?? null,
    );
    const returns = children.find((child) => child.name === 'TypeDef');
    if (returns) before.push(...operandsOf(returns).map((type) => this.expr(type)));
    const name = nameNode ? this.source.name(nameNode) : '';
    if (nameNode) this.bindName(nameNode);
    const body = children.find((child) => child.name === 'Body');
    const code = this.functionCode(name, node, [...params], () => this.#body(body));
    const locals = new Set([...code.locals, ...types]);
    const evaluated = [...decorators, ...this.#without(before, types)];
    return {
      op: 'define',
      code: { ...code, locals },
      before: evaluated,
      isDecorated: decorators.length > 0,
    };
  }

  #class(children: readonly SyntaxNode[], node: SyntaxNode, decorators: readonly Expr[]): Op {
    const nameNode = children.find((child) => child.name === 'VariableName');
    const name = nameNode ? this.source.name(nameNode) : '';
    const list = children.find((child) => child.name === 'ArgList');
    const types = this.#typeParams(children);
    const bases = this.#without(list ? this.arguments(list).map((each) => each.value) : [], types);
    if (nameNode) this.bindName(nameNode);
    this.scope.makesCode = true;
    const draft = scopeDraft('class');
    this.scopes.push(draft);
    const ops = this.#body(children.find((child) => child.name === 'Body'));
    this.scopes.pop();
    const code: ClassCode = {
      kind: 'class',
      name,
      line: this.line(node),
      endLine: this.lastLine(node),
      ops,
      locals: new Set([...localsOf(draft), ...types]),
      globals: draft.globals,
    };
    return {
      op: 'define',
      code,
      before: [...decorators, ...bases],
      isDecorated: decorators.length > 0,
    };
  }

  #typeAlias(node: SyntaxNode, children: readonly SyntaxNode[]): Op[] {
    const [name, ...rest] = children.filter(isOperand);
    if (!name) return [];
    const value = rest.at(-1);
    const types = this.#typeParams(children);
    const code = this.functionCode(this.source.name(name), node, types, () =>
      value ? [this.#eval(this.expr(value))] : [],
    );
    return [{ op: 'assign', targets: [this.bindName(name)], value: { kind: 'function', code } }];
  }
}
