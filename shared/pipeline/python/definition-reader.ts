/** What functions, classes and type aliases have in common: parameters, type parameters, annotations. */
import { ExpressionReader, NOTHING } from './expression-reader';
import type { ClassCode, Expr, Op } from './program';
import { localsOf, scopeDraft } from './scope-draft';

export abstract class DefinitionReader extends ExpressionReader {
  /** `from __future__ import annotations`: no annotation is evaluated. */
  protected hasLazyAnnotations = false;

  protected abstract body(): Op[];

  /** Names of parameters, and what is evaluated when the function is made: defaults and annotations. */
  protected parameters(end: string): { params: string[]; before: Expr[] } {
    const params: string[] = [];
    const before: Expr[] = [];
    while (!this.is(end)) {
      if (!this.take('/')) {
        const isStarred = this.take('*') || this.take('**');
        if (!isStarred || !this.is(',')) params.push(this.name());
        if (end === ')' && this.take(':')) before.push(...this.annotation());
        if (this.take('=')) before.push(this.expr());
      }
      if (!this.is(end)) this.need(',');
    }
    return { params, before };
  }

  protected annotation(): Expr[] {
    const made = this.starred();
    return this.hasLazyAnnotations ? [] : [made];
  }

  /** `[T: Bound = Default, *Ts, **P]`; bounds and defaults are evaluated when somebody asks for them. */
  protected typeParameters(): { names: string[]; lazy: Expr[] } {
    const names: string[] = [];
    const lazy: Expr[] = [];
    if (!this.take('[')) return { names, lazy };
    while (!this.take(']')) {
      if (!this.take('*')) this.take('**');
      names.push(this.name());
      if (this.take(':')) lazy.push(this.expr());
      if (this.take('=')) lazy.push(this.starred());
      if (!this.is(']')) this.need(',');
    }
    return { names, lazy };
  }

  protected function(from: number, decorators: readonly Expr[]): Op {
    this.need('def');
    const { line } = this;
    const name = this.name();
    const types = this.typeParameters();
    this.need('(');
    const { params, before } = this.parameters(')');
    this.need(')');
    if (this.take('->')) before.push(...this.annotation());
    this.bind(name, line);
    const code = this.functionCode(name, from, params, () => this.body(), types.names);
    return {
      op: 'define',
      code,
      before: [...decorators, ...this.#scoped(before, types)],
      isDecorated: decorators.length > 0,
    };
  }

  /** Type parameters are known in the annotations and nowhere outside. */
  #scoped(exprs: readonly Expr[], types: { names: string[]; lazy: Expr[] }): readonly Expr[] {
    if (types.names.length === 0) return exprs;
    const later = this.#later(types.lazy);
    const locals = new Set(types.names);
    const ops = [...exprs, ...later].map(
      (value): Op => ({ op: 'eval', value, isStatement: false }),
    );
    const code = { first: NOTHING, ops, result: [], isLazy: false, locals, globals: NONE };
    return [{ kind: 'comprehension', code }];
  }

  #later(lazy: readonly Expr[]): Expr[] {
    if (lazy.length === 0) return [];
    const code = this.functionCode('', this.start, [], () => [
      { op: 'eval', value: { kind: 'fresh', of: lazy, line: this.line }, isStatement: false },
    ]);
    return [{ kind: 'function', code }];
  }

  protected class(from: number, decorators: readonly Expr[]): Op {
    this.need('class');
    const { line } = this;
    const name = this.name();
    const types = this.typeParameters();
    const bases = this.is('(') ? this.arguments().map((each) => each.value) : [];
    this.bind(name, line);
    this.scope.makesCode = true;
    const draft = scopeDraft('class');
    for (const type of types.names) draft.bound.add(type);
    const known = types.names.map((type): Op => {
      const target = { kind: 'name', name: type, line } as const;
      return { op: 'assign', targets: [target], value: NOTHING };
    });
    const ops = [...known, ...this.within(draft, () => this.body())];
    const code: ClassCode = {
      kind: 'class',
      name,
      line: this.lineAt(from),
      endLine: this.lineAt(this.lastCode() - 1),
      ops,
      locals: localsOf(draft),
      globals: draft.globals,
    };
    return {
      op: 'define',
      code,
      before: [...decorators, ...this.#scoped(bases, types)],
      isDecorated: decorators.length > 0,
    };
  }

  protected typeAlias(from: number): Op[] {
    this.need('type');
    const { line } = this;
    const name = this.name();
    const types = this.typeParameters();
    this.need('=');
    const code = this.functionCode(
      name,
      from,
      types.names,
      () => [{ op: 'eval', value: this.expr(), isStatement: false }],
      types.names,
    );
    return [{ op: 'assign', targets: [this.bind(name, line)], value: { kind: 'function', code } }];
  }
}

const NONE: ReadonlySet<string> = new Set();
