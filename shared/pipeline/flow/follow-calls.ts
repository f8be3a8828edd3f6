/** Code that runs or may run later: functions of the notebook entered with their arguments, and what is carried along. */
import type { ClassCode, FunctionCode } from '../python/program';
import { ANY, MOST_ROUNDS, newestOf } from './changes';
import { Following } from './following';
import { idOf, type ObjectId } from './objects';
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
  readonly frame: Frame | null;
  readonly args: readonly Value[];
  value: Value;
  /** What it looked up outside of itself, and up to when that is known to be as it was. */
  reads: ReadonlySet<string>;
  knownUntil: number;
  /** It put something into what was there before. */
  isKeeping: boolean;
  /** It depends on what holds what. */
  isLooking: boolean;
}

const NO_NAMES: ReadonlySet<string> = new Set();
const NOT_RUN = {
  value: PLAIN,
  reads: NO_NAMES,
  knownUntil: 0,
  isKeeping: false,
  isLooking: false,
};

/** A function that is being followed. Where it calls itself, what it gives itself is added to its arguments. */
interface Active {
  readonly code: FunctionCode | ClassCode;
  readonly args: Value[];
  value: Value;
  isMet: boolean;
  /** The youngest object that came to its arguments in this round. */
  given: ObjectId;
}

export abstract class CallFollower extends Following {
  /** In the first round of a loop around: a loop within is followed in full in the next. */
  protected isFirstRound = false;
  /** Objects that were made in the first round around, or before it. */
  #oldest: ObjectId = ANY;
  readonly #stack: Active[] = [];
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

  /** A body that runs again and again is followed until a round brings nothing new. */
  protected rounds(frame: Frame | null, body: () => void): void {
    const isFirst = this.isFirstRound;
    const oldest = this.#oldest;
    const { changes, heap } = this.world;
    for (let round = 1; ; round += 1) {
      this.isFirstRound = isFirst || round === 1;
      const then = changes.now;
      body();
      if (isFirst || !changes.hasSince(then, this.#oldest, frame?.birth ?? 0)) break;
      if (round === 1) this.#oldest = Math.min(oldest, heap.last);
      if (round === MOST_ROUNDS) {
        this.#noteEntangled();
        break;
      }
    }
    this.isFirstRound = isFirst;
    this.#oldest = oldest;
  }

  #noteEntangled(): void {
    this.record.noteUnknowable(
      1,
      'This cell hands its names on for so many rounds that not all could be followed.',
    );
  }

  /** Calls a function of the notebook with these arguments, one per parameter. */
  enter(closure: Closure, args: readonly Value[], line: number | null): Value {
    const { code } = closure;
    if (code.kind !== 'function') return PLAIN;
    const runs = this.#memo.get(code) ?? [];
    const isQuiet = this.isQuiet;
    const known = runs.find(
      (run) =>
        run.isQuiet === isQuiet &&
        run.frame === closure.frame &&
        run.args.every((arg, at) => isAlike(arg, args[at] ?? PLAIN)),
    );
    if (known && this.#isStill(known)) {
      this.#askAgain(known.reads);
      return known.value;
    }
    const active = this.#stack.find((each) => each.code === code);
    // Who is only handed a function may call it, and not in turn.
    if (active) return line === null ? merge([PLAIN, ...args]) : this.#meet(active, args);
    if (this.#stack.length >= DEEPEST_CALL) return this.#guessed(closure, code, args, runs, line);
    if (!known && runs.length >= MOST_RUNS) return this.#guessed(closure, code, args, runs, line);
    const run = known ?? { isQuiet, frame: closure.frame, args, ...NOT_RUN };
    this.#follow(run, closure, code, line);
    if (!known) runs.push(run);
    if (runs.length === 1) this.#memo.set(code, runs);
    return run.value;
  }

  #follow(run: Run, closure: Closure, code: FunctionCode, line: number | null): void {
    const { changes, heap } = this.world;
    const { now: then } = changes;
    const { last, looks } = heap;
    const outer = this.asked;
    const reads = new Set<string>();
    this.asked = reads;
    run.value = this.run(closure, code, run.args, line);
    this.asked = outer;
    this.#askAgain(reads);
    run.reads = reads;
    run.isLooking = heap.looks > looks;
    run.isKeeping = changes.concernsSince(then, NO_NAMES, last);
    run.knownUntil = changes.concernsSince(then, reads, last) ? then : changes.now;
  }

  /** Whether what the function looks at is what it was when it was followed. */
  #isStill(run: Run): boolean {
    const { changes } = this.world;
    const oldest = run.isLooking ? ANY : 0;
    if (!run.isQuiet && changes.concernsSince(run.knownUntil, run.reads, oldest)) return false;
    run.knownUntil = changes.now;
    return true;
  }

