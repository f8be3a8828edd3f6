/** Code that runs or may run later: functions of the notebook entered with their arguments, and what is carried along. */
import type { ClassCode, FunctionCode } from '../python/program';
import { Following } from './following';
import { idOf } from './objects';
import {
  type Carried,
  type Closure,
  codeInside,
  type Frame,
  merge,
  objectValue,
  PLAIN,
  type Value,
} from './value';

const DEEPEST_CALL = 24;
/** Followed with so many different arguments in one cell, a function is known; further ones are taken to be changed. */
const MOST_RUNS = 12;

/** What a function gave for its arguments, in this cell. */
interface Run {
  readonly isQuiet: boolean;
  readonly args: readonly Value[];
  readonly value: Value;
}

export abstract class CallFollower extends Following {
  /** In the first of two rounds of a loop around: a loop within is followed in full in the second. */
  protected isFirstRound = false;
  readonly #stack: (FunctionCode | ClassCode)[] = [];
  readonly #escaped = new Set<FunctionCode | ClassCode>();
  readonly #memo = new Map<FunctionCode, Run[]>();
  readonly #guesses = new Map<FunctionCode, Map<string, Value>>();

  get isAtTop(): boolean {
    return this.#stack.length === 0;
  }

  /** A value taken along takes its functions along: what those read has to be there. */
  carryOn(value: Value, line: number): void {
    if (value.code.length === 0) return;
    const outer = this.site;
    this.site ??= line;
    this.quiet += 1;
    for (const { closure } of value.code) {
      if (!this.#escaped.has(closure.code)) this.escape(closure, PLAIN);
    }
    this.quiet -= 1;
    this.site = outer;
  }

  /** The code of an argument may be called by who gets it, with any of the arguments. */
  mayCall(code: readonly Carried[], withValue: Value, line: number): void {
    const outer = this.site;
    this.site ??= line;
    for (const { closure, role } of code) if (role !== 'instance') this.escape(closure, withValue);
    this.site = outer;
  }

  protected escape(closure: Closure, argument: Value): void {
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
    const runs = this.#memo.get(code) ?? [];
    const isQuiet = this.isQuiet;
    const known = runs.find(
      (run) =>
        run.isQuiet === isQuiet && run.args.every((arg, at) => isAlike(arg, args[at] ?? PLAIN)),
    );
    if (known) return known.value;
    if (this.#stack.includes(code) || this.#stack.length >= DEEPEST_CALL)
      return merge([PLAIN, ...args]);
    if (runs.length >= MOST_RUNS) return this.#guessed(code, args, runs, line);
    const value = this.run(closure, code, args, line);
    const { length } = runs;
    runs.push({ isQuiet, args, value });
    if (length === 0) this.#memo.set(code, runs);
    return value;
  }

  /** Its reads and bindings are known by now; what it is given may be changed and come back. */
  #guessed(
    code: FunctionCode,
    args: readonly Value[],
    runs: readonly Run[],
    line: number | null,
  ): Value {
    const key = `${this.isQuiet ? 'q' : ''}${args.map(keyOf).join('|')}`;
    const guesses = this.#guesses.get(code) ?? new Map<string, Value>();
    this.#guesses.set(code, guesses);
    const known = guesses.get(key);
    if (known) return known;
    const how = `passed to ${code.name}()`;
    for (const arg of args) {
      this.mutate(arg, { line: line ?? code.line, how, certainty: 'possibly' });
    }
    const made = merge([PLAIN, ...args, ...runs.map((run) => run.value)]);
    guesses.set(key, made);
    return made;
  }

  protected run(
    closure: Closure,
    code: FunctionCode,
    args: readonly Value[],
    line: number | null,
  ): Value {
    const vars = new Map<string, Value>();
    code.params.forEach((param, index) => {
      vars.set(param, args[index] ?? PLAIN);
    });
    const frame: Frame = {
      scope: code,
      kind: 'function',
      cell: this.world.cell,
      vars,
      parent: closure.frame,
    };
    const { site, returned, localWeak, isFirstRound } = this;
    if (line !== null) this.site ??= line;
    this.returned = [];
    this.localWeak = 0;
    // What it gives is kept for later calls.
    this.isFirstRound = false;
    this.#stack.push(code);
    this.weak += 1;
    this.block(code.ops, frame);
    this.weak -= 1;
    this.#stack.pop();
    const value = code.isGenerator ? this.generator(this.returned) : merge(this.returned);
    this.site = site;
    this.returned = returned;
    this.localWeak = localWeak;
    this.isFirstRound = isFirstRound;
    return value;
  }

  protected generator(yielded: readonly Value[]): Value {
    const id = this.world.heap.make('iterator');
    for (const each of yielded) this.world.heap.put(id, each);
    return objectValue(id, codeInside(yielded));
  }
}

/** Whether the function would find the same in it: of what it carries, the code counts and not where it was made. */
function isAlike(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.module !== b.module || (a.text ?? '') !== (b.text ?? '')) return false;
  if (a.code.length !== b.code.length || a.objects.length !== b.objects.length) return false;
  return (
    a.objects.every((share, at) => idOf(share) === idOf(b.objects[at] ?? 0)) &&
    a.code.every((each, at) => each.closure.code === b.code[at]?.closure.code)
  );
}

function keyOf(value: Value): string {
  const code = value.code.map((each) => `${each.closure.code.name}:${each.closure.code.line}`);
  return `${value.objects.map(idOf).join(',')}/${code.join(',')}/${value.module ?? ''}/${value.text ?? ''}`;
}
