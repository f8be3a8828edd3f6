/** Where a cell's statements and strings stand, from the syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import { type Parsed, parsePython } from '../pipeline';

export interface Statement {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly from: number;
  /** Without the line break and without a comment behind it. */
  readonly to: number;
}

export interface ParsedCell {
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly error: Parsed['error'];
  readonly top: SyntaxNode;
}

const NOT_STATEMENTS = new Set(['Comment', ';', '⚠']);

export function parseCell(text: string): ParsedCell {
  const { tree, error } = parsePython(text);
  const statements: Statement[] = [];
  for (let node = tree.topNode.firstChild; node; node = node.nextSibling) {
    for (const part of node.name === 'StatementGroup' ? childrenOf(node) : [node]) {
      if (NOT_STATEMENTS.has(part.name)) continue;
      statements.push({ node: part, name: part.name, from: part.from, to: endOf(part, text) });
    }
  }
  return { text, statements, error, top: tree.topNode };
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function endOf(node: SyntaxNode, text: string): number {
  return node.from + text.slice(node.from, node.to).trimEnd().length;
}

/** The first line of the text is 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}

const STRINGS = new Set(['String', 'FormatString']);

/** Indents each line that does not begin inside a string; blank lines stay blank. */
export function indentCode(text: string, prefix: string): string {
  if (prefix === '') return text;
  const inside = new Set<number>();
  parsePython(text).tree.iterate({
    enter: (node) => {
      if (!STRINGS.has(node.name)) return true;
      for (
        let at = text.indexOf('\n', node.from);
        at >= 0 && at < node.to;
        at = text.indexOf('\n', at + 1)
      ) {
        inside.add(at + 1);
      }
      return false;
    },
  });
  let offset = 0;
  const lines = text.split('\n').map((line) => {
    const start = offset;
    offset += line.length + 1;
    return inside.has(start) || line.trim() === '' ? line : prefix + line;
  });
  return lines.join('\n');
}

/** Names that get a value whenever the statement runs to its end, of statements where that can be told. */
export function surelyBound(statement: Statement, text: string): string[] {
  switch (statement.name) {
    case 'AssignStatement':
      return assignedNames(statement.node, text);
    case 'FunctionDefinition':
    case 'ClassDefinition':
    case 'DecoratedStatement': {
      const name = definitionName(statement.node, text);
      return name ? [name] : [];
    }
    default:
      return [];
  }
}

export function definitionName(node: SyntaxNode, text: string): string | null {
  if (node.name === 'DecoratedStatement') {
    const inner = childrenOf(node).find((child) => /^(Function|Class)Definition$/.test(child.name));
    return inner ? definitionName(inner, text) : null;
  }
  if (node.name === 'AssignStatement') return lambdaName(node, text);
  if (!/^(Function|Class)Definition$/.test(node.name)) return null;
  const name = node.getChild('VariableName');
  return name ? text.slice(name.from, name.to) : null;
}

/** `square = lambda x: x * x` is a function as well. */
function lambdaName(node: SyntaxNode, text: string): string | null {
  const [name, sign, value, ...more] = childrenOf(node);
  const isLambda =
    sign?.name === 'AssignOp' && value?.name === 'LambdaExpression' && more.length === 0;
  return isLambda && name?.name === 'VariableName' ? text.slice(name.from, name.to) : null;
}

function assignedNames(node: SyntaxNode, text: string): string[] {
  const children = childrenOf(node);
  const last = children.map((child) => child.name).lastIndexOf('AssignOp');
  const names: string[] = [];
  const collect = (target: SyntaxNode): void => {
    if (target.name === 'VariableName') names.push(text.slice(target.from, target.to));
    else if (/^(Tuple|Parenthesized|Array)Expression$/.test(target.name))
      childrenOf(target).forEach(collect);
    else if (target.name === '*') return;
  };
  if (last >= 0) children.slice(0, last).forEach(collect);
  return names;
}
