/**
 * What is typed and not yet sent. Each editor's text is the truth for its cell while it is typed in; it travels to the
 * host a moment after the last key, and at once before anything that depends on it (run, save, move). While the host is
 * gone drafts wait here; the next host gets them.
 */
import type { CellId } from '../../shared/base/ids';
import { hostNumber, isStudioLost } from '../studio';
import { cellsNow, edit, ORIGIN, onDidEdit } from './session';

const DELAY_MS = 120;

interface Draft {
  readonly source: string;
  readonly timer?: ReturnType<typeof setTimeout>;
}

/** Not yet on their way. */
const drafts = new Map<CellId, Draft>();
/** The last text of each cell that is on its way: the cell as the host tells of it may be older still. */
const underWay = new Map<CellId, Draft>();
/** What the host took lately, by when: it may be gone before it has kept it. */
const taken = new Map<CellId, { readonly source: string; readonly at: number }>();
const LATELY_MS = 30_000;
/** The sends under way, in order, so that a later text never overtakes an earlier one. */
let sending: Promise<unknown> = Promise.resolve();

export function draft(cellId: CellId, source: string): void {
  clearTimeout(drafts.get(cellId)?.timer);
  const timer = setTimeout(() => void flushDraft(cellId), DELAY_MS);
  drafts.set(cellId, { source, timer });
}

/** What was typed last, until the host has it; then the cell holds it. */
export function draftOf(cellId: CellId): string | null {
  return (drafts.get(cellId) ?? underWay.get(cellId))?.source ?? null;
}

/** Sends the draft of a cell, or all of them for null; resolves when the host has them. */
export function flushDraft(cellId: CellId | null): Promise<unknown> {
  if (isStudioLost()) return sending;
  const wanted = cellId === null ? [...drafts.keys()] : [cellId];
  for (const id of wanted) {
    const waiting = drafts.get(id);
    if (waiting === undefined) continue;
    clearTimeout(waiting.timer);
    drafts.delete(id);
    underWay.set(id, waiting);
    const send = () => sendText(id, waiting);
    sending = sending.then(send, send);
  }
  return sending;
}

async function sendText(cellId: CellId, sent: Draft): Promise<void> {
  const isSent = await edit({ kind: 'set-source', cellId, source: sent.source });
  if (underWay.get(cellId) !== sent) return;
  underWay.delete(cellId);
  if (isSent) taken.set(cellId, { source: sent.source, at: Date.now() });
  else if (isStudioLost() && !drafts.has(cellId)) drafts.set(cellId, sent);
}

let host = hostNumber();

/** A new host has what the last one kept: what was typed since, it gets again. */
function giveAgain(): void {
  const since = Date.now() - LATELY_MS;
  for (const { id, source } of cellsNow()) {
    const last = taken.get(id);
    const typed = underWay.get(id)?.source ?? (last && last.at > since ? last.source : undefined);
    if (typed !== undefined && typed !== source && !drafts.has(id))
      drafts.set(id, { source: typed });
  }
}

onDidEdit((event) => {
  if (event.type === 'edited') {
    // Undone, or changed by others: what was typed before is no longer what is wanted.
    if (event.edit.kind !== 'set-source' || event.origin !== ORIGIN) taken.clear();
    return;
  }
  if (host !== hostNumber()) giveAgain();
  host = hostNumber();
  taken.clear();
  // A new host, or the file as another program left it: what is being typed is not in it yet. Sent once editors looked.
  queueMicrotask(() => void flushDraft(null));
});

if (typeof window !== 'undefined') {
  window.addEventListener('beforeunload', () => void flushDraft(null));
}
