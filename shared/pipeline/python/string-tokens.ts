/** Where strings end, and where the expressions inside a format string stand (nested quotes and all, PEP 701). */
import { Unreadable } from './tokens';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Behind the closing quote. */
export function stringEnd(text: string, start: number, limit: number): number {
  const quote = quoteAt(text, start);
  for (let at = start + quote.length; at < limit; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += text.startsWith('\r\n', at + 1) ? 2 : 1;
    else if (char === quote.charAt(0) && text.startsWith(quote, at)) return at + quote.length;
    else if (char === '\n' && quote.length === 1) break;
  }
  throw new Unreadable(start, 'a string is not closed');
}

function quoteAt(text: string, at: number): string {
  const quote = text.charAt(at);
  const long = quote.repeat(3);
  return text.startsWith(long, at) ? long : quote;
}

export function fieldsOf(
  text: string,
  start: number,
  limit: number,
): { end: number; fields: Range[] } {
  const quote = quoteAt(text, start);
  const fields: Range[] = [];
  let at = start + quote.length;
  while (at < limit) {
    const char = text.charAt(at);
    if (char === '\\') at += text.startsWith('\\N{', at) ? namedEnd(text, at) : 2;
    else if (text.startsWith('{{', at) || text.startsWith('}}', at)) at += 2;
    else if (char === '{') at = fieldEnd(text, at + 1, quote, limit, fields);
    else if (text.startsWith(quote, at)) return { end: at + quote.length, fields };
    else if (char === '\n' && quote.length === 1) break;
    else at += 1;
  }
  throw new Unreadable(start, 'a string is not closed');
}

/** `\N{BULLET}` holds no expression; in a raw string it does, and reads as a name nobody knows. */
function namedEnd(text: string, at: number): number {
  const end = text.indexOf('}', at);
  return end < 0 ? 2 : end - at + 1;
}

/** `x!r:>{width}}`: the expression up to its mark, then conversion and format with fields of their own. */
function fieldEnd(text: string, start: number, quote: string, limit: number, fields: Range[]) {
  const stop = expressionEnd(text, start, limit);
  fields.push({ from: start, to: withoutEquals(text, start, stop) });
  let at = stop;
  if (text.charAt(at) === '!') while (at < limit && !':}'.includes(text.charAt(at))) at += 1;
  if (text.charAt(at) === ':') at = formatEnd(text, at + 1, quote, limit, fields);
  if (text.charAt(at) !== '}') throw new Unreadable(start, 'a field of a string is not closed');
  return at + 1;
}

function formatEnd(text: string, start: number, quote: string, limit: number, fields: Range[]) {
  let at = start;
  while (at < limit && text.charAt(at) !== '}') {
    if (text.charAt(at) === '{') at = fieldEnd(text, at + 1, quote, limit, fields);
    else if (text.startsWith(quote, at)) break;
    else at += 1;
  }
  return at;
}

/** `{x=}` and `{x = !r}` show the expression too. */
function withoutEquals(text: string, start: number, stop: number): number {
  const inside = text.slice(start, stop);
  const match = /(?<![=!<>])=\s*$/.exec(inside);
  return match ? start + match.index : stop;
}

function expressionEnd(text: string, start: number, limit: number): number {
  let depth = 0;
  let at = start;
  while (at < limit) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") {
      at = nestedEnd(text, at, limit);
      continue;
    }
    if ('([{'.includes(char)) depth += 1;
    else if (depth > 0 && ')]}'.includes(char)) depth -= 1;
    else if (depth === 0 && isMark(text, at, char)) return at;
    else if (char === '#') at = commentEnd(text, at, limit);
    at += 1;
  }
  throw new Unreadable(start, 'a field of a string is not closed');
}

const isMark = (text: string, at: number, char: string) =>
  char === '}' || char === ':' || (char === '!' && text.charAt(at + 1) !== '=');

function commentEnd(text: string, at: number, limit: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? limit : end;
}

function nestedEnd(text: string, at: number, limit: number): number {
  const prefix = /[A-Za-z]{0,2}$/.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? '';
  const isFormat = /^(?:[fFtT][rR]?|[rR][fFtT])$/.test(prefix);
  return isFormat ? fieldsOf(text, at, limit).end : stringEnd(text, at, limit);
}
