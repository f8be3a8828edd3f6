/** Where statements may begin: offsets of physical lines that are not inside brackets, strings or continuations. */

const OPENERS = '([{';
const CLOSERS = ')]}';

/** Start offsets of the lines on which IPython would look for its own syntax. */
export function logicalLineStarts(source: string): number[] {
  const starts: number[] = [];
  let at = 0;
  let isFresh = true;
  let depth = 0;
  while (at < source.length) {
    if (isFresh) {
      starts.push(at);
      isFresh = false;
      const magic = magicLineEnd(source, at);
      if (magic !== null) {
        at = magic;
        isFresh = true;
        continue;
      }
    }
    const char = source.charAt(at);
    if (char === '"' || char === "'") at = stringEnd(source, at);
    else if (char === '#') at = lineEnd(source, at);
    else if (char === '\\') at += 2;
    else {
      if (OPENERS.includes(char)) depth += 1;
      else if (CLOSERS.includes(char)) depth = Math.max(0, depth - 1);
      else if (char === '\n') isFresh = depth === 0;
      at += 1;
    }
  }
  return starts;
}

/** Quotes and brackets in a magic or shell line are not Python's: the whole line is stepped over. */
function magicLineEnd(source: string, start: number): number | null {
  const match = /[ \t]*(?:[%!]|\?[\w?%])/y;
  match.lastIndex = start;
  if (!match.test(source)) return null;
  return Math.min(source.length, continuedLineEnd(source, start) + 1);
}

/** The end of the line, lines that end in a backslash taken together. */
export function continuedLineEnd(source: string, start: number): number {
  let end = lineEnd(source, start);
  while (end < source.length && source.charAt(end - 1) === '\\') end = lineEnd(source, end + 1);
  return end;
}

export function lineEnd(source: string, start: number): number {
  const end = source.indexOf('\n', start);
  return end < 0 ? source.length : end;
}

function stringEnd(source: string, start: number): number {
  const quote = source.charAt(start);
  const isLong = source.startsWith(quote.repeat(3), start);
  const closing = isLong ? quote.repeat(3) : quote;
  let at = start + closing.length;
  while (at < source.length) {
    if (source.charAt(at) === '\\') at += 2;
    else if (source.startsWith(closing, at)) return at + closing.length;
    else if (!isLong && source.charAt(at) === '\n') return at;
    else at += 1;
  }
  return source.length;
}
