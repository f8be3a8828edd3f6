/** One cell's text to its small program: IPython syntax, syntax tree, statements. Depends on the text alone. */
import { type Preprocessed, preprocess } from './ipython';
import { Source } from './lower';
import { parsePython } from './parse';
import type { ImportLine, Program, TopStatement } from './program';
import { StatementReader } from './statement-reader';
import { tokenize, Unreadable } from './tokens';

export interface ReadCell extends Program {
  readonly source: string;
  readonly ipython: Preprocessed;
  readonly error: { readonly line: number; readonly message: string } | null;
  /** The notebook goes on where it fails. */
  readonly mayRaise?: boolean;
}

export function readCell(source: string): ReadCell {
  const ipython = preprocess(source);
  const nothing = { source, ipython, statements: [], imports: [] };
  if (ipython.foreign !== null) return { ...nothing, error: null };
  try {
    return { source, ipython, error: null, ...readProgram(ipython.text, source) };
  } catch (error) {
    if (!(error instanceof Unreadable) && !(error instanceof RangeError)) throw error;
    return { ...nothing, error: worded(ipython.text, source, error) };
  }
}

function readProgram(text: string, source: string): Program {
  const reader = new StatementReader(tokenize(text), text, source);
  const statements: TopStatement[] = [];
  const imports: ImportLine[] = [];
  const lines = reader.source;
  while (!reader.isAtEnd) {
    const { from, firstWord } = reader;
    const before = reader.imports.length;
    const ops = reader.topStatement();
    const written = source.slice(from, reader.to).trimEnd();
    const line = lines.line(from);
    const endLine = lines.line(Math.max(from, from + written.length - 1));
    statements.push({ line, endLine, text: written, kind: kindOf(firstWord, ops), ops });
    if (reader.imports.length === before) continue;
    for (const { isWhole, ...found } of reader.imports.slice(before)) {
      imports.push(isWhole ? found : { ...found, text: written });
    }
  }
  return { statements, imports };
}

/** The grammar of Lezer goes on after what is wrong, so it finds the place that a person would point at. */
function worded(text: string, source: string, error: Unreadable | RangeError): ReadCell['error'] {
  const lines = new Source(text, source);
  const found = parsePython(text).error;
  if (found) return { line: lines.line(found.offset), message: found.message };
  const offset = error instanceof Unreadable ? Math.min(error.offset, text.trimEnd().length) : 0;
  const line = lines.line(offset);
  const written = source.split('\n')[line - 1]?.trim() ?? '';
  return { line, message: `Python cannot read this line (${error.message}): ${written}` };
}

function kindOf(word: string, ops: TopStatement['ops']): TopStatement['kind'] {
  if (word === 'import' || word === 'from') return 'import';
  const [only] = ops;
  if (ops.length === 1 && only?.op === 'define') return 'definition';
  if (ops.length === 0) return 'text';
  if (ops.length === 1 && only?.op === 'eval' && only.value.kind === 'constant') return 'text';
  if ((word === 'try' || word === 'if') && importsAmong(ops)) return 'import';
  return 'other';
}

/** `try: import x` with plain alternatives: nothing but imports, constants and their failure. */
function importsAmong(ops: TopStatement['ops']): boolean {
  let hasImport = false;
  const isPlain = (op: TopStatement['ops'][number]): boolean => {
    switch (op.op) {
      case 'import':
        hasImport = true;
        return true;
      case 'try':
        return [op.body, ...op.handlers, op.orElse, op.last].every((block) => block.every(isPlain));
      case 'branch':
        return op.arms.every((arm) => arm.every(isPlain));
      case 'assign':
        return op.value.kind === 'constant';
      case 'eval':
        return op.value.kind !== 'call' || hasImport;
      case 'leave':
        return true;
      default:
        return false;
    }
  };
  return ops.every(isPlain) && hasImport;
}
