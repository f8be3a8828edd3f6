/**
 * Follows a cell's small program against the notebook's names: what it reads, binds and changes, through the
 * functions it calls. Approximate on purpose in one direction: what may happen counts as happening.
 */
import type { Mutation } from '../facts';
import type { ClassCode, Comprehension, Expr, FunctionCode, Op, Target } from '../python/program';
import { isBuiltin } from './builtins';
import type { CellRecord } from './cell-record';
import { SCALAR_ATTRIBUTES } from './methods';
import {
  type Carried,
  type Closure,
  codeInside,
  type Frame,
  merge,
  moduleValue,
  objectValue,
  PLAIN,
  textValue,
  type Value,
} from './value';
import type { World } from './world';

/** What is done at a call is told apart by who is called: `calls.ts`. */
export interface CallRules {
  call(expr: Extract<Expr, { kind: 'call' }>, frame: Frame | null, follower: Follower): Value;
  readAttribute(base: Value, name: string, line: number, follower: Follower): void;
  readItem(base: Value, key: Value, line: number, follower: Follower): void;
}

/** Enough for real notebooks; beyond it a cell is too entangled to follow. */
/** `_`, `_3`, `Out`, `In`, `_i1`: inputs and outputs of earlier cells. */
const SHELL_MEMORY = /^(?:_{1,3}|_\d+|_i{1,3}|_i\d+|In|Out|_oh|_ih|_dh)$/;

const MOST_OPS = 60_000;
const DEEPEST_CALL = 24;

export class Follower {
  /** The line in this cell from which functions of other cells are entered. */
  #site: number | null = null;
  /** Above 0 a binding may not happen. */
  #weak = 0;
  /** The same within the function that is followed. */
  #localWeak = 0;
  /** Above 0 only reads count: code that is carried along, not known to be called. */
  #quiet = 0;
  #ops = 0;
  readonly #stack: (FunctionCode | ClassCode)[] = [];
  readonly #escaped = new Set<FunctionCode | ClassCode>();
  readonly #memo = new Map<FunctionCode, { key: string; value: Value }[]>();
  #returned: Value[] = [];

  constructor(
    readonly world: World,
    readonly record: CellRecord,
    readonly rules: CallRules,
  ) {}

  line(line: number): number {
    return this.#site ?? line;
  }

  get isQuiet(): boolean {
    return this.#quiet > 0;
  }

  /** In no function: what is looked up by text is a variable of the notebook. */
  get isAtTop(): boolean {
    return this.#stack.length === 0;
  }

  /** Whether a block ended by leaving: what follows it does not run. */
  block(ops: readonly Op[], frame: Frame | null): boolean {
    for (const op of ops) if (this.#op(op, frame)) return true;
    return false;
  }

  #op(op: Op, frame: Frame | null): boolean {
    this.#ops += 1;
    if (this.#ops > MOST_OPS) {
      this.record.noteUnknowable(
        1,
        'This cell calls so many functions in turn that not all could be followed.',
      );
      return true;
    }
    switch (op.op) {
      case 'eval':
        this.#statement(op.value, op.isStatement, frame);
        return false;
      case 'assign':
        this.#assign(op.targets, op.value, frame);
        return false;
      case 'augment':
        this.#augment(op, frame);
        return false;
      case 'iterate': {
        const element = this.world.heap.part(this.eval(op.value, frame));
        for (const target of op.targets) this.store(target, element, frame);
        return false;
      }
      case 'enter': {
        const value = this.eval(op.value, frame);
        // What a generator function yields is what `with` binds, not the generator.
        const isOwn = this.world.heap.hasKind(value, 'iterator');
        if (op.target) this.store(op.target, isOwn ? this.world.heap.part(value) : value, frame);
        return false;
      }
      case 'delete':
        this.#delete(op.target, frame);
        return false;
      case 'import':
        for (const { name, path } of op.names) {
          this.store({ kind: 'name', name, line: op.line }, moduleValue(path), frame);
        }
        return false;
      case 'star':
        this.record.stars.push({ line: op.line, module: op.module });
        this.record.noteUnknowable(
          op.line,
          `What "from ${op.module} import *" binds can't be known from the text.`,
        );
        return false;
      case 'define':
        this.#define(op, frame);
        return false;
      case 'branch':
        return this.#branch(op.arms, op.isExhaustive, frame);
      case 'loop':
        this.#loop(op.body, op.orElse, frame);
        return false;
      case 'try':
        return this.#try(op, frame);
      case 'return':
        if (op.value) this.#returned.push(this.eval(op.value, frame));
        return true;
      case 'leave':
        return true;
    }
  }

