/** Runs a cell's small program against the names of the notebook: what it reads, binds, changes in place. */
import type { ClassCode, Expr, FunctionCode, Op, Target } from '../python/program';
import { isCopying, isMutating, isPure } from './methods';

export interface KnownDefinition {
  readonly cellIndex: number;
  readonly code: FunctionCode | ClassCode;
  /** Names its body reads from outside, its own calls aside. */
  readonly free: ReadonlyMap<string, number>;
  readonly rebinds: ReadonlySet<string>;
  /** Outside names it changes in place. */
  readonly changes: ReadonlySet<string>;
  /** Which of its parameters it changes in place. */
  readonly changedParams: ReadonlySet<string>;
}

export interface Change {
  readonly name: string;
  readonly line: number;
  readonly how: string;
  readonly certainty: 'surely' | 'possibly';
}

/** What all cells before gave: definitions by name, what is imported, which names may share an object. */
export interface World {
  readonly definitions: Map<string, KnownDefinition>;
  readonly imported: Map<string, string>;
  readonly sources: Map<string, ReadonlySet<string>>;
}

const NONE: ReadonlySet<string> = new Set();

export class CellRun {
  readonly reads = new Map<string, number>();
  readonly binds = new Map<string, number>();
  readonly deletes = new Map<string, number>();
  readonly changes: Change[] = [];
  readonly calls: {
    readonly path: string;
    readonly line: number;
    readonly args: readonly string[];
    readonly keywords: readonly string[];
  }[] = [];
  /** Names bound whatever happens, so far. */
  #sure = new Set<string>();
  /** Names of functions and comprehensions around us, innermost last. */
  readonly #locals: ReadonlySet<string>[] = [];
  readonly #used = new Set<KnownDefinition>();

  constructor(
    readonly world: World,
    readonly cellIndex: number,
  ) {}

  get sure(): ReadonlySet<string> {
    return this.#sure;
  }

  run(ops: readonly Op[]): void {
    for (const op of ops) this.#op(op);
  }

  #op(op: Op): void {
    switch (op.op) {
      case 'eval':
        this.eval(op.value);
        return;
      case 'assign': {
        const sources = this.eval(op.value);
        for (const target of op.targets) this.#bind(target, sources, op.value);
        return;
      }
      case 'augment': {
        if (op.target.kind === 'name') this.#read(op.target.name, op.line);
        this.eval(op.value);
        if (op.target.kind === 'name') {
          const { name } = op.target;
          // `a += [1]` changes the list that another name may share.
          for (const source of this.world.sources.get(name) ?? NONE)
            this.#change(source, op.line, '+=', 'possibly');
          this.#bindName(name, op.line, this.world.sources.get(name) ?? NONE);
        } else this.#bind(op.target, NONE, op.value);
        return;
      }
      case 'iterate':
      case 'enter': {
        const sources = this.eval(op.value);
        const targets = op.op === 'iterate' ? op.targets : op.target ? [op.target] : [];
        for (const target of targets) this.#bind(target, sources, op.value);
        return;
      }
      case 'delete':
        this.#delete(op.target);
        return;
      case 'import':
        for (const { name, path } of op.names) {
          this.#bindName(name, op.line, NONE);
          if (this.#locals.length === 0) this.world.imported.set(name, path);
        }
        return;
      case 'star':
        return;
      case 'define':
        this.#define(op);
        return;
      case 'branch':
        this.#branch(op.arms, op.isExhaustive);
        return;
      case 'loop':
        this.#branch([op.body], false);
        this.#branch([op.orElse], false);
        return;
      case 'try': {
        const arms = [[...op.body, ...op.orElse], ...op.handlers];
        this.#branch(arms, true);
        this.run(op.last);
        return;
      }
      case 'return':
        if (op.value) this.eval(op.value);
        return;
      case 'leave':
        return;
    }
  }

