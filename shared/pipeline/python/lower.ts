/** A cell's text with its lines, and the children of a node of Lezer's tree. */
import type { SyntaxNode } from '@lezer/common';

export class Source {
  readonly #starts: number[];

  constructor(
    /** As it was parsed. */
    readonly text: string,
    /** As it was written; of the same length. */
    readonly original: string,
  ) {
    this.#starts = [0];
    for (let at = original.indexOf('\n'); at >= 0; at = original.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  name(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  written(from: number, to: number): string {
    return this.original.slice(from, to);
  }

  /** From 1. */
  line(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** Where a line begins and where the next one does. */
  bounds(line: number): { from: number; to: number } {
    const from = this.#starts[line - 1] ?? 0;
    return { from, to: this.#starts[line] ?? Number.POSITIVE_INFINITY };
  }
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Comment') found.push(child);
  }
  return found;
}
