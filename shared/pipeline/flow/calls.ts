/** What a call does, told apart by who is called: the notebook's own code, a library, a method, or the unknown. */
import type { Expr } from '../python/program';
import { type CallSite, callClosure, findMethod, methodOf, noteEnvironment } from './call-site';
import type { CallRules, Following } from './following';
import { callLibrary } from './library-calls';
import { callMethod } from './method-calls';
import {
  type Carried,
  type Closure,
  codeInside,
  type Frame,
  memberOf,
  merge,
  objectValue,
  PLAIN,
  type Value,
} from './value';

export const callRules: CallRules = {
  call(expr, frame, follower) {
    const { callee } = expr;
    const base = callee.kind === 'attribute' ? follower.eval(callee.of, frame) : null;
    const called = base === null ? evalCallee(callee, frame, follower) : PLAIN;
    const values = expr.args.map((each) => follower.eval(each.value, frame));
    const site: CallSite = { args: expr.args, values, line: expr.line, follower };
    if (base !== null && callee.kind === 'attribute') {
      if (base.module === null) return callMethod(base, callee.name, site);
      return callLibrary(memberOf(base.module, callee.name).module ?? '', site);
    }
    if (called.module !== null) return callLibrary(called.module, site);
    return callValue(called, site, callee.kind === 'name' ? callee.name : 'it');
  },

  readAttribute(base, name, line, follower) {
    if (base.module === 'sys' && name === 'argv') {
      follower.record.noteUnknowable(
        follower.line(line),
        'sys.argv is the kernel’s own in a notebook. Make what it holds a parameter.',
        true,
      );
    }
  },

  readItem(base, key, line, follower) {
    if (base.module === 'os.environ' && key.text !== null)
      noteEnvironment(key.text, line, follower);
  },
};

/** The name of what is called is read; its code runs with these arguments rather than unknown ones. */
function evalCallee(callee: Expr, frame: Frame | null, follower: Following): Value {
  if (callee.kind !== 'name') return follower.eval(callee, frame);
  return follower.lookUp(callee.name, callee.line, frame);
}

/** A function, class or object of the notebook, or a value nothing is known of. */
export function callValue(called: Value, site: CallSite, name: string): Value {
  const { follower, values, line } = site;
  const own = called.code.filter((each) => each.role === 'itself');
  const others = codeInside(values);
  if (own.length === 0) {
    const instance = methodOf(called, '__call__') ?? methodOf(called, 'forward');
    if (instance) return callClosure(instance, [called], site);
    follower.carryOn(called, line);
    follower.mayCall(others, follower.world.heap.part(merge(values)), line);
    follower.mutate(called, { line, how: `${name}(…) called`, certainty: 'possibly' });
    if (called.objects.length === 0 && called.text === null) unknownCall(name, site);
    return follower.hold([...values, called].map((each) => follower.world.heap.part(each)));
  }
  const results = own.map((each) => callOwn(each.closure, site));
  const inside = called.code.filter((each) => each.role === 'inside');
  if (inside.length > 0) follower.mayCall(inside, merge(values), line);
  return merge(results);
}

/** Nothing is known of the function: it may change what it is given. */
function unknownCall(name: string, site: CallSite): void {
  for (const value of site.values) {
    site.follower.mutate(value, {
      line: site.line,
      how: `passed to ${name}()`,
      certainty: 'possibly',
    });
  }
}

function callOwn(closure: Closure, site: CallSite): Value {
  if (closure.code.kind === 'function')
    return withCode(callClosure(closure, [], site), closure, site);
  const { follower, values } = site;
  const made = follower.world.heap.make();
  for (const value of values) follower.world.heap.put(made, value);
  const code: Carried[] = [{ closure, role: 'instance' }, ...codeInside(values)];
  const self = objectValue(made, code);
  const start = findMethod(closure, '__init__');
  if (start) callClosure(start, [self], site);
  else follower.mayCall(codeInside(values), PLAIN, site.line);
  return self;
}

/** What a function makes may call on what the function reads. */
function withCode(value: Value, closure: Closure, site: CallSite): Value {
  const { code } = closure;
  if (code.kind !== 'function') return value;
  const held =
    value.objects.length > 0
      ? value
      : { ...value, objects: objectValue(site.follower.world.heap.make()).objects };
  if (!code.makesCode) return held;
  return { ...held, code: [...held.code, { closure, role: 'inside' }] };
}
