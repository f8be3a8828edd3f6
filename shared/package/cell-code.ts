/** One cell's code as it stands in a function: magics, imports, displayed values and `global` put right. */
import type { SyntaxNode } from '@lezer/common';
import type { CellId } from '../base/ids';
import {
  type AskedName,
  type CellFacts,
  type CellSource,
  isErrorExpected,
  type Parameter,
  type Preprocessed,
  preprocess,
  shownLine,
} from '../pipeline';
import { askedEdits } from './asked-names';
import { magicEdits, writingCode } from './cell-magics';
import type { Origin, PackageProblem } from './package-state';
import { applyEdits, type Edit, type MappedText } from './source-text';
import {
  childrenOf,
  definitionName,
  indentCode,
  lineOf,
  type ParsedCell,
  parseCell,
  type Statement,
} from './statements';

export interface CellInput {
  readonly cell: CellSource;
  readonly facts: CellFacts;
  /** Counted from 1 over all cells. */
  readonly number: number;
}

/** A cell ready to be edited: its Python of the same length and its statements. */
export interface ReadCell extends CellInput {
  readonly python: Preprocessed;
  readonly parsed: ParsedCell;
}

export interface Conversion {
  /** Definitions that live in helpers.py. */
  readonly moved: ReadonlySet<string>;
  /** Import statements that stand at the top of the module, as single lines. */
  readonly hoisted: ReadonlySet<string>;
  readonly parameters: readonly Parameter[];
  /** What it asks by `'x' in globals()`, answered. */
  readonly asked?: readonly AskedName[];
  /** Names it deletes and never had: no step hands on what nobody reads. */
  readonly absent?: ReadonlySet<string>;
  /** Where the notebook's shims are: `notebook`. */
  readonly shims: string;
}

export interface ConvertedCell {
  readonly code: MappedText;
  readonly isEmpty: boolean;
  readonly problems: readonly PackageProblem[];
}

export function readCell(input: CellInput): ReadCell {
  const python = preprocess(input.cell.source);
  return { ...input, python, parsed: parseCell(python.text) };
}

export function convertCell(read: ReadCell, conversion: Conversion): ConvertedCell {
  const problems = cellProblems(read);
  if (problems.some((each) => each.severity === 'error') || read.python.isIsolated) {
    return { code: { text: '', origins: [null] }, isEmpty: true, problems };
  }
  const writing = writingCode(read.cell, conversion.shims);
  if (writing) return { code: writing, isEmpty: false, problems };
  const removed = removals(read, conversion);
  const magics = magicEdits(read.cell, read.python, conversion.shims);
  const kept = read.parsed.statements.filter(
    (each) => !isCovered(each, removed) && !isCovered(each, magics),
  );
  const edits = [
    ...removed,
    ...magics,
    ...literalEdits(read, conversion.parameters),
    ...scopeEdits(read.parsed.top, read.parsed.text),
    ...askedEdits(read.parsed, conversion.asked ?? []),
    ...displayEdits(read, kept.at(-1), conversion.shims),
  ];
  const code = trimBlank(applyEdits(read.python.text, edits, originIn(read.cell)));
  const isEmpty = !/^\s*[^\s#]/m.test(code.text);
  const isTried = !isEmpty && isErrorExpected(read.cell.tags);
  return { code: isTried ? tried(code, conversion.shims) : code, isEmpty, problems };
}

/** The notebook shows the error and goes on. */
function tried({ text, origins }: MappedText, shims: string): MappedText {
  const end = ['except Exception:', `    ${shims}.show_error()`];
  return {
    text: ['try:', indentCode(text, '    '), ...end].join('\n'),
    origins: [null, ...origins, null, null],
  };
}

/** A definition's own text, for a step that repeats it. */
export function definitionCode(read: ReadCell, name: string): MappedText | null {
  const statement = read.parsed.statements.findLast(
    (each) => definitionName(each.node, read.parsed.text) === name,
  );
  if (!statement) return null;
  const { text } = read.parsed;
  const edits = [
    { from: 0, to: statement.from, text: '' },
    ...scopeEdits(statement.node, text),
    { from: statement.to, to: text.length, text: '' },
  ];
  return applyEdits(read.python.text, edits, originIn(read.cell));
}

export function statementText(statement: Statement, text: string): string {
  return text
    .slice(statement.from, statement.to)
    .replace(/#[^\n]*/g, '')
    .replace(/\\\n/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/,? \)|,\)/g, ')')
    .trim();
}

export function originIn(cell: CellSource): (offset: number) => Origin {
  return (offset) => ({ cellId: cell.id, line: shownLine(cell, lineOf(cell.source, offset)) });
}

function removals({ parsed }: ReadCell, conversion: Conversion): Edit[] {
  const { text } = parsed;
  return parsed.statements.flatMap((statement) => {
    const name = definitionName(statement.node, text);
    if (name && conversion.moved.has(name)) {
      const what = statement.name === 'ClassDefinition' ? name : `${name}()`;
      return [{ from: statement.from, to: statement.to, text: `# ${what} is in helpers.py.` }];
    }
    if (statement.name === 'DeleteStatement') return deletion(statement, text, conversion.absent);
    if (statement.name !== 'ImportStatement') return [];
    return conversion.hoisted.has(statementText(statement, text))
      ? [withoutLine(statement, text)]
      : [];
  });
}

