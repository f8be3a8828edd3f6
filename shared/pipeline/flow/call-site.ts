/** A call at hand: its arguments by place and name, and the notebook's own code behind it. */
import type { Argument } from '../python/program';
import type { Following } from './following';
import { type Closure, PLAIN, type Value } from './value';

export interface CallSite {
  readonly args: readonly Argument[];
  readonly values: readonly Value[];
  readonly line: number;
  readonly follower: Following;
}

export function noteEnvironment(name: string, line: number, follower: Following): void {
  const { environment } = follower.record;
  if (!environment.has(name)) environment.set(name, follower.line(line));
}

/** `out=x` is where the result goes. A generator that is handed on is drawn from. */
export function noteOut(site: CallSite): void {
  const { follower, line } = site;
  site.args.forEach((arg, index) => {
    const value = site.values[index] ?? PLAIN;
    if (arg.keyword === 'out') follower.mutate(value, { line, how: 'out=', certainty: 'surely' });
    if (arg.keyword === 'random_state' || arg.keyword === 'rng' || arg.keyword === 'generator') {
      follower.mutate(value, { line, how: `${arg.keyword}=`, certainty: 'possibly' });
    }
  });
}

/** Positional arguments in turn, keywords by name; what finds no parameter may be in any that is left. */
export function callClosure(closure: Closure, first: readonly Value[], site: CallSite): Value {
  if (closure.code.kind !== 'function') return PLAIN;
  const { params } = closure.code;
  const positional = [...first];
  const byName = new Map<string, Value>();
  const extra: Value[] = [];
  site.args.forEach((arg, index) => {
    const value = site.values[index] ?? PLAIN;
    if (arg.keyword === null) positional.push(value);
    else if (params.includes(arg.keyword)) byName.set(arg.keyword, value);
    else extra.push(value);
  });
  extra.push(...positional.slice(params.length));
  const rest = extra.length > 0 ? site.follower.hold(extra) : (closure.defaults ?? PLAIN);
  const given = params.map((param, index) => byName.get(param) ?? positional[index] ?? rest);
  return site.follower.enter(closure, given, site.line);
}

export function findMethod(closure: Closure, name: string, depth = 0): Closure | null {
  const own = closure.members?.vars.get(name)?.code.find((each) => each.role === 'itself');
  if (own) return own.closure;
  if (depth > 8) return null;
  for (const base of closure.bases?.code ?? []) {
    const found = findMethod(base.closure, name, depth + 1);
    if (found) return found;
  }
  return null;
}

/** The method of the notebook's own class that this object would run. */
export function methodOf(value: Value, name: string): Closure | null {
  for (const each of value.code) {
    if (each.role === 'inside' || each.closure.code.kind !== 'class') continue;
    const found = findMethod(each.closure, name);
    if (found) return found;
  }
  return null;
}

export function keywordOf(site: CallSite, name: string): Argument | null {
  return site.args.find((each) => each.keyword === name) ?? null;
}

/** The argument at a place, or by its name. */
export function argumentAt(site: CallSite, place: number, name?: string): Value | null {
  const named = name === undefined ? -1 : site.args.findIndex((each) => each.keyword === name);
  if (named >= 0) return site.values[named] ?? null;
  let seen = -1;
  for (let index = 0; index < site.args.length; index += 1) {
    if (site.args[index]?.keyword === null) seen += 1;
    if (seen === place) return site.values[index] ?? null;
  }
  return null;
}

export function isTrue(argument: Argument | null): boolean {
  return argument?.value.kind === 'constant' && argument.value.literal === 'True';
}

export function isGiven(argument: Argument | null): boolean {
  return (
    argument !== null && !(argument.value.kind === 'constant' && argument.value.literal === 'None')
  );
}
