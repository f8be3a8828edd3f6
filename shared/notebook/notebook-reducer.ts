/** Folds the stream of an open notebook into its state, in the window as in a test. */
import { assertNever } from '../base/assert';
import { applyEdit } from './apply-edit';
import type { CellEdit } from './cell-edit';
import type { CellView, NotebookView } from './notebook';
import type { NotebookEvent, NotebookState, OutputChange } from './notebook-state';
import type { OutputView } from './output';

/** Null until the first snapshot has come and after the notebook was closed. */
export function applyNotebookEvent(
  state: NotebookState | null,
  event: NotebookEvent,
): NotebookState | null {
  if (event.type === 'snapshot') return event.state;
  if (state === null) return null;
  switch (event.type) {
    case 'edited': {
      const { revision, canUndo, canRedo } = event;
      return { ...state, revision, canUndo, canRedo, document: edited(state.document, event.edit) };
    }
    case 'runs':
      return { ...state, runs: { ...state.runs, ...event.runs } };
    case 'outputs':
      return { ...state, document: event.changes.reduce(withOutput, state.document) };
    case 'save':
      return { ...state, save: event.save };
    case 'conflict':
      return { ...state, conflict: event.conflict };
    case 'recovery':
      return { ...state, recovery: event.recovery };
    case 'input':
      return { ...state, inputRequest: event.request };
    case 'moved':
      return { ...state, document: { ...state.document, path: event.path } };
    case 'closed':
      return null;
    default:
      return assertNever(event);
  }
}

/** Edits move outputs along and never look into them, so references may stand in for large ones. */
export function edited(document: NotebookView, edit: CellEdit): NotebookView {
  const stand = document as NotebookView & { cells: never[] };
  const result = applyEdit(stand, edit);
  return result.ok ? result.value : document;
}

function withOutput(document: NotebookView, change: OutputChange): NotebookView {
  const cells = document.cells.map((cell) =>
    cell.id === change.cellId ? withChange(cell, change) : cell,
  );
  return { ...document, cells };
}

function withChange(cell: CellView, change: OutputChange): CellView {
  switch (change.kind) {
    case 'clear':
      return { ...cell, outputs: [] };
    case 'set':
      return { ...cell, outputs: replaced(cell.outputs, change.index, change.output) };
    case 'append-text': {
      const output = cell.outputs[change.index];
      if (output?.output_type !== 'stream') return cell;
      const longer = { ...output, text: output.text + change.text };
      return { ...cell, outputs: replaced(cell.outputs, change.index, longer) };
    }
    case 'execution-count':
      return { ...cell, executionCount: change.executionCount };
    default:
      return assertNever(change);
  }
}

function replaced(outputs: OutputView[], index: number, output: OutputView): OutputView[] {
  return [...outputs.slice(0, index), output, ...outputs.slice(index + 1)];
}
