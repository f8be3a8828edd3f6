/** The open notebook as the window holds it: a copy that follows the host's, and the verbs that change it. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { CellId } from '../../shared/base/ids';
import type { StudioError } from '../../shared/base/studio-error';
import {
  applyNotebookEvent,
  type CellType,
  type CellView,
  emptyCell,
  type NotebookEvent,
  type NotebookState,
  type RunSelection,
  type UserEdit,
} from '../../shared/notebook';
import { followStream } from '../studio';
import { callOrNotify, useNotebookPath } from '../ui';

export type Session =
  | { readonly status: 'none' }
  | { readonly status: 'opening'; readonly path: string }
  | { readonly status: 'failed'; readonly path: string; readonly error: StudioError }
  | { readonly status: 'open'; readonly path: string; readonly state: NotebookState };

export const useSession = create<{ readonly session: Session }>(() => ({
  session: { status: 'none' },
}));

export function session(): Session {
  return useSession.getState().session;
}

function setSession(next: Session): void {
  useSession.setState({ session: next });
}

/** This window's name, so that it knows its own edits in the stream. */
export const ORIGIN = crypto.randomUUID();

type EditListener = (event: Extract<NotebookEvent, { type: 'edited' | 'snapshot' }>) => void;
const editListeners = new Set<EditListener>();

/** Editors listen, to take over what others changed. Called after the state is up to date. */
export function onDidEdit(listener: EditListener): () => void {
  editListeners.add(listener);
  return () => editListeners.delete(listener);
}

/** Ends following the notebook that was open before. */
let ending = new AbortController();

/** Opens the project's notebook in the window and follows it, whatever place is on the screen. */
export function useNotebookSession(): void {
  const path = useNotebookPath();
  useEffect(() => {
    ending.abort();
    if (path === null) {
      setSession({ status: 'none' });
      return;
    }
    ending = new AbortController();
    setSession({ status: 'opening', path });
    void follow(path, 'edit', ending.signal);
    return () => ending.abort();
  }, [path]);
}

/** A look at the text of a file that is no valid notebook. */
export function openReadOnly(path: string): void {
  ending.abort();
  ending = new AbortController();
  void follow(path, 'read', ending.signal);
}

/** A new host knows no open notebooks, so each subscription opens it first; opening twice is harmless. */
async function follow(path: string, purpose: 'edit' | 'read', signal: AbortSignal): Promise<void> {
  const failing = new AbortController();
  signal.addEventListener('abort', () => failing.abort());
  await followStream<NotebookEvent>(
    async ({ notebook }, options) => {
      const opened = await (purpose === 'edit'
        ? notebook.open({ path })
        : notebook.openReadOnly({ path }));
      if (!opened.ok) {
        if (!signal.aborted) setSession({ status: 'failed', path, error: opened.error });
        failing.abort();
      }
      return notebook.watch({ path: opened.ok ? opened.value.path : path }, options);
    },
    receive(path),
    failing.signal,
  );
}

function receive(path: string): (event: NotebookEvent) => void {
  return (event) => {
    const now = session();
    const before = now.status === 'open' ? now.state : null;
    const state = applyNotebookEvent(before, event);
    if (state === null) return;
    setSession({ status: 'open', path: state.document.path || path, state });
    if (event.type === 'edited' || event.type === 'snapshot') {
      for (const listener of [...editListeners]) listener(event);
    }
  };
}

export function openState(): Extract<Session, { status: 'open' }> | null {
  const now = session();
  return now.status === 'open' ? now : null;
}

export function cellsNow(): readonly CellView[] {
  return openState()?.state.document.cells ?? [];
}

/** Applies an edit through the host; the change comes back in the stream. */
export async function edit(change: UserEdit): Promise<boolean> {
  const open = openState();
  if (open === null || open.state.document.isReadOnly) return false;
  const { path } = open;
  const done = await callOrNotify((client) =>
    client.notebook.edit({ path, edit: change, origin: ORIGIN }),
  );
  if (done === null) return false;
  await untilRevision(done.revision);
  return true;
}

const PATIENCE_MS = 3000;

/** The answer may overtake the change itself, which comes in the stream; what follows needs the changed cells. */
function untilRevision(revision: number): Promise<void> {
  const isThere = () => (openState()?.state.revision ?? Number.POSITIVE_INFINITY) >= revision;
  if (isThere()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const stop = useSession.subscribe(() => isThere() && finish());
    const timer = setTimeout(finish, PATIENCE_MS);
  });
}

export async function insertCell(index: number, type: CellType, source = ''): Promise<CellId> {
  const id = CellId(crypto.randomUUID().slice(0, 8));
  await edit({ kind: 'insert', index, cell: emptyCell(id, type, source) });
  return id;
}

export async function run(selection: RunSelection): Promise<void> {
  const open = openState();
  if (open === null) return;
  const { path } = open;
  await callOrNotify((client) => client.notebook.run({ path, selection }));
}

type SimpleVerb = 'undo' | 'redo' | 'save' | 'interrupt' | 'restart';

/** The verbs that need nothing but the notebook. */
export async function perform(verb: SimpleVerb): Promise<void> {
  const open = openState();
  if (open === null) return;
  const { path } = open;
  await callOrNotify<unknown>((client) => client.notebook[verb]({ path }));
}
