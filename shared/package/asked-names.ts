/** `'x' in globals()` in a step, where the notebook's variables are those of a function. */
import type { SyntaxNode } from '@lezer/common';
import type { AskedName } from '../pipeline';
import type { Edit } from './source-text';
import { childrenOf, lineOf, type ParsedCell } from './statements';

const NAMES_OF_HERE = /^(?:globals|locals|vars|dir)\s*\(\s*\)$/;
const OF_THEIR_OWN = /^(?:FunctionDefinition|ClassDefinition|LambdaExpression|.*Comprehension.*)$/;

/** What is known is written down; else the step's own variables answer. */
export function askedEdits(parsed: ParsedCell, asked: readonly AskedName[]): Edit[] {
  if (asked.length === 0) return [];
  const edits: Edit[] = [];
  const visit = (node: SyntaxNode): void => {
    if (OF_THEIR_OWN.test(node.name)) return;
    const edit = node.name === 'BinaryExpression' ? editOf(node, parsed.text, asked) : null;
    if (edit) edits.push(edit);
    else childrenOf(node).forEach(visit);
  };
  visit(parsed.top);
  return edits;
}

function editOf(node: SyntaxNode, text: string, asked: readonly AskedName[]): Edit | null {
  const children = childrenOf(node);
  const [name, where] = [children[0], children.at(-1)];
  const isIn = children.slice(1, -1).some((child) => child.name === 'in');
  if (!name || !where || !isIn || name.name !== 'String') return null;
  const written = text.slice(name.from, name.to).replace(/^[rRuU]?(["'])(.*)\1$/, '$2');
  if (!NAMES_OF_HERE.test(text.slice(where.from, where.to))) return null;
  const line = lineOf(text, node.from);
  const found = asked.find((each) => each.name === written && each.line === line);
  if (!found) return null;
  if (found.answer === 'run') return { from: where.from, to: where.to, text: 'locals()' };
  const isNegated = children.some((child) => child.name === 'not');
  const isTrue = (found.answer === 'yes') !== isNegated;
  return { from: node.from, to: node.to, text: isTrue ? 'True' : 'False' };
}
