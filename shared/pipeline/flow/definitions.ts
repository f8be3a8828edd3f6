/** Functions and classes at the top of a cell, with all the notebook names they need, however deep. */
import type { Definition } from '../facts';
import type { Op, Target, TopStatement } from '../python/program';
import type { ReadCell } from '../python/read-cell';
import { callRules } from './calls';
import { CellRecord } from './cell-record';
import { Follower } from './follower';
import type { Value } from './value';
import type { World } from './world';

/** Answers when all cells were followed: a function may call one that a later cell defines. */
export function definitionsOf(program: ReadCell, world: World): (() => Definition[]) | null {
  if (!program.statements.some(definedBy)) return null;
  const all = program.statements.flatMap((statement) => definedBy(statement)?.name ?? []);
  const isTwice = (name: string) => all.indexOf(name) !== all.lastIndexOf(name);
  const found = program.statements.flatMap((statement) => {
    const made = definedBy(statement);
    const value = made ? world.names.get(made.name)?.value : undefined;
    return made && value && isItsCode(value, statement) ? [{ ...made, statement, value }] : [];
  });
  return () =>
    found.map(({ name, kind, rebinds, statement, value }) => ({
      name,
      kind,
      line: statement.line,
      endLine: statement.endLine,
      text: statement.text,
      reads: readsOf(statement, value, world).filter((each) => each !== name),
      fixed: readsOf(statement, null, world).filter((each) => each !== name),
      rebinds,
      isChanged: isTwice(name) || isReboundIn(name, program),
      isMovable: false,
    }));
}

/** By another statement of its cell: `f = wrap(f)`. */
function isReboundIn(name: string, program: ReadCell): boolean {
  return program.statements.some((statement) => {
    if (definedBy(statement)?.name === name) return false;
    return bindsAnywhere(statement.ops, name);
  });
}

function bindsAnywhere(ops: readonly Op[], name: string): boolean {
  const isIt = (target: Target): boolean =>
    target.kind === 'tuple'
      ? target.items.some(isIt)
      : target.kind === 'name' && target.name === name;
  return ops.some((op) => {
    switch (op.op) {
      case 'assign':
      case 'iterate':
        return op.targets.some(isIt);
      case 'augment':
        return isIt(op.target);
      case 'enter':
        return op.target !== null && isIt(op.target);
      case 'define':
        return op.code.name === name;
      case 'import':
        return op.names.some((each) => each.name === name);
      case 'branch':
        return op.arms.some((arm) => bindsAnywhere(arm, name));
      case 'loop':
        return [op.body, op.orElse].some((each) => bindsAnywhere(each, name));
      case 'try':
        return [op.body, op.orElse, op.last, ...op.handlers].some((each) =>
          bindsAnywhere(each, name),
        );
      default:
        return false;
    }
  });
}

interface Defined {
  readonly name: string;
  readonly kind: Definition['kind'];
  readonly rebinds: string[];
}

function definedBy(statement: TopStatement): Defined | null {
  const [op, ...more] = statement.ops;
  if (!op || more.length > 0) return null;
  if (op.op === 'define')
    return { name: op.code.name, kind: op.code.kind, rebinds: [...op.code.globals] };
  if (op.op !== 'assign' || op.value.kind !== 'function') return null;
  const [target] = op.targets;
  if (op.targets.length !== 1 || target?.kind !== 'name') return null;
  return { name: target.name, kind: 'function', rebinds: [] };
}

function isItsCode(value: Value, statement: TopStatement): boolean {
  const [op] = statement.ops;
  const code = op ? codeOf(op) : null;
  return value.code.some((each) => each.closure.code === code);
}

function codeOf(op: Op) {
  if (op.op === 'define') return op.code;
  return op.op === 'assign' && op.value.kind === 'function' ? op.value.code : null;
}

/** All it needs; without a value what it needs to be defined. */
function readsOf(statement: TopStatement, value: Value | null, world: World): string[] {
  const record = new CellRecord();
  const follower = new Follower(world, record, callRules);
  if (value) follower.carryOn(value, statement.line);
  const [op] = statement.ops;
  if (op?.op === 'define') follower.readOnly(op.before, op.code.kind === 'class' ? op.code : null);
  return [...record.reads.keys()];
}
