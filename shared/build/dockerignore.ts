/** What a .dockerignore leaves out of the context, by the rules of the docker CLI: the last line that matches decides. */

interface Rule {
  readonly isException: boolean;
  readonly matches: RegExp;
}

/** Answers whether a path, relative to the context and with `/`, is left out. */
export function dockerIgnore(text: string): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap(readRule);
  return (path) => {
    const parts = path.split('/');
    // A folder that is left out takes what is in it along, unless a later line takes it back.
    const prefixes = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    return rules.reduce(
      (isOut, { isException, matches }) =>
        isOut === isException && prefixes.some((each) => matches.test(each)) ? !isException : isOut,
      false,
    );
  };
}

/** Whether a folder that is left out must be looked into all the same: some line takes something back. */
export const hasExceptions = (text: string): boolean => /^\s*!/m.test(text);

function readRule(line: string): Rule[] {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return [];
  const isException = trimmed.startsWith('!');
  const pattern = clean(isException ? trimmed.slice(1).trim() : trimmed);
  return pattern === '' || pattern === '.' ? [] : [{ isException, matches: toExpression(pattern) }];
}

/** As Go's filepath.Clean, then without the leading slash: patterns count from the root of the context. */
function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function toExpression(pattern: string): RegExp {
  const parts = pattern.match(/\*\*\/?|\*|\?|\[\^?[^\]]*\]|\\.|[^*?[\\]+|[[\\]/g) ?? [];
  return new RegExp(`^${parts.map(toSource).join('')}$`, 's');
}

function toSource(part: string): string {
  if (part === '**/') return '(?:.*/)?';
  if (part === '**') return '.*';
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  if (/^\[.+\]$/.test(part)) return part;
  const literal = part.length === 2 && part.startsWith('\\') ? part.slice(1) : part;
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
