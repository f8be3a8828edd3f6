/**
 * What every part of the follower stands on: the cell's record, the notebook's names, and how far the code at hand is
 * sure to run. The parts that follow expressions, calls and statements build on it.
 */
import type { Mutation } from '../facts';
import type { Expr, Op, Target } from '../python/program';
import { isBuiltin } from './builtins';
import type { CellRecord } from './cell-record';
import {
  type Carried,
  type Closure,
  type Frame,
  merge,
  moduleValue,
  PLAIN,
  type Value,
} from './value';
import type { World } from './world';

/** What is done at a call is told apart by who is called: `calls.ts`. */
export interface CallRules {
  call(expr: Extract<Expr, { kind: 'call' }>, frame: Frame | null, follower: Following): Value;
  readAttribute(base: Value, name: string, line: number, follower: Following): void;
  readItem(base: Value, key: Value, line: number, follower: Following): void;
}

/** `_`, `_3`, `Out`, `In`, `_i1`: inputs and outputs of earlier cells. */
const SHELL_MEMORY = /^(?:_{1,3}|_\d+|_i{1,3}|_i\d+|In|Out|_oh|_ih|_dh)$/;

export abstract class Following {
  /** The line in this cell from which functions of other cells are entered. */
  protected site: number | null = null;
  /** Above 0 a binding may not happen. */
  protected weak = 0;
  /** The same within the function that is followed. */
  protected localWeak = 0;
  /** Above 0 only reads count: code that is carried along, not known to be called. */
  protected quiet = 0;
  protected returned: Value[] = [];
  /** Names that the function at hand looks up outside of itself. */
  protected asked: Set<string> | null = null;

  constructor(
    readonly world: World,
    readonly record: CellRecord,
    readonly rules: CallRules,
  ) {}

  line(line: number): number {
    return this.site ?? line;
  }

  get isQuiet(): boolean {
    return this.quiet > 0;
  }

  /** In no function: what is looked up by text is a variable of the notebook. */
  abstract get isAtTop(): boolean;
  abstract block(ops: readonly Op[], frame: Frame | null): boolean;
  abstract eval(expr: Expr, frame: Frame | null): Value;
  abstract hold(values: readonly Value[]): Value;
  abstract carryOn(value: Value, line: number): void;
  abstract mayCall(code: readonly Carried[], withValue: Value, line: number): void;
  abstract enter(closure: Closure, args: readonly Value[], line: number | null): Value;

  store(target: Target, value: Value, frame: Frame | null): void {
    switch (target.kind) {
      case 'name':
        this.bind(target.name, target.line, value, frame);
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
    if (this.quiet > 0 || /^builtins\.|\.(?:options|rcParams)\b/.test(path)) return;
    this.record.patched.set(path, this.line(line));
  }

  protected bind(name: string, line: number, value: Value, frame: Frame | null): void {
    let at = frame;
    while (at && !at.scope.locals.has(name) && !at.scope.globals.has(name)) at = at.parent;
    if (at && !at.scope.globals.has(name)) {
      if (at.cell !== this.world.cell) this.world.isWide = true;
      const old = at.vars.get(name);
      const kept = old && (this.localWeak > 0 || at !== frame) ? merge([old, value]) : value;
      if (at.kind !== 'comprehension') this.world.changes.noteMerged(name, old, kept, at.birth);
      at.vars.set(name, kept);
      return;
    }
    if (this.quiet > 0) return;
    const isSure = this.weak === 0 && frame === null;
    if (!this.record.bound.has(name)) this.record.bound.set(name, this.line(line));
    this.world.bind(name, value, isSure);
    if (frame === null) this.record.sure.add(name);
  }

  lookUp(name: string, line: number, frame: Frame | null): Value {
    let isInnermost = true;
    for (let at = frame; at; at = at.parent) {
      if (at.scope.globals.has(name)) break;
      if (at.scope.locals.has(name) && (at.kind !== 'class' || isInnermost)) {
        const value = at.vars.get(name);
        if (at !== frame) this.asked?.add(name);
        if (value || at.kind !== 'class') return value ?? PLAIN;
      }
      isInnermost = false;
    }
    this.asked?.add(name);
    return this.lookUpInNotebook(name, line);
  }

  protected lookUpInNotebook(name: string, line: number): Value {
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
    if (this.quiet > 0) return;
    this.world.mutate(value, this.record, { ...change, line: this.line(change.line) }, except);
  }
}
