/** What the window gets of outputs: the small ones whole, references for the large; and changes instead of copies. */
import type { CellId } from '../base/ids';
import type { CellEdit } from './cell-edit';
import type { Cell, CellView, NotebookDocument, NotebookView } from './notebook';
import type { OutputChange } from './notebook-state';
import { LARGE_OUTPUT_BYTES, type MimeBundle, type Output, type OutputView } from './output';

const PREVIEW_CHARACTERS = 2000;

export function viewDocument(document: NotebookDocument): NotebookView {
  return { ...document, cells: document.cells.map(viewCell) };
}

export function viewCell(cell: Cell): CellView {
  return { ...cell, outputs: cell.outputs.map(viewOutput) };
}

export function viewOutput(output: Output): OutputView {
  const bytes = sizeOf(output);
  if (bytes <= LARGE_OUTPUT_BYTES) return output;
  return {
    output_type: 'reference',
    stands_for: output.output_type,
    bytes,
    mimeTypes: Object.keys(bundleOf(output)),
    preview: previewOf(output),
    version: bytes,
  };
}

/** Whether an edit carries outputs that the window should rather get as references. */
export function carriesLargeOutputs(edit: CellEdit): boolean {
  return outputsIn(edit).some((output) => sizeOf(output) > LARGE_OUTPUT_BYTES);
}

function outputsIn(edit: CellEdit): Output[] {
  switch (edit.kind) {
    case 'insert':
      return edit.cell.outputs;
    case 'replace':
      return edit.cells.flatMap((cell) => cell.outputs);
    case 'set-outputs':
      return edit.outputs;
    case 'batch':
      return edit.edits.flatMap(outputsIn);
    default:
      return [];
  }
}

/** The changes that bring a window from one list of outputs to the other. */
export function outputChanges(
  cellId: CellId,
  before: readonly Output[],
  after: readonly Output[],
): OutputChange[] {
  const changes: OutputChange[] = [];
  let known = before;
  if (after.length < before.length || (before[0] !== undefined && after.length === 0)) {
    changes.push({ kind: 'clear', cellId });
    known = [];
  }
  for (const [index, output] of after.entries()) {
    const old = known[index];
    if (old !== output) changes.push(outputChange(cellId, index, old, output));
  }
  return changes;
}

function outputChange(
  cellId: CellId,
  index: number,
  old: Output | undefined,
  output: Output,
): OutputChange {
  const isLonger =
    old?.output_type === 'stream' &&
    output.output_type === 'stream' &&
    output.text.length <= LARGE_OUTPUT_BYTES &&
    old.name === output.name &&
    output.text.startsWith(old.text);
  if (isLonger) {
    return { kind: 'append-text', cellId, index, text: output.text.slice(old.text.length) };
  }
  return { kind: 'set', cellId, index, output: viewOutput(output) };
}

function previewOf(output: Output): string {
  if (output.output_type === 'stream') return output.text.slice(0, PREVIEW_CHARACTERS);
  if (output.output_type === 'error') return `${output.ename}: ${output.evalue}`;
  const text = bundleOf(output)['text/plain'];
  return typeof text === 'string' ? text.slice(0, PREVIEW_CHARACTERS) : '';
}

function bundleOf(output: Output): MimeBundle {
  const shows = output.output_type === 'display_data' || output.output_type === 'execute_result';
  return shows ? output.data : {};
}

/** In characters of JSON, near enough to bytes for a limit; long strings are not written out to be measured. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item) + 1, 2);
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOf(item) + 4, 2);
}