  /** After the arms only what all of them bound is sure; an arm that leaves does not count. */
  #branch(arms: readonly (readonly Op[])[], isExhaustive: boolean): void {
    const before = this.#sure;
    const after: Set<string>[] = isExhaustive ? [] : [before];
    for (const arm of arms) {
      this.#sure = new Set(before);
      this.run(arm);
      if (!leaves(arm)) after.push(this.#sure);
    }
    const [first, ...others] = after;
    this.#sure = first
      ? new Set([...first].filter((name) => others.every((other) => other.has(name))))
      : before;
  }

  /** Answers the names whose objects the value may be or hold. */
  eval(expr: Expr): ReadonlySet<string> {
    switch (expr.kind) {
      case 'name':
        this.#read(expr.name, expr.line);
        return this.#isLocal(expr.name)
          ? NONE
          : new Set([expr.name, ...(this.world.sources.get(expr.name) ?? NONE)]);
      case 'constant':
        return NONE;
      case 'fresh':
        for (const part of expr.of) this.eval(part);
        return NONE;
      case 'attribute':
        return this.eval(expr.of);
      case 'item': {
        const of = this.eval(expr.of);
        this.eval(expr.index);
        return expr.isCopy ? NONE : of;
      }
      case 'either':
      case 'sum':
      case 'hold':
        return union(expr.of.map((part) => this.eval(part)));
      case 'join':
        this.eval(expr.left);
        this.eval(expr.right);
        return NONE;
      case 'call':
        return this.#call(expr);
      case 'walrus': {
        const sources = this.eval(expr.value);
        this.#bind(expr.target, sources, expr.value);
        return sources;
      }
      case 'function':
        this.#enterCode(expr.code);
        return NONE;
      case 'comprehension': {
        const { code } = expr;
        this.eval(code.first);
        this.#locals.push(code.locals);
        const before = this.#sure;
        this.run(code.ops);
        const held = union(code.result.map((part) => this.eval(part)));
        this.#locals.pop();
        this.#sure = before;
        return held;
      }
      case 'yield':
        return this.eval(expr.value);
    }
  }

