/** What can be undone and redone: inverses of edits, newest last. Outputs of runs are not in it. */
import type { CellEdit } from './cell-edit';

interface Step {
  readonly inverse: CellEdit;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Set while keystrokes in one cell still gather into one step. */
  readonly typingIn: string | null;
}

export interface EditHistory {
  readonly undo: readonly Step[];
  readonly redo: readonly CellEdit[];
}

export const NO_HISTORY: EditHistory = { undo: [], redo: [] };

/** Keystrokes in one cell no further apart than this are undone together. */
export const TYPING_PAUSE_MS = 1000;
const LONGEST = 500;

export function remember(
  history: EditHistory,
  edit: CellEdit,
  inverse: CellEdit,
  at: number,
): EditHistory {
  const typingIn = edit.kind === 'set-source' ? edit.cellId : null;
  const last = history.undo.at(-1);
  const continues =
    typingIn !== null && last?.typingIn === typingIn && at - last.at < TYPING_PAUSE_MS;
  const step = { inverse: continues ? last.inverse : inverse, at, typingIn };
  const before = continues ? history.undo.slice(0, -1) : history.undo;
  return { undo: [...before, step].slice(-LONGEST), redo: [] };
}

/** The edit to apply for an undo; `inverseOf` gives the edit that redoes it. */
export function takeUndo(
  history: EditHistory,
  inverseOf: (edit: CellEdit) => CellEdit,
): { edit: CellEdit; history: EditHistory } | null {
  const last = history.undo.at(-1);
  if (!last) return null;
  const redo = [...history.redo, inverseOf(last.inverse)];
  return { edit: last.inverse, history: { undo: history.undo.slice(0, -1), redo } };
}

export function takeRedo(
  history: EditHistory,
  inverseOf: (edit: CellEdit) => CellEdit,
): { edit: CellEdit; history: EditHistory } | null {
  const edit = history.redo.at(-1);
  if (!edit) return null;
  const step = { inverse: inverseOf(edit), at: 0, typingIn: null };
  return { edit, history: { undo: [...history.undo, step], redo: history.redo.slice(0, -1) } };
}
