/** Writes a document back over the text it came from: what nobody changed keeps its bytes. */
import type { CellId } from '../base/ids';
import { outputToFile, splitLines } from './file-output';
import { type JsonFormat, writeEntries, writeJson, writeString } from './json-format';
import { type Piece, patchEntries, patchObject } from './json-patch';
import { type JsonNode, memberOf } from './json-tree';
import type { Cell } from './notebook';
import type { NotebookSource, SourceCell } from './notebook-source';
import type { Output } from './output';
import { isSameJson } from './same-json';

/** Depths of indentation: the root object is 0, its list of cells 1, a cell 2. */
const CELLS_DEPTH = 1;
const CELL_DEPTH = 2;
const MEMBER_DEPTH = 3;

export function serializeNotebook(
  source: NotebookSource,
  document: { readonly cells: readonly Cell[] },
): string {
  const positions = new Map<CellId, number>(
    source.cells.map(({ cell }, index) => [cell.id, index]),
  );
  const pieces = document.cells.map((cell): Piece => {
    const from = positions.get(cell.id) ?? null;
    const known = from === null ? undefined : source.cells[from];
    if (!known) return { from: null, text: writeNewCell(source, cell) };
    return { from, text: writeKnownCell(source, known, cell) };
  });
  const { start, end } = source.cellsNode;
  const cells = isUnchanged(source, pieces)
    ? source.text.slice(start, end)
    : patchEntries(source.text, source.cellsNode, pieces, source.format, CELLS_DEPTH);
  return source.text.slice(0, start) + cells + source.text.slice(end);
}

function isUnchanged(source: NotebookSource, pieces: readonly Piece[]): boolean {
  return (
    pieces.length === source.cells.length &&
    pieces.every(({ from, text }, index) => {
      const node = source.cells[index]?.node;
      return (
        from === index && node !== undefined && text === source.text.slice(node.start, node.end)
      );
    })
  );
}

function writeKnownCell(source: NotebookSource, known: SourceCell, cell: Cell): string {
  const { text, format } = source;
  const { node, cell: before } = known;
  if (cell === before || isSameJson(cell, before)) return text.slice(node.start, node.end);
  const changes = new Map<string, string | null>();
  if (cell.type !== before.type) changeType(changes, cell, format);
  if (cell.source !== before.source) {
    changes.set('source', writeSource(source, memberOf(node, 'source'), cell.source));
  }
  if (cell.type === 'code' && before.type === 'code') {
    if (!isSameJson(cell.outputs, before.outputs)) {
      changes.set('outputs', writeOutputs(source, known, cell.outputs));
    }
    if (cell.executionCount !== before.executionCount) {
      changes.set('execution_count', String(cell.executionCount));
    }
  }
  if (!isSameJson(cell.metadata, before.metadata)) {
    changes.set('metadata', writeJson(metadataOf(cell), format, MEMBER_DEPTH));
  } else if (!isSameJson(cell.tags, before.tags)) {
    changes.set('metadata', writeTags(source, memberOf(node, 'metadata'), cell.tags));
  }
  if (!isSameJson(cell.attachments, before.attachments)) {
    const raw = cell.attachments ? writeJson(cell.attachments, format, MEMBER_DEPTH) : null;
    changes.set('attachments', raw);
  }
  if (source.hasIds && idInFile(text, node) !== cell.id) {
    changes.set('id', writeString(cell.id, format));
  }
  return patchObject(text, node, changes, format, CELL_DEPTH);
}

function changeType(changes: Map<string, string | null>, cell: Cell, format: JsonFormat): void {
  changes.set('cell_type', writeString(cell.type, format));
  const outputs = cell.outputs.map((output) => outputToFile(output, format.hasLineLists));
  changes.set('outputs', cell.type === 'code' ? writeJson(outputs, format, MEMBER_DEPTH) : null);
  changes.set('execution_count', cell.type === 'code' ? String(cell.executionCount) : null);
}

