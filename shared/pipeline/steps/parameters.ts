/** Parameters: from the cells tagged `parameters`, and from literals a person promoted. */
import { err, ok, type Result } from '../../base/result';
import { studioError } from '../../base/studio-error';
import type { PipelineChoices } from '../choices';
import type { CellSource } from '../facts';
import type { Parameter } from '../pipeline';

const ASSIGNMENT = /^([A-Za-z_]\w*)\s*(?::\s*([^=#]+?))?\s*=\s*(.+?)\s*$/;

/** One a line: `name: type = literal  # doc`, as papermill reads it. */
export function parametersOf(cells: readonly CellSource[], choices: PipelineChoices): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const cell of cells) {
    if (cell.type !== 'code' || !cell.tags.includes('parameters')) continue;
    for (const [at, text] of cell.source.split('\n').entries()) {
      const parameter = parseLine(text, cell, at + 1);
      if (parameter) found.set(parameter.name, parameter);
    }
  }
  for (const { name, cellId, start, end, text } of choices.literals) {
    const cell = cells.find(({ id }) => id === cellId);
    if (!cell || cell.source.slice(start, end) !== text) continue;
    const line = cell.source.slice(0, start).split('\n').length;
    found.set(name, {
      name,
      type: typeOf(text, ''),
      defaultSource: text,
      doc: '',
      cellId,
      line,
      origin: 'literal',
      start,
      end,
    });
  }
  return [...found.values()].flatMap((parameter) => {
    const { isRemoved, ...change } = choices.parameters[parameter.name] ?? {};
    return isRemoved ? [] : [{ ...parameter, ...change }];
  });
}

function parseLine(text: string, cell: CellSource, line: number): Parameter | null {
  const { code, comment } = splitComment(text);
  const match = ASSIGNMENT.exec(code);
  const [, name, annotation = '', value] = match ?? [];
  if (!name || value === undefined || !isLiteral(value)) return null;
  return {
    name,
    type: typeOf(value, annotation),
    defaultSource: value,
    doc: comment,
    cellId: cell.id,
    line,
    origin: 'cell',
  };
}

function splitComment(text: string): { code: string; comment: string } {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#') return { code: text.slice(0, at), comment: text.slice(at + 1).trim() };
  }
  return { code: text, comment: '' };
}

const NUMBER = /^[+-]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)([eE][+-]?\d+)?$/;
const STRING = /^[rRuU]?("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')$/;

export function isLiteral(text: string): boolean {
  const plain = text.trim();
  if (NUMBER.test(plain) || STRING.test(plain) || /^(True|False|None)$/.test(plain)) return true;
  if (!/^[[({][\s\S]*[\])}]$/.test(plain)) return false;
  const inner = plain.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '0');
  return /^[[({\])},:\s\d._+eE-]*(True|False|None|[[({\])},:\s\d._+eE-])*$/.test(inner);
}

function typeOf(value: string, annotation: string): Parameter['type'] {
  const known = annotation.trim().toLowerCase();
  if (['int', 'float', 'bool', 'str', 'list', 'date'].includes(known))
    return known as Parameter['type'];
  if (known === 'path' || known === 'pathlib.path') return 'path';
  if (/^(true|false)$/i.test(value)) return 'bool';
  if (/^[+-]?\d[\d_]*$/.test(value)) return 'int';
  if (NUMBER.test(value)) return 'float';
  if (STRING.test(value))
    return /^["'](?:\.{0,2}\/|[\w-]+\/)|\.(csv|parquet|json|xlsx?|txt|pkl|npy)["']$/.test(value)
      ? 'path'
      : 'str';
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
    date: { test: /^\d{4}-\d{2}-\d{2}$/, say: 'a date like 2026-11-21' },
  };

/** A value typed by a person, checked against the parameter's type and range; answers the text as it is passed on. */
export function parseParameterValue(parameter: Parameter, text: string): Result<string> {
  const refuse = (why: string) =>
    err(studioError('invalid-input', `${parameter.name} takes ${why}, not “${text}”.`));
  const check = CHECKS[parameter.type];
  const value = text.trim();
  if (check && !check.test.test(value)) return refuse(check.say);
  const number = Number(value.replaceAll('_', ''));
  const { minimum, maximum, values } = parameter;
  if (minimum !== undefined && number < minimum) return refuse(`${minimum} or more`);
  if (maximum !== undefined && number > maximum) return refuse(`${maximum} or less`);
  if (values && values.length > 0 && !values.includes(value))
    return refuse(`one of ${values.join(', ')}`);
  return ok(value);
}
