/** What keys, buttons and commands do with cells: each works on the selected cell unless one is named. */
import { CellId } from '../../shared/base/ids';
import type { CellType, CellView } from '../../shared/notebook';
import { native } from '../native';
import { callOrNotify } from '../ui';
import { flushDraft } from './drafts';
import { select, selectedIndex, useSelection } from './selection';
import { cellsNow, edit, insertCell, openState, perform, run } from './session';

let clipboard: {
  readonly type: CellType;
  readonly source: string;
  readonly tags: string[];
} | null = null;

function selected(): CellView | null {
  return cellsNow()[selectedIndex()] ?? null;
}

export async function insertBeside(
  side: 'above' | 'below',
  type: CellType = 'code',
): Promise<void> {
  const at = selectedIndex();
  const index = at < 0 ? cellsNow().length : side === 'above' ? at : at + 1;
  select(await insertCell(index, type), 'command');
}

export async function insertAtEnd(type: CellType): Promise<void> {
  select(await insertCell(cellsNow().length, type), 'edit');
}

export async function deleteSelected(): Promise<void> {
  const at = selectedIndex();
  const cell = cellsNow()[at];
  if (cell === undefined) return;
  const next = cellsNow()[at + 1] ?? cellsNow()[at - 1];
  if ((await edit({ kind: 'delete', cellId: cell.id })) && next !== undefined) select(next.id);
}

export async function moveSelected(by: -1 | 1): Promise<void> {
  const index = selectedIndex() + by;
  const cell = selected();
  if (cell === null || index < 0 || index >= cellsNow().length) return;
  if (await edit({ kind: 'move', cellId: cell.id, index })) select(cell.id);
}

export async function convertSelected(type: CellType): Promise<void> {
  const cell = selected();
  if (cell === null || cell.type === type) return;
  await flushDraft(cell.id);
  await edit({ kind: 'set-type', cellId: cell.id, type });
}

export async function mergeWithBelow(): Promise<void> {
  const cell = selected();
  if (cell === null || selectedIndex() >= cellsNow().length - 1) return;
  await flushDraft(cell.id);
  await edit({ kind: 'merge', cellId: cell.id });
}

export async function splitAt(cellId: CellId, offset: number): Promise<void> {
  await flushDraft(cellId);
  const newCellId = CellId(crypto.randomUUID().slice(0, 8));
  if (await edit({ kind: 'split', cellId, offset, newCellId })) select(newCellId, 'edit');
}

export function copySelected(): void {
  const cell = selected();
  if (cell !== null) clipboard = { type: cell.type, source: cell.source, tags: cell.tags };
}

export async function cutSelected(): Promise<void> {
  copySelected();
  await deleteSelected();
}

export async function pasteBelow(): Promise<void> {
  if (clipboard === null) return;
  const { type, source, tags } = clipboard;
  const id = await insertCell(selectedIndex() + 1, type, source);
  if (tags.length > 0) await edit({ kind: 'set-tags', cellId: id, tags });
  select(id);
}

export async function clearOutputs(cellIds: CellId[] | null): Promise<void> {
  await edit({ kind: 'clear-outputs', cellIds });
}

export type AfterRun = 'stay' | 'next' | 'insert';

/** Runs the selected cell. A text cell is only shown as text. */
export async function runSelected(after: AfterRun): Promise<void> {
  const cell = selected();
  if (cell === null) return;
  await flushDraft(cell.id);
  const running = cell.type === 'code' ? run({ kind: 'cells', cellIds: [cell.id] }) : null;
  await goOn(after, cell.id);
  await running;
}

async function goOn(after: AfterRun, cellId: CellId): Promise<void> {
  const next = cellsNow()[selectedIndex() + 1];
  if (after === 'stay') select(cellId);
  else if (after === 'insert') {
    select(await insertCell(selectedIndex() + 1, 'code'), 'edit');
  } else if (next !== undefined) select(next.id);
  else select(await insertCell(cellsNow().length, 'code'), 'edit');
}

export async function runCell(cellId: CellId): Promise<void> {
  await flushDraft(cellId);
  await run({ kind: 'cells', cellIds: [cellId] });
}

export async function runFrom(kind: 'all' | 'above' | 'below'): Promise<void> {
  const { cellId } = useSelection.getState();
  await flushDraft(null);
  if (kind === 'all') await run({ kind: 'all' });
  else if (cellId !== null) await run({ kind, cellId });
}

export async function save(): Promise<void> {
  await flushDraft(null);
  await perform('save');
}

export async function undo(): Promise<void> {
  await flushDraft(null);
  await perform('undo');
}

export async function saveAs(): Promise<void> {
  const open = openState();
  if (open === null) return;
  await flushDraft(null);
  const to = await native()?.showSaveDialog(open.path);
  // The system's dialog has already asked about overwriting.
  if (to)
    await callOrNotify((client) =>
      client.notebook.saveAs({ path: open.path, to, overwrite: true }),
    );
}