  #call(expr: Extract<Expr, { kind: 'call' }>): ReadonlySet<string> {
    const { callee, args, line } = expr;
    const path = this.#path(callee);
    this.calls.push({
      path: path ?? '',
      line,
      args: args.map(({ value }) => (value.kind === 'constant' ? (value.text ?? '') : '')),
      keywords: args.flatMap(({ keyword }) => (keyword === null ? [] : [keyword])),
    });
    const receiver = callee.kind === 'attribute' ? this.eval(callee.of) : NONE;
    if (callee.kind !== 'attribute') this.eval(callee);
    const given = args.map(({ value }) => this.eval(value));
    const isModule = path !== null;
    const isInplace = args.some(
      ({ keyword, value }) =>
        keyword === 'inplace' && value.kind === 'constant' && value.literal === 'True',
    );
    if (callee.kind === 'attribute' && !isModule)
      return this.#method(callee.name, receiver, given, line, isInplace);
    if (path !== null && CHANGES_FIRST.test(path))
      this.#changeAll(given[0] ?? NONE, line, `${path}()`, 'surely');
    const known = callee.kind === 'name' ? this.world.definitions.get(callee.name) : undefined;
    if (known) return this.#callKnown(known, args, given, line);
    for (const [at, { keyword }] of args.entries()) {
      if (keyword === 'out' || keyword === 'ax')
        this.#changeAll(given[at] ?? NONE, line, `${keyword}=`, 'possibly');
    }
    return isHolding(path ?? (callee.kind === 'name' ? callee.name : '')) ? union(given) : NONE;
  }

  #method(
    name: string,
    receiver: ReadonlySet<string>,
    given: readonly ReadonlySet<string>[],
    line: number,
    isInplace: boolean,
  ): ReadonlySet<string> {
    if (isInplace || isMutating(name)) {
      this.#changeAll(receiver, line, `.${name}()`, 'surely');
      // `list.append(x)` makes the list hold x: a change of x is seen through it. `fit` gives the object back.
      for (const held of receiver) this.#hold(held, union(given));
      return receiver;
    }
    if (isPure(name)) return isCopying(name) ? NONE : receiver;
    this.#changeAll(receiver, line, `.${name}()`, 'possibly');
    return receiver;
  }

  #callKnown(
    known: KnownDefinition,
    args: readonly { readonly keyword: string | null }[],
    given: readonly ReadonlySet<string>[],
    line: number,
  ): ReadonlySet<string> {
    if (known.code.kind === 'class') return union(given);
    const { params, name } = known.code;
    for (const [at, { keyword }] of args.entries()) {
      const param = keyword ?? params[at];
      if (param !== undefined && known.changedParams.has(param)) {
        this.#changeAll(given[at] ?? NONE, line, `passed to ${name}()`, 'possibly');
      }
    }
    return union(given);
  }

  #define(op: Extract<Op, { op: 'define' }>): void {
    for (const expr of op.before) this.eval(expr);
    const { code } = op;
    if (code.kind === 'class') {
      this.#locals.push(code.locals);
      const before = new Set(this.#sure);
      this.run(code.ops.filter(({ op: kind }) => kind !== 'define'));
      this.#sure = before;
      this.#locals.pop();
    }
    if (this.#locals.length === 0) {
      this.world.definitions.set(code.name, describeCode(code, this.cellIndex));
      this.#bindName(code.name, code.line, NONE, true);
    } else this.#enterCode(code);
  }

  /** A function inside an expression or another body: what it reads outside is read when it is called, which may be here. */
  #enterCode(code: FunctionCode | ClassCode): void {
    const { free, changes } = describeCode(code, this.cellIndex);
    for (const [name, line] of free) this.#read(name, line);
    for (const name of changes)
      this.#change(name, code.line, `in ${code.name || 'a lambda'}`, 'possibly');
  }

  #isLocal(name: string): boolean {
    return this.#locals.some((names) => names.has(name));
  }

  #read(name: string, line: number): void {
    if (this.#isLocal(name)) return;
    if (!this.#sure.has(name) && !this.reads.has(name)) this.reads.set(name, line);
    const known = this.world.definitions.get(name);
    if (known) this.#use(known, line);
  }

  /** A name of a function or class was used: what its body reads is read too. */
  #use(known: KnownDefinition, line: number): void {
    if (this.#used.has(known)) return;
    this.#used.add(known);
    for (const name of known.free.keys()) this.#read(name, line);
    for (const name of known.changes)
      this.#change(name, line, `in ${known.code.name}()`, 'possibly');
    for (const name of known.rebinds) {
      if (!this.binds.has(name)) this.binds.set(name, line);
    }
  }

  #bind(target: Target, sources: ReadonlySet<string>, value: Expr): void {
    switch (target.kind) {
      case 'name':
        this.#bindName(target.name, target.line, sources);
        return;
      case 'tuple':
        for (const item of target.items) this.#bind(item, sources, value);
        return;
      case 'attribute':
        this.#changeAll(this.eval(target.of), target.line, `.${target.name} =`, 'surely');
        for (const held of this.#roots(target.of)) this.#hold(held, sources);
        return;
      case 'item':
        this.eval(target.index);
        this.#changeAll(this.eval(target.of), target.line, '[…] =', 'surely');
        for (const held of this.#roots(target.of)) this.#hold(held, sources);
    }
  }

  #roots(expr: Expr): readonly string[] {
    if (expr.kind === 'name') return this.#isLocal(expr.name) ? [] : [expr.name];
    return expr.kind === 'attribute' || expr.kind === 'item' ? this.#roots(expr.of) : [];
  }

  #hold(name: string, sources: ReadonlySet<string>): void {
    if (sources.size === 0) return;
    const all = new Set([...(this.world.sources.get(name) ?? NONE), ...sources]);
    all.delete(name);
    this.world.sources.set(name, all);
  }

  #bindName(name: string, line: number, sources: ReadonlySet<string>, isDefinition = false): void {
    if (this.#isLocal(name)) return;
    this.#sure = new Set(this.#sure).add(name);
    if (!this.binds.has(name)) this.binds.set(name, line);
    this.deletes.delete(name);
    const others = new Set(sources);
    others.delete(name);
    this.world.sources.set(name, others);
    this.world.imported.delete(name);
    if (!isDefinition) this.world.definitions.delete(name);
  }

  #delete(target: Target): void {
    if (target.kind === 'name') {
      this.#read(target.name, target.line);
      if (this.#isLocal(target.name)) return;
      this.#sure = new Set(this.#sure);
      this.#sure.delete(target.name);
      this.deletes.set(target.name, target.line);
      this.binds.delete(target.name);
    } else this.#bind(target, NONE, { kind: 'constant', text: null, literal: null });
  }

  /** The first is the object itself; the others may share it. */
  #changeAll(
    names: ReadonlySet<string>,
    line: number,
    how: string,
    certainty: Change['certainty'],
  ): void {
    let isFirst = true;
    for (const name of names) {
      this.#change(name, line, how, isFirst ? certainty : 'possibly');
      isFirst = false;
    }
  }

  #change(name: string, line: number, how: string, certainty: Change['certainty']): void {
    if (this.#isLocal(name) || this.world.imported.has(name)) return;
    const known = this.changes.find((change) => change.name === name);
    if (!known) this.changes.push({ name, line, how, certainty });
    else if (known.certainty === 'possibly' && certainty === 'surely') {
      this.changes[this.changes.indexOf(known)] = { name, line, how, certainty };
    }
  }

  /** `numpy.random.seed` for `np.random.seed`; null where its root is not imported. */
  #path(expr: Expr): string | null {
    if (expr.kind === 'name') {
      return this.#isLocal(expr.name) ? null : (this.world.imported.get(expr.name) ?? null);
    }
    if (expr.kind !== 'attribute') return null;
    const of = this.#path(expr.of);
    return of === null ? null : `${of}.${expr.name}`;
  }
}

