/** Code that runs or may run later: functions of the notebook entered with their arguments, and what is carried along. */
import type { ClassCode, FunctionCode } from '../python/program';
import { Following } from './following';
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

export abstract class CallFollower extends Following {
  readonly #stack: (FunctionCode | ClassCode)[] = [];
  readonly #escaped = new Set<FunctionCode | ClassCode>();
  readonly #memo = new Map<FunctionCode, { key: string; value: Value }[]>();

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
    const key = `${this.quiet > 0 ? 'q' : ''}${args.map(keyOf).join('|')}`;
    const known = this.#memo.get(code)?.find((each) => each.key === key);
    if (known) return known.value;
    if (this.#stack.includes(code) || this.#stack.length >= DEEPEST_CALL)
      return merge([PLAIN, ...args]);
    const list = this.#memo.get(code) ?? [];
    const value =
      list.length < MOST_RUNS
        ? this.run(closure, code, args, line)
        : this.#guess(code, args, list, line);
    list.push({ key, value });
    this.#memo.set(code, list);
    return value;
  }

  /** Its reads and bindings are known by now; what it is given may be changed and come back. */
  #guess(
    code: FunctionCode,
    args: readonly Value[],
    known: readonly { value: Value }[],
    line: number | null,
  ): Value {
    const how = `passed to ${code.name}()`;
    for (const arg of args) {
      this.mutate(arg, { line: line ?? code.line, how, certainty: 'possibly' });
    }
    return merge([PLAIN, ...args, ...known.slice(0, MOST_RUNS).map((each) => each.value)]);
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
    const outer = { site: this.site, returned: this.returned, weak: this.localWeak };
    if (line !== null) this.site ??= line;
    this.returned = [];
    this.localWeak = 0;
    this.#stack.push(code);
    const { sure } = this.record;
    this.record.sure = new Set(sure);
    this.weak += 1;
    this.block(code.ops, frame);
    this.weak -= 1;
    this.record.sure = sure;
    this.#stack.pop();
    const value = code.isGenerator ? this.generator(this.returned) : merge(this.returned);
    this.site = outer.site;
    this.returned = outer.returned;
    this.localWeak = outer.weak;
    return value;
  }

  protected generator(yielded: readonly Value[]): Value {
    const id = this.world.heap.make('iterator');
    for (const each of yielded) this.world.heap.put(id, each);
    return objectValue(id, codeInside(yielded));
  }
}

function keyOf(value: Value): string {
  const code = value.code.map((each) => `${each.closure.code.name}:${each.closure.code.line}`);
  return `${[...value.objects.keys()].join(',')}/${code.join(',')}/${value.module ?? ''}/${value.text ?? ''}`;
}
