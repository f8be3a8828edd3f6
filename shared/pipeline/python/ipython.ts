/**
 * IPython's own syntax turned into Python of the same length, so that every offset and line stays what it was.
 * What is not Python becomes `0`, `None` or blanks; code inside `%time` is kept where it stands.
 */
import type { Magic } from '../facts';
import { counterpartOf, writtenFile } from './counterparts';
import { continuedLineEnd, lineEnd, logicalLineStarts } from './logical-lines';
import {
  DROPPED_CELL_MAGICS,
  DROPPED_LINE_MAGICS,
  INSTALL_LINE_MAGICS,
  OTHER_PROCESS_MAGICS,
  PYTHON_CELL_MAGICS,
  PYTHON_LINE_MAGICS,
  requirementsIn,
  SHELL_CELL_MAGICS,
  UNKNOWABLE_LINE_MAGICS,
} from './magics';

export interface Preprocessed {
  /** Python, as long as the source. */
  readonly text: string;
  readonly magics: readonly Magic[];
  /** Variables that shell commands take by `$x` or `{x}`. */
  readonly shellReads: readonly { readonly name: string; readonly offset: number }[];
  /** `%%capture out` binds `out`. */
  readonly captured: { readonly name: string; readonly offset: number } | null;
  readonly unknowable: readonly { readonly line: number; readonly reason: string }[];
  readonly requirements: readonly string[];
  readonly filesWritten: readonly { readonly line: number; readonly path: string }[];
  /** `%%timeit`, `%%python`: what the cell binds stays inside. */
  readonly isIsolated: boolean;
  /** `%%bash`: the whole cell is no Python. */
  readonly foreign: string | null;
}

const MAY_HOLD_IPYTHON = /^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!](?!=)|^[ \t]*(?:>>>|In \[\d+\]:)/m;