  /** The last expression of a cell is shown; a bare name changes nothing. */
  #statement(value: Expr, isStatement: boolean, frame: Frame | null): void {
    if (isStatement && frame === null) this.record.isShowing = true;
    this.eval(value, frame);
  }

  #assign(targets: readonly Target[], value: Expr, frame: Frame | null): void {
    const [only] = targets;
    const isPaired = targets.length === 1 && only?.kind === 'tuple' && value.kind === 'hold';
    if (isPaired && only.items.length === value.of.length) {
      const values = value.of.map((each) => this.eval(each, frame));
      only.items.forEach((target, index) => {
        this.store(target, values[index] ?? PLAIN, frame);
      });
      return;
    }
    const isPiece = value.kind === 'attribute' || value.kind === 'item';
    const whole = this.eval(value, frame);
    const made = isPiece ? this.world.heap.part(whole) : whole;
    for (const target of targets) this.store(target, made, frame);
  }

  #augment(op: Extract<Op, { op: 'augment' }>, frame: Frame | null): void {
    const value = this.eval(op.value, frame);
    if (op.target.kind !== 'name') {
      this.store(op.target, value, frame);
      return;
    }
    const { name } = op.target;
    const old = this.lookUp(name, op.line, frame);
    this.mutate(
      old,
      { line: op.line, how: `${name} changed by an operator`, certainty: 'possibly' },
      name,
    );
    this.world.heap.putInto(old, this.world.heap.part(value));
    this.store(op.target, { ...old, text: null }, frame);
  }

  #delete(target: Target, frame: Frame | null): void {
    if (target.kind === 'tuple') {
      for (const item of target.items) this.#delete(item, frame);
    } else if (target.kind !== 'name') {
      const base = this.eval(target.of, frame);
      if (target.kind === 'item') this.eval(target.index, frame);
      this.mutate(base, { line: target.line, how: 'del', certainty: 'surely' });
    } else if (frame === null || frame.scope.globals.has(target.name)) {
      if (this.#quiet > 0) return;
      if (this.#weak > 0 && !this.record.sure.has(target.name))
        this.record.maybeDeleted.add(target.name);
      this.record.deleted.set(target.name, this.line(target.line));
      if (this.#weak > 0) return;
      this.record.sure.delete(target.name);
      this.world.unbind(target.name);
    }
  }

  store(target: Target, value: Value, frame: Frame | null): void {
    switch (target.kind) {
      case 'name':
        this.#bind(target.name, target.line, value, frame);
        return;
      case 'tuple': {
        const element = this.world.heap.part(value);
        for (const item of target.items) this.store(item, element, frame);
        return;
      }
      case 'attribute':
      case 'item': {
        const base = this.eval(target.of, frame);
        if (target.kind === 'item')
          this.rules.readItem(base, this.eval(target.index, frame), target.line, this);
        if (base.module !== null) this.record.settingLines.add(this.line(target.line));
        if (base.module !== null && target.kind === 'attribute')
          this.notePatch(`${base.module}.${target.name}`, target.line);
        const how = target.kind === 'item' ? '[…] =' : `.${target.name} =`;
        this.mutate(base, { line: target.line, how, certainty: 'surely' });
        this.world.heap.putInto(base, value);
        return;
      }
    }
  }

  /** Options are carried on as such. */
  notePatch(path: string, line: number): void {
    if (this.#quiet > 0 || /^builtins\.|\.(?:options|rcParams)\b/.test(path)) return;
    this.record.patched.set(path, this.line(line));
  }

  #bind(name: string, line: number, value: Value, frame: Frame | null): void {
    let at = frame;
    while (at && !at.scope.locals.has(name) && !at.scope.globals.has(name)) at = at.parent;
    if (at && !at.scope.globals.has(name)) {
      const old = at.vars.get(name);
      at.vars.set(name, old && (this.#localWeak > 0 || at !== frame) ? merge([old, value]) : value);
      return;
    }
    if (this.#quiet > 0) return;
    const isSure = this.#weak === 0 && frame === null;
    if (!this.record.bound.has(name)) this.record.bound.set(name, this.line(line));
    this.world.bind(name, value, isSure);
    if (frame === null) this.record.sure.add(name);
  }

  #define(op: Extract<Op, { op: 'define' }>, frame: Frame | null): void {
    const before = op.before.map((each) => this.eval(each, frame));
    const { code } = op;
    const bases = merge(before);
    const closure: Closure =
      code.kind === 'class'
        ? { code, frame, members: this.#classBody(code, frame), bases }
        : { code, frame, members: null, bases: null };
    const value = objectValue(this.world.heap.make(), [
      { closure, role: 'itself' },
      ...codeInside(before.filter((each) => each.code.length > 0)),
    ]);
    this.store({ kind: 'name', name: code.name, line: code.line }, value, frame);
  }

  #classBody(code: ClassCode, parent: Frame | null): Frame {
    const members: Frame = { scope: code, kind: 'class', vars: new Map(), parent };
    this.block(code.ops, members);
    return members;
  }

  #branch(arms: readonly (readonly Op[])[], isExhaustive: boolean, frame: Frame | null): boolean {
    const before = this.record.sure;
    const ends: Set<string>[] = isExhaustive ? [] : [before];
    this.#weak += 1;
    this.#localWeak += 1;
    for (const arm of arms) {
      this.record.sure = new Set(before);
      if (!this.block(arm, frame)) ends.push(this.record.sure);
    }
    this.#weak -= 1;
    this.#localWeak -= 1;
    this.record.sure = intersection(ends) ?? before;
    return ends.length === 0;
  }

  #loop(body: readonly Op[], orElse: readonly Op[], frame: Frame | null): void {
    const before = this.record.sure;
    this.#weak += 1;
    this.#localWeak += 1;
    for (let round = 0; round < 2; round += 1) {
      this.record.sure = new Set(before);
      this.block(body, frame);
    }
    this.record.sure = new Set(before);
    this.block(orElse, frame);
    this.#weak -= 1;
    this.#localWeak -= 1;
    this.record.sure = before;
  }

  #try(op: Extract<Op, { op: 'try' }>, frame: Frame | null): boolean {
    const before = new Set(this.record.sure);
    const ends: Set<string>[] = [];
    this.#weak += 1;
    this.#localWeak += 1;
    this.record.sure = new Set(before);
    const isLeft = this.block(op.body, frame) || this.block(op.orElse, frame);
    if (!isLeft) ends.push(this.record.sure);
    for (const handler of op.handlers) {
      this.record.sure = new Set(before);
      if (!this.block(handler, frame)) ends.push(this.record.sure);
    }
    this.#weak -= 1;
    this.#localWeak -= 1;
    this.record.sure = intersection(ends) ?? before;
    return this.block(op.last, frame) || ends.length === 0;
  }

  eval(expr: Expr, frame: Frame | null): Value {
    switch (expr.kind) {
      case 'name': {
        const value = this.lookUp(expr.name, expr.line, frame);
        this.carryOn(value, expr.line);
        return value;
      }
      case 'constant':
        return textValue(expr.text);
      case 'fresh':
        for (const each of expr.of) this.eval(each, frame);
        return PLAIN;
      case 'attribute':
        return this.attribute(this.eval(expr.of, frame), expr.name, expr.line);
      case 'item':
        return this.#item(expr, frame);
      case 'either':
        return merge(expr.of.map((each) => this.eval(each, frame)));
      case 'hold':
        return this.hold(expr.of.map((each) => this.eval(each, frame)));
      case 'sum': {
        const parts = expr.of.map((each) => this.eval(each, frame));
        const isText = parts.every((part) => part.text !== null);
        if (isText) return textValue(parts.map((part) => part.text).join(''));
        return this.hold(parts.map((part) => this.world.heap.part(part)));
      }
      case 'join': {
        const left = this.eval(expr.left, frame);
        const right = this.eval(expr.right, frame);
        return textValue(
          left.text !== null && right.text !== null ? `${left.text}/${right.text}` : null,
        );
      }
      case 'call':
        return this.rules.call(expr, frame, this);
      case 'walrus': {
        const value = this.eval(expr.value, frame);
        this.store(expr.target, value, frame);
        return value;
      }
      case 'function':
        return this.#lambda(expr.code, frame);
      case 'comprehension':
        return this.#comprehension(expr.code, frame);
      case 'yield':
        this.#returned.push(this.hold([this.eval(expr.value, frame)]));
        return PLAIN;
    }
  }

  /** A new object that keeps these. */
  hold(values: readonly Value[]): Value {
    const id = this.world.heap.make();
    for (const value of values) this.world.heap.put(id, value);
    return objectValue(id, codeInside(values));
  }

  attribute(base: Value, name: string, line: number): Value {
    this.rules.readAttribute(base, name, line, this);
    if (base.module !== null) return moduleValue(`${base.module}.${name}`);
    if (SCALAR_ATTRIBUTES.has(name)) return PLAIN;
    return directPart(base);
  }

  #item(expr: Extract<Expr, { kind: 'item' }>, frame: Frame | null): Value {
    const base = this.eval(expr.of, frame);
    this.rules.readItem(base, this.eval(expr.index, frame), expr.line, this);
    if (base.module !== null) return this.hold([]);
    if (expr.isCopy) return PLAIN;
    const inner = this.world.heap.part(base);
    return merge([directPart(base), inner]);
  }

  #lambda(code: FunctionCode, frame: Frame | null): Value {
    const closure: Closure = { code, frame, members: null, bases: null };
    return objectValue(this.world.heap.make(), [{ closure, role: 'itself' }]);
  }

  #comprehension(code: Comprehension, outer: Frame | null): Value {
    const first = this.eval(code.first, outer);
    const locals = new Set([...code.locals, '.0']);
    const scope = { locals, globals: code.globals };
    const frame: Frame = {
      scope,
      kind: 'comprehension',
      vars: new Map([['.0', first]]),
      parent: outer,
    };
    this.#weak += 1;
    this.#localWeak += 1;
    this.block(code.ops, frame);
    const results = code.result.map((each) => this.eval(each, frame));
    this.#weak -= 1;
    this.#localWeak -= 1;
    const id = this.world.heap.make(code.isLazy ? 'iterator' : undefined);
    for (const result of results) this.world.heap.put(id, result);
    if (code.isLazy) this.world.heap.put(id, first);
    return objectValue(id, codeInside(results));
  }

  lookUp(name: string, line: number, frame: Frame | null): Value {
    let isInnermost = true;
    for (let at = frame; at; at = at.parent) {
      if (at.scope.globals.has(name)) break;
      if (at.scope.locals.has(name) && (at.kind !== 'class' || isInnermost)) {
        const value = at.vars.get(name);
        if (value || at.kind !== 'class') return value ?? PLAIN;
      }
      isInnermost = false;
    }
    return this.#lookUpInNotebook(name, line);
  }

  #lookUpInNotebook(name: string, line: number): Value {
    const binding = this.world.names.get(name);
    if (!binding && SHELL_MEMORY.test(name)) {
      const reason = `${name} is what the notebook’s shell remembers of earlier cells, which a step has not. Give the value a name of its own.`;
      this.record.noteUnknowable(this.line(line), reason, true);
    }
    if (!binding && isBuiltin(name)) return moduleValue(`builtins.${name}`);
    if (
      !this.record.sure.has(name) &&
      this.world.isFromEarlier(name) &&
      !this.record.reads.has(name)
    ) {
      this.record.reads.set(name, this.line(line));
    }
    return binding?.value ?? PLAIN;
  }

  mutate(value: Value, change: Omit<Mutation, 'name'>, except?: string): void {
    if (this.#quiet > 0) return;
    this.world.mutate(value, this.record, { ...change, line: this.line(change.line) }, except);
  }

  /** A value taken along takes its functions along: what those read has to be there. */
  carryOn(value: Value, line: number): void {
    if (value.code.length === 0) return;
    const outer = this.#site;
    this.#site ??= line;
    this.#quiet += 1;
    for (const { closure } of value.code) {
      if (!this.#escaped.has(closure.code)) this.#escape(closure, PLAIN);
    }
    this.#quiet -= 1;
    this.#site = outer;
  }

  /** Notes what these read and nothing else. */
  readOnly(exprs: readonly Expr[], body: ClassCode | null): void {
    this.#quiet += 1;
    for (const each of exprs) this.eval(each, null);
    if (body) this.#classBody(body, null);
    this.#quiet -= 1;
  }

  /** The code of an argument may be called by who gets it, with any of the arguments. */
  mayCall(code: readonly Carried[], withValue: Value, line: number): void {
    const outer = this.#site;
    this.#site ??= line;
    for (const { closure, role } of code) if (role !== 'instance') this.#escape(closure, withValue);
    this.#site = outer;
  }

  #escape(closure: Closure, argument: Value): void {
    const { code } = closure;
    this.#escaped.add(code);
    if (code.kind === 'function') {
      this.enter(
        closure,
        code.params.map(() => argument),
        null,
      );
      return;
    }
    for (const member of closure.members?.vars.values() ?? []) this.carryOn(member, code.line);
    if (closure.bases) this.carryOn(closure.bases, code.line);
  }

  /** Calls a function of the notebook with these arguments, one per parameter. */
  enter(closure: Closure, args: readonly Value[], line: number | null): Value {
    const { code } = closure;
    if (code.kind !== 'function') return PLAIN;
    const key = `${this.#quiet > 0 ? 'q' : ''}${args.map(keyOf).join('|')}`;
    const known = this.#memo.get(code)?.find((each) => each.key === key);
    if (known) return known.value;
    if (this.#stack.includes(code) || this.#stack.length >= DEEPEST_CALL)
      return merge([PLAIN, ...args]);
    const value = this.#run(closure, code, args, line);
    const list = this.#memo.get(code) ?? [];
    list.push({ key, value });
    this.#memo.set(code, list);
    return value;
  }

  #run(closure: Closure, code: FunctionCode, args: readonly Value[], line: number | null): Value {
    const vars = new Map<string, Value>();
    code.params.forEach((param, index) => {
      vars.set(param, args[index] ?? PLAIN);
    });
    const frame: Frame = { scope: code, kind: 'function', vars, parent: closure.frame };
    const outer = { site: this.#site, returned: this.#returned, weak: this.#localWeak };
    if (line !== null) this.#site ??= line;
    this.#returned = [];
    this.#localWeak = 0;
    this.#stack.push(code);
    const { sure } = this.record;
    this.record.sure = new Set(sure);
    this.#weak += 1;
    this.block(code.ops, frame);
    this.#weak -= 1;
    this.record.sure = sure;
    this.#stack.pop();
    const value = code.isGenerator ? this.#generator(this.#returned) : merge(this.#returned);
    this.#site = outer.site;
    this.#returned = outer.returned;
    this.#localWeak = outer.weak;
    return value;
  }

  #generator(yielded: readonly Value[]): Value {
    const id = this.world.heap.make('iterator');
    for (const each of yielded) this.world.heap.put(id, each);
    return objectValue(id, codeInside(yielded));
  }
}

/** For changing it in place: `x.a[0]` is changed where `x` is. */
function directPart(base: Value): Value {
  const code = base.code.map(
    (each): Carried => (each.role === 'itself' ? { ...each, role: 'inside' } : each),
  );
  return { ...PLAIN, objects: base.objects, code };
}

function keyOf(value: Value): string {
  const code = value.code.map((each) => `${each.closure.code.name}:${each.closure.code.line}`);
  return `${[...value.objects.keys()].join(',')}/${code.join(',')}/${value.module ?? ''}/${value.text ?? ''}`;
}

function intersection(sets: readonly Set<string>[]): Set<string> | null {
  const [first, ...rest] = sets;
  if (!first) return null;
  return new Set([...first].filter((name) => rest.every((set) => set.has(name))));
}
