/** The literals of a cell a person may make a parameter: numbers, texts, truth values and lists of those. */
import { parser } from '@lezer/python';

export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Counted from 1 within the cell. */
  readonly line: number;
  /** The line it stands in, trimmed. */
  readonly context: string;
}

const KINDS = new Set(['Number', 'String', 'Boolean']);

export function findLiterals(source: string): Literal[] {
  const found: Literal[] = [];
  parser.parse(source).iterate({
    enter: ({ name, from, to, node }) => {
      if (!KINDS.has(name) || node.parent?.name === 'ExpressionStatement') return;
      found.push(literalAt(source, from, to));
    },
  });
  return found;
}

function literalAt(source: string, start: number, end: number): Literal {
  const before = source.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.indexOf('\n', start);
  return {
    start,
    end,
    text: source.slice(start, end),
    line: before.split('\n').length,
    context: source.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).trim(),
  };
}

/** `n_estimators=200` and `test_size = 0.25` name their literal already. */
export function suggestName(source: string, literal: Literal): string {
  return /([A-Za-z_]\w*)\s*=\s*$/.exec(source.slice(0, literal.start))?.[1] ?? '';
}