export function preprocess(source: string): Preprocessed {
  const draft = new Draft(source);
  const first = /^(?:[ \t]*(?:#.*)?\n)*[ \t]*%%(\w+)(.*)/.exec(source);
  if (first?.[1]) draft.cellMagic(first[1], first[2] ?? '', first[0].lastIndexOf('%%'));
  if (draft.foreign === null) {
    if (MAY_HOLD_IPYTHON.test(source)) draft.lines();
    else if (isBareMagic(source)) draft.bareMagic();
    draft.dedent();
  }
  return draft.finish();
}

/** A cell of one line may leave the percent sign away: `pip install pandas`, which is no Python. */
const isBareMagic = (source: string): boolean =>
  /^\s*(?:(?:pip|conda|mamba)\s+\w|(?:cd|ls|cat|env|set_env|matplotlib|load_ext)\s+[\w./])[^\n]*\s*$/.test(
    source,
  ) && !/^\s*\w+\s+(?:in|is|and|or|not|if|for)\b/.test(source);

class Draft {
  #text: string;
  #magics: Magic[] = [];
  #shellReads: { name: string; offset: number }[] = [];
  #captured: { name: string; offset: number } | null = null;
  #unknowable: { line: number; reason: string }[] = [];
  #requirements: string[] = [];
  #filesWritten: { line: number; path: string }[] = [];
  #isIsolated = false;
  foreign: string | null = null;

  constructor(readonly source: string) {
    this.#text = source;
  }

  finish(): Preprocessed {
    return {
      text: this.#text,
      magics: this.#magics,
      shellReads: this.#shellReads,
      captured: this.#captured,
      unknowable: this.#unknowable,
      requirements: this.#requirements,
      filesWritten: this.#filesWritten,
      isIsolated: this.#isIsolated,
      foreign: this.foreign,
    };
  }

  cellMagic(name: string, rest: string, offset: number): void {
    const line = this.#lineAt(offset);
    const text = `%%${name}${rest}`.trim();
    if (PYTHON_CELL_MAGICS.has(name)) {
      this.#magics.push({ line, text, effect: 'python' });
      this.#isIsolated = name === 'timeit' || OTHER_PROCESS_MAGICS.has(name);
      const target = name === 'capture' ? /^\s*([A-Za-z_]\w*)/.exec(rest)?.[1] : undefined;
      if (target) this.#captured = { name: target, offset };
      this.#replace(offset, lineEnd(this.source, offset), '');
      return;
    }
    this.foreign = name;
    this.#text = this.source.replace(/[^\n]/g, ' ');
    if (name === 'writefile' || name === 'file') {
      const written = writtenFile(rest, this.source.slice(lineEnd(this.source, offset) + 1));
      const path = written?.kind === 'file' ? written.path : '';
      this.#filesWritten.push({ line, path });
      this.#magics.push({ line, text, effect: written ? 'rewritten' : 'unsupported' });
    } else if (SHELL_CELL_MAGICS.has(name) || name === '!') {
      this.#magics.push({ line, text, effect: 'shell' });
      this.#requirements.push(...this.source.split('\n').flatMap(requirementsIn));
    } else if (DROPPED_CELL_MAGICS.has(name)) {
      this.#magics.push({ line, text, effect: 'dropped' });
    } else {
      this.#magics.push({ line, text, effect: 'unsupported' });
      this.#unknowable.push({
        line,
        reason: `%%${name} is not Python, so what it binds can't be known.`,
      });
    }
  }

  bareMagic(): void {
    const from = this.source.search(/\S/);
    const text = this.source.slice(from).trimEnd();
    const [, name = '', rest = ''] = /^(\w+)([\s\S]*)$/.exec(text) ?? [];
    const line = this.#lineAt(from);
    this.#magics.push({ line, text, effect: this.#effectOf(name, rest, line, from) });
    this.#replace(from, from + text.length, '0');
  }

  lines(): void {
    for (const start of logicalLineStarts(this.#text)) this.#line(start);
  }

  #line(start: number): void {
    const end = continuedLineEnd(this.source, start);
    const text = this.#text.slice(start, end);
    const indent = /^[ \t]*/.exec(text)?.[0].length ?? 0;
    const body = text.slice(indent);
    const at = start + indent;
    if (/^\?{1,2}(?:[\w%.*]|[ \t]*$)|^[%\w.*]+\?{1,2}[ \t]*$/.test(body)) {
      this.#magics.push({ line: this.#lineAt(at), text: body.trim(), effect: 'dropped' });
      this.#replace(at, end, '0');
      return;
    }
    if (body.startsWith('%') && !body.startsWith('%%')) {
      this.#lineMagic(start, at, end);
      return;
    }
    if (body.startsWith('!')) {
      this.#shell(at, at, end, '0');
      return;
    }
    const prompt = /^(?:>>> |\.\.\. |In \[\d+\]: ?)/.exec(body);
    if (prompt) {
      this.#keepFrom(start, at + prompt[0].length, 0);
      return;
    }
    const assigned = /^[\w.\s,[\]'"]*[^=!<>]=\s*([%!])(?!=)/.exec(body);
    if (!assigned) return;
    const value = at + assigned[0].length - 1;
    if (assigned[1] === '!') {
      this.#shell(at, value, end, 'None');
      return;
    }
    this.#magicValue(value, end);
  }

  #magicValue(at: number, end: number): void {
    const name = /^%(\w+)/.exec(this.source.slice(at, end))?.[1] ?? '';
    const code = name in PYTHON_LINE_MAGICS ? this.#codeOffset(name, at, end) : null;
    const effect = code === null ? 'unsupported' : 'python';
    this.#magics.push({ line: this.#lineAt(at), text: this.source.slice(at, end), effect });
    if (code !== null) {
      this.#replace(at, code, '');
      return;
    }
    this.#replace(at, end, end - at >= 4 ? 'None' : '0');
  }

  #lineMagic(start: number, at: number, end: number): void {
    const text = this.source.slice(at, end).trim();
    const [, name = '', rest = ''] = /^%\s*(\w*)([\s\S]*)$/.exec(text) ?? [];
    const line = this.#lineAt(at);
    if (name in PYTHON_LINE_MAGICS) {
      this.#magics.push({ line, text, effect: 'python' });
      this.#keepFrom(start, this.#codeOffset(name, at, end), at - start);
      return;
    }
    this.#magics.push({ line, text, effect: this.#effectOf(name, rest, line, at) });
    this.#replace(at, end, '0');
  }

  #effectOf(name: string, rest: string, line: number, at: number): Magic['effect'] {
    if (INSTALL_LINE_MAGICS.has(name)) {
      this.#requirements.push(...requirementsIn(`${name === 'uv' ? '' : name}${rest}`));
      return 'install';
    }
    if (DROPPED_LINE_MAGICS.has(name)) return 'dropped';
    if (SHELL_CELL_MAGICS.has(name)) return 'shell';
    const counterpart = counterpartOf(name, rest);
    if (counterpart?.kind === 'shows') return 'dropped';
    if (counterpart) {
      this.#noteNames(this.source.slice(at, lineEnd(this.source, at)), at);
      return 'rewritten';
    }
    const reason = UNKNOWABLE_LINE_MAGICS[name];
    const why = reason ?? 'is a magic Slipway does not know, so what it binds';
    this.#unknowable.push({
      line,
      reason: reason ? `%${name} ${why}.` : `%${name} ${why} can't be known.`,
    });
    return 'unsupported';
  }

  #shell(at: number, bang: number, end: number, value: string): void {
    const text = this.source.slice(bang, end);
    const line = this.#lineAt(at);
    const requirements = requirementsIn(text);
    const isInstall = requirements.length > 0 || /\b(?:pip3?|conda|mamba)\s+install\b/.test(text);
    this.#requirements.push(...requirements);
    this.#magics.push({ line, text: text.trim(), effect: isInstall ? 'install' : 'shell' });
    this.#noteNames(text, bang);
    this.#replace(bang, end, end - bang >= value.length ? value : '0');
  }

  /** `$name` and `{name}` are variables of the notebook. */
  #noteNames(text: string, from: number): void {
    for (const match of text.matchAll(/(?<!\$)\$([A-Za-z_]\w*)|\{([A-Za-z_]\w*)/g)) {
      const name = match[1] ?? match[2];
      if (name) this.#shellReads.push({ name, offset: from + match.index });
    }
  }

  /** Where the code of `%timeit -n 10 code` begins. */
  #codeOffset(name: string, at: number, end: number): number {
    const valued = PYTHON_LINE_MAGICS[name] ?? '';
    const option = valued ? `-(?:[${valued}]\\s*\\S+|\\w+)\\s+` : '-\\w+\\s+';
    const match = new RegExp(`^%\\s*\\w+[ \\t]*(?:${option})*`).exec(this.source.slice(at, end));
    return at + (match?.[0].length ?? 0);
  }

  /** Code that stands behind a prefix goes to a line of its own: the prefix becomes a line break and the indent. */
  #keepFrom(start: number, code: number, indent: number): void {
    const length = code - start;
    if (length <= indent) return;
    const blanks = ' '.repeat(length - indent - 1);
    this.#splice(start, code, `${blanks}\n${' '.repeat(indent)}`);
  }

  #replace(from: number, to: number, value: string): void {
    const blank = this.#text.slice(from + value.length, to).replace(/[^\n]/g, ' ');
    this.#splice(from, to, value + blank);
  }

  #splice(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
  }

  /** IPython takes away the indentation of a cell's first line from all its lines. */
  dedent(): void {
    const first = /^(?:[ \t]*(?:#.*)?\n)*([ \t]+)(?=[^\s#])/.exec(this.#text)?.[1];
    if (!first) return;
    for (const start of logicalLineStarts(this.#text)) {
      if (this.#text.startsWith(first, start)) {
        this.#splice(start, start + first.length, `${' '.repeat(first.length - 1)}\n`);
      }
    }
  }

  #lineAt(offset: number): number {
    let line = 1;
    for (let at = 0; at < offset; at += 1) if (this.source.charCodeAt(at) === 10) line += 1;
    return line;
  }
}
