/** Follows the open notebook whatever place is on the screen: its commands, its problems, its imports. */
import { z } from 'zod';
import { cellIdSchema } from '../../shared/base/ids';
import { placeSchema } from '../../shared/base/studio-error';
import { conflictChoiceSchema, type NotebookState } from '../../shared/notebook';
import { useCommands } from '../commands';
import { goTo } from '../navigation';
import { callOrNotify, requestCell, type ShownProblem, useReportProblems } from '../ui';
import { cellsNow, openReadOnly, perform, useNotebookSession, useSession } from './session';
import {
  clearOutputs,
  convertSelected,
  deleteSelected,
  insertBeside,
  moveSelected,
  runFrom,
  runSelected,
  save,
  saveAs,
  undo,
} from './verbs';

export function NotebookKeeper() {
  useNotebookSession();
  const session = useSession((state) => state.session);
  const isOpen = session.status === 'open' && !session.state.document.isReadOnly;
  useReportProblems('notebook', session.status === 'open' ? problemsOf(session.state) : []);
  useNotebookCommands(isOpen);
  return null;
}

function useNotebookCommands(isOpen: boolean): void {
  const when = () => isOpen;
  const inNotebook = (verb: () => Promise<unknown>) => async () => {
    goTo('notebook');
    await verb();
  };
  useCommands([
    { id: 'notebook.save', when, run: save },
    { id: 'notebook.save-as', when, run: saveAs },
    { id: 'notebook.undo', when, run: inNotebook(undo) },
    { id: 'notebook.redo', when, run: inNotebook(() => perform('redo')) },
    { id: 'notebook.run-cell', when, run: inNotebook(() => runSelected('stay')) },
    { id: 'notebook.run-all', when, run: inNotebook(() => runFrom('all')) },
    { id: 'notebook.run-above', when, run: inNotebook(() => runFrom('above')) },
    { id: 'notebook.run-below', when, run: inNotebook(() => runFrom('below')) },
    { id: 'notebook.add-above', when, run: inNotebook(() => insertBeside('above')) },
    { id: 'notebook.add-below', when, run: inNotebook(() => insertBeside('below')) },
    { id: 'notebook.move-up', when, run: inNotebook(() => moveSelected(-1)) },
    { id: 'notebook.move-down', when, run: inNotebook(() => moveSelected(1)) },
    { id: 'notebook.to-code', when, run: inNotebook(() => convertSelected('code')) },
    { id: 'notebook.to-markdown', when, run: inNotebook(() => convertSelected('markdown')) },
    { id: 'notebook.delete-cell', when, run: inNotebook(deleteSelected) },
    {
      id: 'notebook.clear-outputs',
      title: 'Clear all outputs',
      when,
      run: inNotebook(() => clearOutputs(null)),
    },
    { id: 'notebook.go-to-cell', title: 'Go to the selected cell', run: goToCell },
    { id: 'notebook.open-read-only', title: 'Show the text of the file', run: showText },
    {
      id: 'notebook.resolve-conflict',
      title: 'Settle the two versions',
      when,
      run: settleConflict,
    },
    { id: 'notebook.interrupt', when, run: () => perform('interrupt') },
    { id: 'notebook.restart', when, run: () => perform('restart') },
  ]);
}

/** A cell or a place of the notebook, as errors name them; without one, the cell that is selected. */
function goToCell(argument: unknown): void {
  const id = cellIdSchema.safeParse(argument);
  const place = placeSchema.safeParse(id.success ? { cellId: id.data } : argument);
  const { cellId, cellNumber } = place.success ? place.data : {};
  const byNumber = cellNumber === undefined ? undefined : cellsNow()[cellNumber - 1]?.id;
  const wanted = cellsNow().find(({ id }) => id === cellId)?.id ?? byNumber;
  if (wanted === undefined) goTo('notebook');
  else requestCell(wanted);
}

function showText(argument: unknown): void {
  const place = placeSchema.safeParse(argument);
  const now = useSession.getState().session;
  const path = (place.success && place.data.path) || (now.status === 'failed' ? now.path : null);
  if (path === null) return;
  goTo('notebook');
  openReadOnly(path);
}

const settlement = z.object({ path: z.string(), choice: conflictChoiceSchema });

/** The buttons of the error name the choice; from the palette the banner asks for it. */
async function settleConflict(argument: unknown): Promise<void> {
  const chosen = settlement.safeParse(argument);
  if (chosen.success) await callOrNotify((studio) => studio.notebook.resolveConflict(chosen.data));
  else goTo('notebook');
}

function problemsOf({ document, runs }: NotebookState): ShownProblem[] {
  const found = document.problems.map(
    ({ message, cellId, cellNumber }): ShownProblem => ({
      message,
      severity: 'warning',
      place: 'notebook',
      ...(cellId === undefined ? {} : { cellId }),
      ...(cellNumber === undefined ? {} : { where: `cell ${cellNumber}` }),
    }),
  );
  const failed = document.cells.flatMap(({ id }, index): ShownProblem[] => {
    const run = runs[id];
    if (run?.state !== 'failed') return [];
    const where = `cell ${index + 1}`;
    return [
      { message: run.error.message, severity: 'error', place: 'notebook', cellId: id, where },
    ];
  });
  return [...found, ...failed];
}