function deletion(
  { node, from, to }: Statement,
  text: string,
  absent: ReadonlySet<string> = new Set(),
): Edit[] {
  const names = childrenOf(node)
    .filter((child) => child.name !== 'del' && child.name !== ',')
    .map((child) => text.slice(child.from, child.to));
  const present = names.filter((name) => !absent.has(name));
  if (present.length === names.length) return [];
  const kept = present.length > 0 ? `del ${present.join(', ')}` : '';
  return [{ from, to, text: kept || `pass  # ${text.slice(from, to)}: it is not here.` }];
}

/** The statement with its line break where it stands alone on its lines. */
function withoutLine({ from, to }: Statement, text: string): Edit {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const isFirst = text.slice(lineStart, from).trim() === '';
  const rest = /^[ \t]*(?:;[ \t]*(?!\n|$)|;?[ \t]*(#[^\n]*)?(\n|$))/.exec(text.slice(to));
  if (!rest) return { from, to, text: 'pass' };
  if (!isFirst) return { from, to, text: 'pass' };
  return { from, to: to + rest[0].length, text: rest[1] ? `${rest[1]}\n` : '' };
}

function isCovered(statement: Statement, edits: readonly Edit[]): boolean {
  return edits.some(
    (edit) => edit.from <= statement.from && statement.from < Math.max(edit.to, edit.from + 1),
  );
}

function literalEdits({ cell }: ReadCell, parameters: readonly Parameter[]): Edit[] {
  return parameters.flatMap((each) =>
    each.origin === 'literal' &&
    each.cellId === cell.id &&
    each.start !== undefined &&
    each.end !== undefined
      ? [{ from: each.start, to: each.end, text: each.name }]
      : [],
  );
}

/** What was global to the notebook is local to the step: functions within rebind it by `nonlocal`. */
function scopeEdits(top: SyntaxNode, text: string): Edit[] {
  const edits: Edit[] = [];
  const visit = (node: SyntaxNode, isInFunction: boolean): void => {
    if (node.name === 'ScopeStatement' && text.startsWith('global', node.from)) {
      const to = isInFunction ? node.from + 'global'.length : node.to;
      edits.push({ from: node.from, to, text: isInFunction ? 'nonlocal' : 'pass' });
      return;
    }
    const isFunction = isInFunction || node.name === 'FunctionDefinition';
    for (let child = node.firstChild; child; child = child.nextSibling) visit(child, isFunction);
  };
  visit(top, false);
  return edits;
}

const SHOWS_NOTHING = /^(?:print|display|plt\.show|\w+\.append)\s*\(/;

/** The last line's value is shown, unless a semicolon says not to. */
function displayEdits({ parsed }: ReadCell, last: Statement | undefined, shims: string): Edit[] {
  if (last?.name !== 'ExpressionStatement' || last !== parsed.statements.at(-1)) return [];
  const { text } = parsed;
  const code = text.slice(last.from, last.to);
  if (/^[ \t]*;/.test(text.slice(last.to)) || SHOWS_NOTHING.test(code)) return [];
  const hasComma = last.node.getChild(',') !== null;
  const isBare = /^["'\d]/.test(code) && !code.includes('(');
  if (isBare) return [];
  return [
    { from: last.from, to: last.from, text: `${shims}.show(${hasComma ? '(' : ''}` },
    { from: last.to, to: last.to, text: hasComma ? '))' : ')' },
  ];
}

function cellProblems({ cell, facts, number, python, parsed }: ReadCell): PackageProblem[] {
  const at = (severity: PackageProblem['severity'], line: number | null, message: string) => ({
    severity,
    message: `Cell ${number}: ${message}`,
    cellId: cell.id as CellId,
    line: line && shownLine(cell, line),
  });
  const error = facts.error ?? parsed.error;
  if (error) {
    const line = 'line' in error ? error.line : lineOf(parsed.text, error.offset);
    return [at('error', line, error.message)];
  }
  const problems: PackageProblem[] = [];
  const hasPlace = python.magics.some(
    ({ effect }) => effect === 'dropped' || effect === 'rewritten',
  );
  if (python.foreign !== null && !hasPlace) {
    return [
      at(
        'error',
        1,
        `%%${python.foreign} is not Python and can’t become part of a step. Skip the cell, or write it in Python.`,
      ),
    ];
  }
  if (python.captured) {
    problems.push(
      at(
        'error',
        1,
        '%%capture into a variable has no meaning in a step. Skip the cell, or take the name away.',
      ),
    );
  }
  if (python.isIsolated) {
    problems.push(
      at('note', 1, 'it only measures how long code takes, so it is left out of the step.'),
    );
  }
  for (const magic of python.magics) {
    if (magic.effect === 'unsupported') {
      const said = cell.unfollowed?.find((each) => each.line === magic.line)?.message;
      const none = `${magic.text} has no counterpart outside a notebook. Write it in Python, or skip the cell.`;
      problems.push(at('error', magic.line, said ?? none));
    } else if (magic.effect === 'shell') {
      problems.push(
        at(
          'warning',
          magic.line,
          `${magic.text} runs a command of the system, which must be there where the package runs.`,
        ),
      );
    }
  }
  return problems;
}

/** Blank lines at both ends taken away, lines of blanks emptied. */
function trimBlank({ text, origins }: MappedText): MappedText {
  const lines = text.split('\n');
  let first = 0;
  let last = lines.length;
  while (first < last && lines[first]?.trim() === '') first += 1;
  while (last > first && lines[last - 1]?.trim() === '') last -= 1;
  return {
    text: lines.slice(first, last).join('\n').trimEnd(),
    origins: origins.slice(first, last),
  };
}
