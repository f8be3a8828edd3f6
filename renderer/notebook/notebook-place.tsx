/** The notebook: its cells in one column, what runs them, and what is known of the selected one. */
import { Button, useComputedColorScheme } from '@mantine/core';
import { IconNotebook, IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { StudioError } from '../../shared/base/studio-error';
import type { NotebookState, SaveState } from '../../shared/notebook';
import { runCommand } from '../commands';
import { KernelChip } from '../connect';
import { Ago, EmptyPlace, ErrorNotice, PlaceFrame, useCellRequest, Waiting } from '../ui';
import { setEditorTheme } from '../ui/monaco';
import { Banners } from './banners';
import { NotebookCell } from './cell';
import { CellInspector } from './inspector';
import { handleCommandKey } from './jupyter-keys';
import styles from './notebook.module.css';
import { select, selectQuietly, useSelection } from './selection';
import { openReadOnly, useSession } from './session';
import { insertAtEnd } from './verbs';

export function NotebookPlace() {
  const session = useSession((state) => state.session);
  switch (session.status) {
    case 'none':
      return <NoNotebook />;
    case 'opening':
      return <Waiting label="Opening the notebook" />;
    case 'failed':
      return <InvalidNotebook path={session.path} error={session.error} />;
    case 'open':
      return <OpenNotebook path={session.path} state={session.state} />;
  }
}

function NoNotebook() {
  return (
    <PlaceFrame title="Notebook">
      <EmptyPlace
        picture={<IconNotebook size={48} stroke={1.2} />}
        title="No notebook is open"
        sentence="Everything starts with a Jupyter notebook: open one of yours, or a sample from the start page."
        action={<Button onClick={() => runCommand('project.open')}>Open notebook</Button>}
      />
    </PlaceFrame>
  );
}

function InvalidNotebook({ path, error }: { path: string; error: StudioError }) {
  return (
    <PlaceFrame title="Notebook">
      <div style={{ maxWidth: 720 }}>
        <ErrorNotice
          error={error}
          actions={
            <>
              {error.kind === 'invalid-file' && (
                <Button onClick={() => openReadOnly(path)}>Show its text</Button>
              )}
              <Button variant="default" onClick={() => runCommand('project.open')}>
                Open another notebook
              </Button>
            </>
          }
        />
      </div>
    </PlaceFrame>
  );
}

function OpenNotebook({ path, state }: { path: string; state: NotebookState }) {
  const { document, save } = state;
  return (
    <PlaceFrame
      title="Notebook"
      isTitleHidden
      isPadded={false}
      facts={
        document.isReadOnly ? (
          <h1>{document.path.split(/[\\/]/).at(-1)}, read only</h1>
        ) : (
          <RunButtons isBusy={isBusy(state)} />
        )
      }
      actions={document.isReadOnly ? null : <SaveWord save={save} />}
      inspector={document.isReadOnly ? undefined : <CellInspector state={state} />}
    >
      <CellColumn path={path} state={state} />
    </PlaceFrame>
  );
}

function isBusy({ runs }: NotebookState): boolean {
  return Object.values(runs).some(({ state }) => state === 'running' || state === 'queued');
}

function RunButtons({ isBusy }: { isBusy: boolean }) {
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlayerPlay size={14} />}
        onClick={() => runCommand('notebook.run-all')}
      >
        Run all
      </Button>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconPlayerStop size={14} />}
        disabled={!isBusy}
        onClick={() => runCommand('notebook.interrupt')}
      >
        Interrupt
      </Button>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconRefresh size={14} />}
        onClick={() => runCommand('notebook.restart')}
      >
        Restart
      </Button>
      <KernelChip />
    </>
  );
}

function SaveWord({ save }: { save: SaveState }) {
  return (
    <span className="dim" data-testid="save-state" data-status={save.status} aria-live="polite">
      {save.status === 'saved' &&
        (save.savedAt === null ? 'Saved' : <Ago at={save.savedAt} prefix="Saved " />)}
      {save.status === 'unsaved' && 'Not saved yet'}
      {save.status === 'saving' && 'Saving…'}
      {save.status === 'failed' && 'Not saved'}
    </span>
  );
}

function CellColumn({ path, state }: { path: string; state: NotebookState }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { document, runs, inputRequest } = state;
  const isDark = useComputedColorScheme('dark') === 'dark';
  useEffect(() => setEditorTheme(isDark), [isDark]);
  useFirstSelection(state);
  useRequestedCell();
  useCommandKeys(scroller);
  return (
    <div ref={scroller} className={styles.scroller} data-cell-scroller data-testid="notebook">
      <div className={styles.column}>
        <Banners path={path} state={state} />
        {document.rawText !== null && <pre className={styles.rawText}>{document.rawText}</pre>}
        {document.cells.map((cell, index) => (
          <NotebookCell
            key={cell.id}
            cell={cell}
            number={index + 1}
            run={runs[cell.id]}
            input={inputRequest?.cellId === cell.id ? inputRequest : null}
            isReadOnly={document.isReadOnly}
            language={document.language}
          />
        ))}
        {!document.isReadOnly && (
          <div className={styles.adders}>
            <Button variant="subtle" color="gray" onClick={() => void insertAtEnd('code')}>
              + Code
            </Button>
            <Button variant="subtle" color="gray" onClick={() => void insertAtEnd('markdown')}>
              + Text
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Something is always selected, so that the keys have an object: the cell that took the place of one that went. */
function useFirstSelection({ document }: NotebookState): void {
  const { cells } = document;
  const cellId = useSelection((selection) => selection.cellId);
  const last = useRef(0);
  const index = cells.findIndex(({ id }) => id === cellId);
  const heir = cells[Math.min(last.current, cells.length - 1)]?.id;
  useEffect(() => {
    if (index >= 0) last.current = index;
    else if (heir !== undefined) selectQuietly(heir, 'command');
  }, [index, heir]);
}

/** Another place asked to see a cell. */
function useRequestedCell(): void {
  const { cellId, count } = useCellRequest();
  const seen = useRef(0);
  useEffect(() => {
    if (cellId === null || count === seen.current) return;
    seen.current = count;
    select(cellId);
  }, [cellId, count]);
}

/** Jupyter's keys, while cells and not a field have the focus. */
function useCommandKeys(scroller: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isForCells(event.target, scroller.current)) return;
      if (handleCommandKey(event)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [scroller]);
}

const FIELDS =
  'input, textarea, select, button, [contenteditable], .monaco-editor, [role="menu"], [role="dialog"]';

function isForCells(target: EventTarget | null, scroller: HTMLElement | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target === document.body) return true;
  return scroller?.contains(target) === true && target.closest(FIELDS) === null;
}
