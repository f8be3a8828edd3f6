/** Parameters: from the cells tagged `parameters`, and from literals a person promoted. */
import type { CellId } from '../../base/ids';
import { err, ok, type Result } from '../../base/result';
import { studioError } from '../../base/studio-error';
import type { PipelineChoices, PromotedLiteral } from '../choices';
import type { CellSource, NotebookFacts } from '../facts';
import type { Parameter } from '../pipeline';
import { preprocess } from '../python/ipython';
import { childrenOf } from '../python/lower';
import { parsePython } from '../python/parse';

/** `name: type = literal  # doc`, as papermill reads it; a literal may span lines. */
export function parametersOf(cells: readonly CellSource[], choices: PipelineChoices): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const cell of cells) {
    if (cell.type !== 'code' || !cell.tags.includes('parameters')) continue;
    for (const parameter of assignmentsIn(cell)) found.set(parameter.name, parameter);
  }
  for (const literal of choices.literals) {
    const cell = cells.find(({ id }) => id === literal.cellId);
    const start = cell ? whereIs(literal, cell.source) : null;
    if (!cell || start === null) continue;
    found.set(literal.name, fromLiteral(literal, cell, start));
  }
  return [...found.values()].flatMap((parameter) => {
    const { isRemoved, ...change } = choices.parameters[parameter.name] ?? {};
    return isRemoved ? [] : [{ ...parameter, ...change }];
  });
}

/**
 * A `parameters` cell that also computes something runs in a step like any other; there its parameters take the
 * places of their literals.
 */
export function mixedCells(
  parameters: readonly Parameter[],
  facts: NotebookFacts,
  roles: ReadonlyMap<CellId, { readonly kind: string } | null>,
): ReadonlySet<CellId> {
  const names = new Set(parameters.map(({ name }) => name));
  return new Set(
    facts.flatMap((fact) => {
      if (roles.get(fact.cellId)?.kind !== 'parameters') return [];
      const others = new Set(fact.imports.flatMap((each) => each.names));
      const isPlain = fact.bound.every(({ name }) => names.has(name) || others.has(name));
      return isPlain && fact.mutated.length === 0 ? [] : [fact.cellId];
    }),
  );
}

function fromLiteral({ name, text }: PromotedLiteral, cell: CellSource, start: number): Parameter {
  return {
    name,
    type: typeOf(text, '', name),
    defaultSource: text,
    doc: '',
    cellId: cell.id,
    line: lineAt(cell.source, start),
    origin: 'literal',
    start,
    end: start + text.length,
  };
}

/** At its old place, or at the nearest where the cell was edited around it; null where it is gone. */
function whereIs({ start, text }: PromotedLiteral, source: string): number | null {
  if (source.startsWith(text, start)) return start;
  let nearest: number | null = null;
  for (let at = source.indexOf(text); at >= 0; at = source.indexOf(text, at + 1)) {
    const literal = findLiteral(source, at, at + text.length);
    if (literal?.start !== at || literal.text !== text) continue;
    if (nearest === null || Math.abs(at - start) < Math.abs(nearest - start)) nearest = at;
  }
  return nearest;
}

const lineAt = (source: string, offset: number) => source.slice(0, offset).split('\n').length;

function assignmentsIn(cell: CellSource): Parameter[] {
  const { tree } = parsePython(preprocess(cell.source).text);
  return tree.topNode.getChildren('AssignStatement').flatMap((node) => {
    const children = childrenOf(node);
    const [target, ...rest] = children;
    const annotation = rest.find((child) => child.name === 'TypeDef');
    const value = children.at(-1);
    const signs = children.filter((child) => child.name === 'AssignOp');
    if (target?.name !== 'VariableName' || signs.length !== 1 || !value) return [];
    const source = cell.source.slice(value.from, value.to);
    if (!isLiteral(source)) return [];
    const name = cell.source.slice(target.from, target.to);
    const type = annotation ? cell.source.slice(annotation.from + 1, annotation.to) : '';
    const comment = commentAfter(cell.source, value.to);
    const declared = /^type:\s*([\w.]+)/.exec(comment);
    return [
      {
        name,
        type: typeOf(source, type || (declared?.[1] ?? ''), name),
        defaultSource: source,
        doc: declared ? comment.slice(declared[0].length).trim() : comment,
        cellId: cell.id,
        line: lineAt(cell.source, target.from),
        origin: 'cell' as const,
        start: value.from,
        end: value.to,
      },
    ];
  });
}