const CHANGES_FIRST =
  /^(numpy\.random\.shuffle|random\.shuffle|heapq\.heap\w+|bisect\.insort\w*|numpy\.(put|fill_diagonal|copyto))$/;

/** What is built of its arguments keeps them: a class, a pipeline, a wrapper. */
function isHolding(path: string): boolean {
  const last = path.split('.').at(-1) ?? '';
  return (
    /^[A-Z]/.test(last) ||
    /^(make_|as|ravel|reshape|list$|dict$|zip$|enumerate$|reversed$|iter$|partial$)/.test(last)
  );
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  if (sets.every((set) => set.size === 0)) return NONE;
  return new Set(sets.flatMap((set) => [...set]));
}

function leaves(ops: readonly Op[]): boolean {
  const last = ops.at(-1);
  return last?.op === 'leave' || last?.op === 'return';
}

/** A body on its own: what it takes from outside, and what it does to it. */
export function describeCode(code: FunctionCode | ClassCode, cellIndex: number): KnownDefinition {
  const empty: World = { definitions: new Map(), imported: new Map(), sources: new Map() };
  const run = new CellRun(empty, cellIndex);
  const params = code.kind === 'function' ? new Set(code.params) : NONE;
  // Parameters are kept visible, so that changes to them are seen; other locals are bound by the body itself.
  for (const name of code.globals) run.binds.delete(name);
  run.run(code.ops);
  const isOutside = (name: string) => !code.locals.has(name) && !params.has(name);
  const free = new Map([...run.reads].filter(([name]) => isOutside(name)));
  for (const [name, nested] of empty.definitions) {
    if (!code.locals.has(name) && name !== code.name) continue;
    for (const [inner, line] of nested.free) if (isOutside(inner)) free.set(inner, line);
  }
  if (code.kind === 'class') {
    for (const op of code.ops) {
      if (op.op !== 'define') continue;
      for (const [inner, line] of describeCode(op.code, cellIndex).free) free.set(inner, line);
    }
  }
  free.delete(code.name);
  return {
    cellIndex,
    code,
    free,
    rebinds: new Set([...code.globals].filter((name) => run.binds.has(name))),
    changes: new Set(run.changes.map(({ name }) => name).filter(isOutside)),
    changedParams: new Set(run.changes.map(({ name }) => name).filter((name) => params.has(name))),
  };
}
