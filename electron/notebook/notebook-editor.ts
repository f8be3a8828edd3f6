/** The document of one open notebook: edits, their history, and the outputs that runs put into it. */
import type { CellId } from '../../shared/base/ids';
import { err, ok, type Result } from '../../shared/base/result';
import { studioError } from '../../shared/base/studio-error';
import {
  applyEdit,
  type Cell,
  type CellEdit,
  type EditHistory,
  invertEdit,
  NO_HISTORY,
  type NotebookDocument,
  type Output,
  remember,
  takeRedo,
  takeUndo,
} from '../../shared/notebook';

export interface Edited {
  readonly before: NotebookDocument;
  readonly edit: CellEdit;
  readonly origin: string | null;
}

type Revision = Result<{ revision: number }>;

export class NotebookEditor {
  #document: NotebookDocument;
  #history: EditHistory = NO_HISTORY;
  #revision = 0;

  /** `onEdited` hears of edits by people, `onChanged` of every change of the document. */
  constructor(
    document: NotebookDocument,
    private readonly onEdited: (edited: Edited) => void,
    private readonly onChanged: () => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#document = document;
  }

  get document(): NotebookDocument {
    return this.#document;
  }

  get position() {
    return {
      revision: this.#revision,
      canUndo: this.#history.undo.length > 0,
      canRedo: this.#history.redo.length > 0,
    };
  }

  cell(id: CellId): Cell | undefined {
    return this.#document.cells.find((cell) => cell.id === id);
  }

  edit(edit: CellEdit, origin: string | null): Revision {
    if (this.#document.isReadOnly) return refusal('This is a read-only view of the file.');
    const inverse = invertEdit(this.#document, edit);
    if (!inverse.ok) return inverse;
    const result = this.#apply(edit, origin, (history) =>
      remember(history, edit, inverse.value, this.now()),
    );
    return result;
  }

  undo(): Revision {
    const taken = takeUndo(this.#history, (edit) => this.#inverseOf(edit));
    if (!taken) return refusal('There is nothing to undo.');
    return this.#apply(taken.edit, null, () => taken.history);
  }

  redo(): Revision {
    const taken = takeRedo(this.#history, (edit) => this.#inverseOf(edit));
    if (!taken) return refusal('There is nothing to redo.');
    return this.#apply(taken.edit, null, () => taken.history);
  }

  /** What a run shows; no part of the history. False when the cell is no longer there. */
  setOutputs(cellId: CellId, outputs: readonly Output[], executionCount: number | null): boolean {
    const edit: CellEdit = { kind: 'set-outputs', cellId, outputs: [...outputs], executionCount };
    const result = applyEdit(this.#document, edit);
    if (!result.ok) return false;
    this.#document = result.value;
    this.onChanged();
    return true;
  }

  /** Another document in place of this one, as one step that can be undone. */
  replaceAll(document: NotebookDocument): void {
    const { cells } = this.#document;
    const edit: CellEdit = {
      kind: 'replace',
      index: 0,
      removed: cells.length,
      cells: document.cells,
    };
    this.#history = remember(this.#history, edit, this.#inverseOf(edit), this.now());
    this.#revision += 1;
    this.#document = document;
  }

  rename(path: string): void {
    this.#document = { ...this.#document, path };
  }

  #inverseOf(edit: CellEdit): CellEdit {
    const inverse = invertEdit(this.#document, edit);
    if (!inverse.ok)
      throw new Error(`An edit of the history no longer fits: ${inverse.error.message}`);
    return inverse.value;
  }

  #apply(
    edit: CellEdit,
    origin: string | null,
    history: (before: EditHistory) => EditHistory,
  ): Revision {
    const before = this.#document;
    const result = applyEdit(before, edit);
    if (!result.ok) return result;
    this.#document = result.value;
    this.#history = history(this.#history);
    this.#revision += 1;
    this.onEdited({ before, edit, origin });
    this.onChanged();
    return ok({ revision: this.#revision });
  }
}

function refusal(message: string): Revision {
  return err(studioError('precondition', message));
}