const commentAfter = (source: string, end: number) =>
  /^[ \t]*;?[ \t]*#[ \t]*(.*)/.exec(source.slice(end))?.[1]?.trim() ?? '';

const NUMBER = /^[+-]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)([eE][+-]?\d+)?$/;
const STRING = /^[rRuU]?("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')$/;

export function isLiteral(text: string): boolean {
  const plain = text.trim();
  if (NUMBER.test(plain) || STRING.test(plain) || /^(True|False|None)$/.test(plain)) return true;
  if (!/^[[({][\s\S]*[\])}]$/.test(plain)) return false;
  const inner = plain.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '0');
  return /^[[({\])},:\s\d._+eE-]*(True|False|None|[[({\])},:\s\d._+eE-])*$/.test(inner);
}

const SECRET = /(?:^|_)(?:password|passwd|secret|token|api_?key|access_?key)$/i;
const PATH =
  /^["'](?:[.~]{0,2}\/|[\w-]+\/)|\.(?:csv|tsv|parquet|json|xlsx?|txt|pkl|npy|joblib|ya?ml)["']$/;

function typeOf(value: string, annotation: string, name: string): Parameter['type'] {
  const known = annotation.trim().toLowerCase();
  if (['int', 'float', 'bool', 'list', 'date'].includes(known)) return known as Parameter['type'];
  if (known === 'path' || known === 'pathlib.path') return 'path';
  if (/^(?:dict|json)\b/.test(known)) return 'json';
  if (/^list\[/.test(known)) return 'list';
  if (STRING.test(value)) {
    if (SECRET.test(name)) return 'secret';
    if (known === 'str') return 'str';
    if (/^["']\d{4}-\d{2}-\d{2}["']$/.test(value)) return 'date';
    return PATH.test(value) ? 'path' : 'str';
  }
  if (/^(?:True|False)$/.test(value)) return 'bool';
  if (/^[+-]?\d[\d_]*$/.test(value)) return 'int';
  if (NUMBER.test(value)) return 'float';
  return value.startsWith('[') || value.startsWith('(') ? 'list' : 'json';
}

/** The literal that a selection encloses or a cursor is in. */
export function findLiteral(
  source: string,
  start: number,
  end: number,
): { start: number; end: number; text: string } | null {
  const tokens =
    /[rRuU]?"(?:[^"\\\n]|\\.)*"|[rRuU]?'(?:[^'\\\n]|\\.)*'|(?<![\w.])(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?!\w)|\b(?:True|False|None)\b/g;
  const selected = source.slice(start, end).trim();
  if (selected && isLiteral(selected)) {
    const from = start + source.slice(start, end).indexOf(selected);
    return { start: from, end: from + selected.length, text: selected };
  }
  for (const match of source.matchAll(tokens)) {
    const to = match.index + match[0].length;
    if (match.index <= start && end <= to) return { start: match.index, end: to, text: match[0] };
  }
  return null;
}

const CHECKS: Partial<Record<Parameter['type'], { readonly test: RegExp; readonly say: string }>> =
  {
    int: { test: /^[+-]?\d[\d_]*$/, say: 'a whole number' },
    float: { test: NUMBER, say: 'a number' },
    bool: { test: /^(true|false)$/i, say: 'True or False' },
    date: {
      test: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
      say: 'a date like 2026-11-21',
    },
    list: { test: /^[[(][\s\S]*[\])]$/, say: 'a list like [1, 2]' },
    path: { test: /\S/, say: 'a path' },
  };

/** A value typed by a person, checked against the parameter's type and range; answers the text as it is passed on. */
export function parseParameterValue(parameter: Parameter, text: string): Result<string> {
  const refuse = (why: string) =>
    err(studioError('invalid-input', `${parameter.name} takes ${why}, not “${text}”.`));
  const check = CHECKS[parameter.type];
  const value = text.trim();
  if (check && !check.test.test(value)) return refuse(check.say);
  if ((parameter.type === 'list' || parameter.type === 'json') && !isLiteral(value)) {
    return refuse('plain values (numbers, texts, True, False, None, lists)');
  }
  const number = Number(value.replaceAll('_', ''));
  const { minimum, maximum, values } = parameter;
  if (minimum !== undefined && number < minimum) return refuse(`${minimum} or more`);
  if (maximum !== undefined && number > maximum) return refuse(`${maximum} or less`);
  if (values && values.length > 0 && !values.includes(value))
    return refuse(`one of ${values.join(', ')}`);
  return ok(value);
}
