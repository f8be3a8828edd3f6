/**
 * Follows a cell's small program against the notebook's names: what it reads, binds and changes, through the
 * functions it calls. Approximate on purpose in one direction: what may happen counts as happening.
 */
import type { ClassCode, Expr, Op, Target } from '../python/program';
import { ExpressionFollower } from './follow-expressions';
import {
  type Closure,
  codeInside,
  type Frame,
  merge,
  moduleValue,
  objectValue,
  PLAIN,
  type Value,
} from './value';

/** Enough for real notebooks; beyond it a cell is too entangled to follow. */
const MOST_OPS = 60_000;

export class Follower extends ExpressionFollower {
  #ops = 0;
  /** Of each loop around: what was surely bound where it is left by `break`. */
  readonly #breaks: Set<string>[][] = [];

  /** Whether a block ended by leaving: what follows it does not run. */
  block(ops: readonly Op[], frame: Frame | null): boolean {
    for (const op of ops) if (this.op(op, frame)) return true;
    return false;
  }

  op(op: Op, frame: Frame | null): boolean {
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
        this.statement(op.value, op.isStatement, frame);
        return false;
      case 'assign':
        this.assign(op.targets, op.value, frame);
        return false;
      case 'augment':
        this.augment(op, frame);
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
        this.delete(op.target, frame);
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
        this.define(op, frame);
        return false;
      case 'branch':
        return this.branch(op.arms, op.isExhaustive, frame);
      case 'loop':
        this.loop(op, frame);
        return false;
      case 'try':
        return this.try(op, frame);
      case 'return':
        if (op.value) this.returned.push(this.eval(op.value, frame));
        return true;
      case 'leave':
        if (op.isBreak) this.#breaks.at(-1)?.push(this.record.sure);
        return true;
    }
  }

  /** The last expression of a cell is shown; a bare name changes nothing. */
  statement(value: Expr, isStatement: boolean, frame: Frame | null): void {
    if (isStatement && frame === null) this.record.isShowing = true;
    this.eval(value, frame);
  }

  assign(targets: readonly Target[], value: Expr, frame: Frame | null): void {
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
    const made = isPiece && whole.text === null ? this.world.heap.part(whole) : whole;
    for (const target of targets) this.store(target, made, frame);
  }

  augment(op: Extract<Op, { op: 'augment' }>, frame: Frame | null): void {
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

  delete(target: Target, frame: Frame | null): void {
    if (target.kind === 'tuple') {
      for (const item of target.items) this.delete(item, frame);
    } else if (target.kind !== 'name') {
      const base = this.eval(target.of, frame);
      if (target.kind === 'item') this.eval(target.index, frame);
      this.mutate(base, { line: target.line, how: 'del', certainty: 'surely' });
    } else if (frame === null || frame.scope.globals.has(target.name)) {
      if (this.quiet > 0) return;
      if (this.weak > 0 && !this.record.sure.has(target.name))
        this.record.maybeDeleted.add(target.name);
      this.record.deleted.set(target.name, this.line(target.line));
      if (this.weak > 0) return;
      this.record.sure.delete(target.name);
      this.world.unbind(target.name);
    }
  }

  define(op: Extract<Op, { op: 'define' }>, frame: Frame | null): void {
    const before = op.before.map((each) => this.eval(each, frame));
    const { code } = op;
    const bases = merge(before);
    const closure: Closure =
      code.kind === 'class'
        ? { code, frame, members: this.classBody(code, frame), bases, defaults: null }
        : { code, frame, members: null, bases: null, defaults: defaultsOf(bases) };
    const value = objectValue(this.world.heap.make(), [
      { closure, role: 'itself' },
      ...codeInside(before.filter((each) => each.code.length > 0)),
    ]);
    this.store({ kind: 'name', name: code.name, line: code.line }, value, frame);
  }

  classBody(code: ClassCode, parent: Frame | null): Frame {
    const members: Frame = {
      scope: code,
      kind: 'class',
      cell: this.world.cell,
      vars: new Map(),
      parent,
      birth: this.world.heap.make(),
    };
    this.block(code.ops, members);
    return members;
  }

  /** A way that may not be taken. In a function no name of the notebook is surely bound, so there is nothing to part. */
  #fork(before: Set<string>, frame: Frame | null): void {
    this.record.sure = frame === null ? new Set(before) : before;
  }

  branch(arms: readonly (readonly Op[])[], isExhaustive: boolean, frame: Frame | null): boolean {
    const before = this.record.sure;
    const ends: Set<string>[] = isExhaustive ? [] : [before];
    this.weak += 1;
    this.localWeak += 1;
    for (const arm of arms) {
      this.#fork(before, frame);
      if (!this.block(arm, frame)) ends.push(this.record.sure);
    }
    this.weak -= 1;
    this.localWeak -= 1;
    this.record.sure = intersection(ends) ?? before;
    return ends.length === 0;
  }

  loop(op: Extract<Op, { op: 'loop' }>, frame: Frame | null): void {
    const before = this.record.sure;
    this.weak += 1;
    this.localWeak += 1;
    const left: Set<string>[] = [];
    this.#breaks.push(left);
    this.rounds(frame, () => {
      this.#fork(before, frame);
      this.block(op.body, frame);
    });
    this.#breaks.pop();
    this.#fork(before, frame);
    const isLeftByBreak = this.block(op.orElse, frame) || op.isEndless;
    this.weak -= 1;
    this.localWeak -= 1;
    this.record.sure = (isLeftByBreak ? intersection(left) : null) ?? before;
  }

  try(op: Extract<Op, { op: 'try' }>, frame: Frame | null): boolean {
    const before = this.record.sure;
    const ends: Set<string>[] = [];
    this.weak += 1;
    this.localWeak += 1;
    this.#fork(before, frame);
    const isLeft = this.block(op.body, frame) || this.block(op.orElse, frame);
    if (!isLeft) ends.push(this.record.sure);
    for (const handler of op.handlers) {
      this.#fork(before, frame);
      if (!this.block(handler, frame)) ends.push(this.record.sure);
    }
    this.weak -= 1;
    this.localWeak -= 1;
    this.record.sure = intersection(ends) ?? before;
    return this.block(op.last, frame) || ends.length === 0;
  }

  /** Notes what these read and nothing else. */
  readOnly(exprs: readonly Expr[], body: ClassCode | null): void {
    this.quiet += 1;
    for (const each of exprs) this.eval(each, null);
    if (body) this.classBody(body, null);
    this.quiet -= 1;
  }
}

/** Defaults stand among what is evaluated at the definition; annotations and decorators hold no objects. */
function defaultsOf({ objects, code }: Value): Value | null {
  return objects.length > 0 ? { ...PLAIN, objects, code } : null;
}

function intersection(sets: readonly Set<string>[]): Set<string> | null {
  const [first, ...rest] = sets;
  if (!first) return null;
  if (rest.every((set) => set === first)) return first;
  return new Set([...first].filter((name) => rest.every((set) => set.has(name))));
}