  #askAgain(reads: ReadonlySet<string>): void {
    if (this.asked !== null) for (const name of reads) this.asked.add(name);
  }

  /** It calls itself: with these arguments as well. */
  #meet(active: Active, args: readonly Value[]): Value {
    active.isMet = true;
    for (let at = 0; at < active.args.length; at += 1) {
      const old = active.args[at] ?? PLAIN;
      const arg = args[at];
      if (!arg || old === arg) continue;
      active.args[at] = merge([old, arg]);
      const given = newestOf(old, active.args[at] ?? PLAIN);
      if (given >= 0) active.given = active.given < 0 ? given : Math.min(active.given, given);
    }
    return merge([PLAIN, ...args, active.value]);
  }

  /** Its reads and bindings are known by now; what it is given may be changed and come back. */
  #guessed(
    closure: Closure,
    code: FunctionCode,
    given: readonly Value[],
    runs: readonly Run[],
    line: number | null,
  ): Value {
    const args = closure.frame === null ? given : [...given, ...this.#roomOf(closure.frame, runs)];
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
    for (const run of runs) if (run.isKeeping) this.#mayKeep(run.reads, merge([PLAIN, ...args]));
    guesses.set(key, made);
    return made;
  }

  /** What it finds in the functions around it. */
  #roomOf(frame: Frame, runs: readonly Run[]): Value[] {
    const names = new Set(runs.flatMap(({ reads }) => [...reads]));
    const found: Value[] = [];
    for (let at: Frame | null = frame; at; at = at.parent) {
      for (const [name, value] of at.vars) if (names.has(name)) found.push(value);
    }
    return found;
  }

  #mayKeep(names: ReadonlySet<string>, value: Value): void {
    for (const name of names) {
      const keeper = this.world.names.get(name)?.value;
      if (keeper) this.world.heap.putInto(keeper, value);
    }
  }

  protected run(
    closure: Closure,
    code: FunctionCode,
    args: readonly Value[],
    line: number | null,
  ): Value {
    const frame: Frame = {
      scope: code,
      kind: 'function',
      cell: this.world.cell,
      vars: new Map<string, Value>(),
      parent: closure.frame,
      birth: this.world.heap.make(),
    };
    const active: Active = {
      code,
      args: code.params.map((_, at) => args[at] ?? PLAIN),
      value: PLAIN,
      isMet: false,
      given: -1,
    };
    const { site, returned, localWeak, isFirstRound } = this;
    const oldest = this.#oldest;
    if (line !== null) this.site ??= line;
    this.localWeak = 0;
    // What it gives is kept for later calls.
    this.isFirstRound = false;
    this.#oldest = ANY;
    this.#stack.push(active);
    this.weak += 1;
    this.#runUntilSettled(active, code, frame);
    this.weak -= 1;
    this.#stack.pop();
    this.#oldest = oldest;
    this.site = site;
    this.returned = returned;
    this.localWeak = localWeak;
    this.isFirstRound = isFirstRound;
    return active.value;
  }

  /** Once; a function that calls itself until that brings nothing new. */
  #runUntilSettled(active: Active, code: FunctionCode, frame: Frame): void {
    const { changes, heap } = this.world;
    for (let round = 1; ; round += 1) {
      const then = changes.now;
      code.params.forEach((param, at) => {
        frame.vars.set(param, active.args[at] ?? PLAIN);
      });
      active.given = -1;
      this.returned = [];
      this.block(code.ops, frame);
      const old = active.value;
      active.value = code.isGenerator ? this.generator(this.returned) : merge(this.returned);
      if (!active.isMet || this.isQuiet) return;
      const given = newestOf(old, active.value);
      const isNew = [given, active.given].some((id) => id >= 0 && id <= this.#oldest);
      if (!isNew && !changes.hasSince(then, this.#oldest, frame.birth - 1)) return;
      if (round === 1) this.#oldest = heap.last;
      if (round === MOST_ROUNDS) {
        this.#noteEntangled();
        return;
      }
    }
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
