/** Python to a syntax tree, and the first thing that is wrong with it in words. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';

export interface Parsed {
  readonly tree: Tree;
  /** What was parsed: as long as the source, with forms the grammar does not know rewritten in place. */
  readonly text: string;
  readonly error: { readonly offset: number; readonly message: string } | null;
}

/** The grammar wants a digit after the point of `1.`. */
const BARE_POINT = /(?<![\w.)\]}"'])(\d[\d_]*)\.(?![\d.])/g;

export function parsePython(source: string): Parsed {
  const text = source.replace(BARE_POINT, '$10');
  // Without a line break at the end the grammar takes a lone `print` for Python 2.
  const tree = parser.parse(`${text}\n`);
  const error = firstError(tree, text);
  if (error === null) return { tree, text, error };
  const repaired = repair(text);
  if (repaired === text) return { tree, text, error };
  const again = parser.parse(`${repaired}\n`);
  return { tree: again, text: repaired, error: firstError(again, repaired) };
}

function firstError(tree: Tree, text: string): Parsed['error'] {
  let found: Parsed['error'] = null;
  tree.iterate({
    enter(node) {
      if (found) return false;
      if (node.name === 'PrintStatement') found = { offset: node.from, message: PYTHON_2_PRINT };
      else if (node.type.isError && !isTolerable(node.node, text)) {
        const offset = Math.min(node.from, Math.max(0, text.trimEnd().length - 1));
        found = { offset, message: wording(node.node, text) };
      } else if (node.name === 'TryStatement' || node.name === 'RaiseStatement') {
        found = python2Exception(node.node, text);
      }
      return undefined;
    },
  });
  return found;
}

const PYTHON_2_PRINT =
  'This is Python 2: print needs parentheses, as in print("…"). Write it so, or skip the cell.';

/** `except ValueError, e:` and `raise ValueError, "…"`. From 3.14 on, `except A, B:` is Python again. */
function python2Exception(node: SyntaxNode, text: string): Parsed['error'] {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== ',') continue;
    const next = child.nextSibling;
    const isName = next?.name === 'VariableName' && /^[a-z]{1,4}$/.test(slice(next, text));
    if (node.name === 'RaiseStatement' || isName) {
      const message =
        'This is Python 2: write "except Error as e" and "raise Error(…)", or skip the cell.';
      return { offset: child.from, message };
    }
  }
  return null;
}

function slice(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}

/** Places where the grammar objects to what Python allows. */
function isTolerable(node: SyntaxNode, text: string): boolean {
  const parent = node.parent;
  if (!parent) return false;
  switch (parent.name) {
    case 'LiteralPattern':
      return parent.parent?.name === 'PatternArgList';
    case 'PatternArgList':
    case 'SequencePattern':
    case 'MappingPattern':
      return node.from === node.to;
    case 'CapturePattern':
      return node.from === node.to && parent.from === parent.to;
    case 'YieldExpression':
    case 'YieldStatement':
      return node.from === node.to;
    case 'TypeParam':
    case 'TypeParamList':
      return true;
    case 'ParamList':
      return slice(node, text) === '/';
    case 'MemberExpression':
      return slice(node, text) === '*';
    default:
      return false;
  }
}

function wording(node: SyntaxNode, text: string): string {
  const line = text
    .slice(text.lastIndexOf('\n', node.from - 1) + 1, lineEndOf(text, node.from))
    .trim();
  if (/^exec\s+["'\w]/.test(line)) {
    return 'This is Python 2: exec needs parentheses. Write exec(…), or skip the cell.';
  }
  if (/^print\s+[^=(]/.test(line)) return PYTHON_2_PRINT;
  const rest =
    text
      .slice(node.from, node.from + 12)
      .split('\n')[0]
      ?.trim() ?? '';
  if (node.from >= text.trimEnd().length) {
    return `Python cannot read this cell: it ends before "${shorten(line)}" is complete.`;
  }
  const where = rest ? ` near "${rest}"` : '';
  return `Python cannot read this line${where}: ${shorten(line) || 'it is incomplete'}`;
}

function lineEndOf(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

const shorten = (line: string) => (line.length > 60 ? `${line.slice(0, 57)}…` : line);

/** Rewrites, in place, forms of newer Pythons that the grammar does not know. */
function repair(text: string): string {
  return repairStars(
    repairWith(text.replace(/(?<![\w"'])([tT][rR]?|[rR][tT])(?=["'])/g, asFormat)),
  );
}

const asFormat = (prefix: string) => prefix.replace(/[tT]/, 'f');

/** `with (open(a) as f, open(b) as g):` without its parentheses, and targets that are not plain names. */
function repairWith(text: string): string {
  const bare = text.replace(
    /^([ \t]*(?:async[ \t]+)?with)([ \t]*)\(([\s\S]*?)\)([ \t]*:)/gm,
    (whole, keyword: string, space: string, items: string, colon: string) => {
      if (!/\sas\s/.test(items) || !isBalanced(items)) return whole;
      const inner = items
        .replace(/#[^\n]*/g, blank)
        .replace(/\n/g, ' ')
        .replace(/,\s*$/, blank);
      return `${keyword}${space} ${inner} ${colon}`;
    },
  );
  return bare.replace(/^[ \t]*(?:async[ \t]+)?with\b[^\n]*/gm, (line) =>
    line.replace(/\bas(?=\s+(?:\(|\[|\w+[.[]))/g, AS_TARGET),
  );
}

/** Stands for `as` before a target the grammar does not take; the source still says `as` there. */
export const AS_TARGET = ', ';

/** `for x in *a, *b:` and `@a[0].b` are rare; only the star of a loop's iterable is taken away. */
function repairStars(text: string): string {
  return text.replace(
    /^([ \t]*(?:async[ \t]+)?for\b[^\n]*?\bin[ \t]+)([^\n:]*\*[^\n:]*)(?=:)/gm,
    (_whole, head: string, items: string) => head + items.replace(/(^|,\s*)\*(?=\w)/g, '$1 '),
  );
}

const blank = (text: string) => ' '.repeat(text.length);

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
