/** `import` statements: what they bind and what those names stand for. */
import type { SyntaxNode } from '@lezer/common';
import { childrenOf, type Source } from './lower';
import type { ImportLine } from './program';

interface LoweredImport {
  readonly names: { name: string; path: string }[];
  /** The module of `from module import *`. */
  readonly star: string | null;
  readonly lines: ImportLine[];
}

export function lowerImport(node: SyntaxNode, source: Source, top: SyntaxNode): LoweredImport {
  const tokens = childrenOf(node).map((child) => source.name(child));
  const isFrom = tokens[0] === 'from';
  const at = tokens.indexOf('import');
  const module = isFrom ? tokens.slice(1, at).join('') : '';
  const parts = splitByComma(
    tokens.slice(at + 1).filter((token) => token !== '(' && token !== ')'),
  );
  const star = isFrom && parts[0]?.[0] === '*' ? module : null;
  const names =
    star === null ? parts.map((part) => importedName(part, isFrom ? module : null)) : [];
  const line = {
    line: source.line(node.from),
    text: statementText(node, source, top),
    isStar: star !== null,
  };
  if (isFrom) {
    const bound = names.map((each) => each.name);
    return { names, star, lines: [{ ...line, module: module.split('.')[0] ?? '', names: bound }] };
  }
  const lines = names.map((each) => ({
    ...line,
    module: each.path.split('.')[0] ?? '',
    names: [each.name],
  }));
  return { names, star, lines };
}

/** An import inside `try:` is only whole with the statement around it. */
function statementText(node: SyntaxNode, source: Source, top: SyntaxNode): string {
  const isPlain = top.name === 'ImportStatement' || top.name === 'StatementGroup';
  const whole = isPlain ? node : top;
  return source.written(whole.from, whole.to).trimEnd();
}

function splitByComma(tokens: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const token of tokens) {
    if (token === ',') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/** `a.b.c` binds `a`; `a.b as c` binds `c` to `a.b`. */
function importedName(
  part: readonly string[],
  module: string | null,
): { name: string; path: string } {
  const as = part.indexOf('as');
  const dotted = part.slice(0, as < 0 ? undefined : as).join('');
  const alias = as < 0 ? null : (part[as + 1] ?? null);
  if (module !== null) return { name: alias ?? dotted, path: `${module}.${dotted}` };
  const top = dotted.split('.')[0] ?? dotted;
  return alias === null ? { name: top, path: top } : { name: alias, path: dotted };
}
