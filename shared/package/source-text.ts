/** Text with the cell's line for each of its lines: what the file map of a package is made of. */
import type { Origin } from './package-state';

export interface MappedText {
  readonly text: string;
  /** One for each line of `text`. */
  readonly origins: readonly (Origin | null)[];
}

/** A part of a source replaced by other text; the lines of `text` have the origin of `from` unless told otherwise. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export class FileBuilder {
  readonly #lines: string[] = [];
  readonly #origins: (Origin | null)[] = [];

  /** Lines we wrote. */
  add(text: string): this {
    return this.addMapped({ text, origins: text.split('\n').map(() => null) });
  }

  addMapped({ text, origins }: MappedText): this {
    this.#lines.push(...text.split('\n'));
    this.#origins.push(...origins);
    return this;
  }

  /** Blank lines, but never more than `count` after one another. */
  blank(count = 1): this {
    let have = 0;
    while (have < this.#lines.length && this.#lines[this.#lines.length - 1 - have] === '')
      have += 1;
    for (; have < count; have += 1) this.add('');
    return this;
  }

  /** The file, ended by one line break. */
  finish(): { text: string; origins: (Origin | null)[] } {
    while (this.#lines.at(-1) === '') {
      this.#lines.pop();
      this.#origins.pop();
    }
    return { text: `${this.#lines.join('\n')}\n`, origins: this.#origins };
  }
}

/** Applies edits that do not overlap. `originAt` tells the origin of an offset of the source. */
export function applyEdits(
  source: string,
  edits: readonly Edit[],
  originAt: (offset: number) => Origin | null,
): MappedText {
  const ordered = [...edits].sort((one, two) => one.from - two.from || one.to - two.to);
  let text = '';
  const starts: number[] = [];
  // A line belongs to where its first character came from.
  let isFresh = true;
  const take = (part: string, offsetOf: (index: number) => number) => {
    for (let index = 0; index < part.length; index += 1) {
      if (isFresh) starts.push(offsetOf(index));
      isFresh = part[index] === '\n';
    }
    text += part;
  };
  let at = 0;
  for (const edit of ordered) {
    if (edit.from < at) continue;
    const begin = at;
    take(source.slice(begin, edit.from), (index) => begin + index);
    take(edit.text, () => edit.from);
    at = edit.to;
  }
  const begin = at;
  take(source.slice(begin), (index) => begin + index);
  if (isFresh) starts.push(source.length);
  return { text, origins: starts.map(originAt) };
}
