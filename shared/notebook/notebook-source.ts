/** The text a notebook was read from, with the place of each cell in it: what saving keeps byte for byte. */
import type { JsonFormat } from './json-format';
import type { JsonNode } from './json-tree';
import type { Cell } from './notebook';

export interface SourceCell {
  /** As it was read; a cell that still equals it is written as it stands in the text. */
  readonly cell: Cell;
  readonly node: JsonNode;
}

export interface NotebookSource {
  readonly text: string;
  readonly root: JsonNode;
  readonly cellsNode: JsonNode;
  readonly cells: readonly SourceCell[];
  readonly format: JsonFormat;
  /** Cell ids belong to the file from nbformat 4.5 on; before, they live in memory only. */
  readonly hasIds: boolean;
}
