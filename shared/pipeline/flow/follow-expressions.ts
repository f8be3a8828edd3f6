/** Expressions: what they read and change, and what their value may stand for. */
import type { Comprehension, Expr, FunctionCode } from '../python/program';
import { CallFollower } from './follow-calls';
import { parentOf } from './library-calls';
import { SCALAR_ATTRIBUTES } from './methods';
import {
  type Carried,
  type Closure,
  codeInside,
  type Frame,
  memberOf,
  merge,
  objectValue,
  PLAIN,
  textValue,
  type Value,
} from './value';

export abstract class ExpressionFollower extends CallFollower {
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
        return this.item(expr, frame);
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
      case 'asks':
        this.asks(expr, frame);
        return PLAIN;
      case 'walrus': {
        const value = this.eval(expr.value, frame);
        this.store(expr.target, value, frame);
        return value;
      }
      case 'function':
        return this.lambda(expr.code, frame);
      case 'comprehension':
        return this.comprehension(expr.code, frame);
      case 'yield':
        this.returned.push(this.hold([this.eval(expr.value, frame)]));
        return PLAIN;
    }
  }

  /** Of the notebook's own cells it can be told whether a name is there; of a function only its own names. */
  protected asks(expr: Extract<Expr, { kind: 'asks' }>, frame: Frame | null): void {
    const { name, where, line } = expr;
    const { callee } = where;
    const isLocal = callee.kind === 'name' && callee.name !== 'globals';
    if (isLocal && frame?.kind === 'function' && frame.scope.locals.has(name)) return;
    if (frame !== null) {
      this.eval(where, frame);
      return;
    }
    this.record.noteAsked(name, this.line(line));
    if (this.world.names.get(name)) this.lookUp(name, line, frame);
  }

  /** A new object that keeps these. */
  hold(values: readonly Value[]): Value {
    const id = this.world.heap.make();
    for (const value of values) this.world.heap.put(id, value);
    return objectValue(id, codeInside(values));
  }

  attribute(base: Value, name: string, line: number): Value {
    this.rules.readAttribute(base, name, line, this);
    if (base.module !== null) return memberOf(base.module, name);
    if (base.text !== null && name === 'parent') return textValue(parentOf(base.text));
    if (SCALAR_ATTRIBUTES.has(name)) return PLAIN;
    return holdsAttributes(base)
      ? merge([directPart(base), this.world.heap.part(base)])
      : directPart(base);
  }

  protected item(expr: Extract<Expr, { kind: 'item' }>, frame: Frame | null): Value {
    const base = this.eval(expr.of, frame);
    this.rules.readItem(base, this.eval(expr.index, frame), expr.line, this);
    if (base.module !== null) return this.hold([]);
    if (expr.isCopy) return PLAIN;
    const inner = this.world.heap.part(base);
    return merge([directPart(base), inner]);
  }

  protected lambda(code: FunctionCode, frame: Frame | null): Value {
    const closure: Closure = { code, frame, members: null, bases: null, defaults: null };
    return objectValue(this.world.heap.make(), [{ closure, role: 'itself' }]);
  }

  protected comprehension(code: Comprehension, outer: Frame | null): Value {
    const first = this.eval(code.first, outer);
    const locals = new Set([...code.locals, '.0']);
    const scope = { locals, globals: code.globals };
    const frame: Frame = {
      scope,
      kind: 'comprehension',
      cell: this.world.cell,
      vars: new Map([['.0', first]]),
      parent: outer,
      birth: this.world.heap.make(),
    };
    this.weak += 1;
    this.localWeak += 1;
    let results: Value[] = [];
    this.rounds(outer, () => {
      this.block(code.ops, frame);
      results = code.result.map((each) => this.eval(each, frame));
    });
    this.weak -= 1;
    this.localWeak -= 1;
    const id = this.world.heap.make(code.isLazy ? 'iterator' : undefined);
    for (const result of results) this.world.heap.put(id, result);
    if (code.isLazy) this.world.heap.put(id, first);
    return objectValue(id, codeInside(results));
  }
}

/** Of the notebook's own classes and their objects it is known what was put there. */
function holdsAttributes(base: Value): boolean {
  return base.code.some((each) => each.role !== 'inside' && each.closure.code.kind === 'class');
}

/** For changing it in place: `x.a[0]` is changed where `x` is. */
function directPart(base: Value): Value {
  const code = base.code.map(
    (each): Carried => (each.role === 'itself' ? { ...each, role: 'inside' } : each),
  );
  return { ...PLAIN, objects: base.objects, code };
}
