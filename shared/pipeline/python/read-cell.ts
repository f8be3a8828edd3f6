/** One cell's text to its small program: IPython syntax, syntax tree, statements. Depends on the text alone. */
import { type Preprocessed, preprocess } from './ipython';
import { childrenOf, isOperand, Source } from './lower';
import { StatementLowerer } from './lower-statement';
import { parsePython } from './parse';
import type { Program, TopStatement } from './program';

export interface ReadCell extends Program {
  readonly source: string;
  readonly ipython: Preprocessed;
  readonly error: { readonly line: number; readonly message: string } | null;
}

export function readCell(source: string): ReadCell {
  const ipython = preprocess(source);
  if (ipython.foreign !== null)
    return { source, ipython, error: null, statements: [], imports: [] };
  const parsed = parsePython(ipython.text);
  const lines = new Source(parsed.text, source);
  if (parsed.error) {
    const error = { line: lines.line(parsed.error.offset), message: parsed.error.message };
    return { source, ipython, error, statements: [], imports: [] };
  }
  const lowerer = new StatementLowerer(lines);
  const statements = childrenOf(parsed.tree.topNode)
    .flatMap((node) => (node.name === 'StatementGroup' ? childrenOf(node) : [node]))
    .filter(isOperand)
    .map((node): TopStatement => {
      const ops = lowerer.topLevel(node);
      const text = source.slice(node.from, node.to).trimEnd();
      const line = lines.line(node.from);
      const endLine = line + text.split('\n').length - 1;
      return { line, endLine, text, kind: kindOf(node.name, ops), ops };
    });
  return { source, ipython, error: null, statements, imports: lowerer.imports };
}

function kindOf(name: string, ops: TopStatement['ops']): TopStatement['kind'] {
  if (name === 'ImportStatement') return 'import';
  if (/^(?:Decorated|Function|Class)/.test(name)) return 'definition';
  const [only] = ops;
  if (ops.length === 0) return 'text';
  if (ops.length === 1 && only?.op === 'eval' && only.value.kind === 'constant') return 'text';
  if ((name === 'TryStatement' || name === 'IfStatement') && importsAmong(ops)) return 'import';
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