/** Keeps the form it had (text or lines) and, of lines that are still there, the very characters. */
function writeSource(source: NotebookSource, node: JsonNode | undefined, text: string): string {
  const { format } = source;
  const isList = node ? node.kind === 'array' : format.hasLineLists;
  if (!isList) return writeString(text, format);
  const lines = splitLines(text);
  const pieces = reuse(source, node, lines, (line) => writeString(line, format));
  if (node?.kind !== 'array')
    return writeEntries(
      pieces.map((piece) => piece.text),
      '[]',
      format,
      MEMBER_DEPTH,
    );
  return patchEntries(source.text, node, pieces, format, MEMBER_DEPTH);
}

function writeOutputs(
  source: NotebookSource,
  known: SourceCell,
  outputs: readonly Output[],
): string {
  const { text, format } = source;
  const node = memberOf(known.node, 'outputs');
  const items = node?.kind === 'array' ? node.items : [];
  const pieces = outputs.map((output): Piece => {
    const from = known.cell.outputs.findIndex((before) => isSameJson(before, output));
    const item = items[from];
    if (item) return { from, text: text.slice(item.start, item.end) };
    const raw = outputToFile(output, format.hasLineLists);
    return { from: null, text: writeJson(raw, format, MEMBER_DEPTH + 1) };
  });
  if (!node)
    return writeEntries(
      pieces.map((piece) => piece.text),
      '[]',
      format,
      MEMBER_DEPTH,
    );
  return patchEntries(text, node, pieces, format, MEMBER_DEPTH);
}

/** Strings that were in the list before keep their escapes and, in order, what stood between them. */
function reuse(
  source: NotebookSource,
  node: JsonNode | undefined,
  lines: readonly string[],
  write: (line: string) => string,
): Piece[] {
  const before = new Map<string, { from: number; text: string }[]>();
  if (node?.kind === 'array') {
    for (const [from, item] of node.items.entries()) {
      const text = source.text.slice(item.start, item.end);
      const line = String(JSON.parse(text));
      before.set(line, [...(before.get(line) ?? []), { from, text }]);
    }
  }
  return lines.map((line) => {
    const kept = before.get(line);
    const next = kept && kept.length > 1 ? kept.shift() : kept?.[0];
    return next ?? { from: null, text: write(line) };
  });
}

function writeTags(source: NotebookSource, node: JsonNode | undefined, tags: string[]): string {
  const { text, format } = source;
  const raw = tags.length > 0 ? writeJson(tags, format, MEMBER_DEPTH + 1) : null;
  if (!node) return writeJson(raw === null ? {} : { tags }, format, MEMBER_DEPTH);
  return patchObject(text, node, new Map([['tags', raw]]), format, MEMBER_DEPTH);
}

function idInFile(text: string, node: JsonNode): unknown {
  const id = memberOf(node, 'id');
  return id ? JSON.parse(text.slice(id.start, id.end)) : undefined;
}

/** Members in the order Jupyter writes them. */
function writeNewCell(source: NotebookSource, cell: Cell): string {
  const { format, hasIds } = source;
  const lines = (text: string) => (format.hasLineLists ? splitLines(text) : text);
  const isCode = cell.type === 'code';
  const raw = {
    attachments: cell.attachments,
    cell_type: cell.type,
    execution_count: isCode ? cell.executionCount : undefined,
    id: hasIds ? cell.id : undefined,
    metadata: metadataOf(cell),
    outputs: isCode
      ? cell.outputs.map((output) => outputToFile(output, format.hasLineLists))
      : undefined,
    source: lines(cell.source),
  };
  return writeJson(raw, format, CELL_DEPTH);
}

function metadataOf(cell: Cell): Record<string, unknown> {
  return { ...cell.metadata, ...(cell.tags.length > 0 ? { tags: cell.tags } : {}) };
}
