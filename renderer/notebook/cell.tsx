/** One cell: band, gutter, text or editor, outputs. Heavy parts exist only while it is near the view. */
import { type CSSProperties, memo, useEffect, useRef } from 'react';
import type { CellRun, CellView, InputRequest } from '../../shared/notebook';
import { useCellSteps } from '../ui';
import { CellEditor } from './cell-editor';
import { bandColour, CellLabel } from './cell-label';
import { CellTools } from './cell-tools';
import { HighlightedCode } from './highlighted-code';
import { InputPrompt } from './input-prompt';
import styles from './notebook.module.css';
import { CellOutputs } from './output';
import { Rendered } from './rendered';
import { Gutter } from './run-sign';
import { select, selectQuietly, useSelection } from './selection';
import { useIsNear } from './use-is-near';

export interface CellProps {
  readonly cell: CellView;
  /** Counted from 1 over all cells, as people count. */
  readonly number: number;
  readonly run: CellRun | undefined;
  readonly input: InputRequest | null;
  readonly isReadOnly: boolean;
  readonly language: string;
}

export const NotebookCell = memo(function NotebookCell(props: CellProps) {
  const { cell, number, run, input, isReadOnly } = props;
  const { id, type } = cell;
  const box = useRef<HTMLElement>(null);
  const isNear = useIsNear(box);
  const isSelected = useSelection((state) => state.cellId === id);
  const mode = useSelection((state) => (state.cellId === id ? state.mode : 'command'));
  const role = useCellSteps((state) => state.roles.get(id));
  useFollowSelection(box, id);
  const isStale = run?.state === 'stale' || role?.kind === 'skipped';
  const colour = bandColour(role);
  const isEditing = isSelected && mode === 'edit';
  return (
    <article
      ref={box}
      className={styles.cell}
      aria-label={`${TYPE_WORDS[type]} cell ${number}`}
      aria-current={isSelected || undefined}
      data-testid="cell"
      data-cell-id={id}
      data-cell-type={type}
      data-selected={isSelected || undefined}
      data-mode={mode}
      data-skipped={role?.kind === 'skipped' || undefined}
      tabIndex={isSelected ? 0 : -1}
      onFocus={({ target, currentTarget }) => {
        if (target === currentTarget && !isSelected) selectQuietly(id, 'command');
      }}
      onMouseDown={({ target }) => {
        const isInEditor = target instanceof Element && target.closest('.monaco-editor') !== null;
        if (!isInEditor && !(isSelected && isEditing)) selectQuietly(id, 'command');
      }}
    >
      <CellLabel role={role} />
      <div
        className={styles.band}
        data-testid="cell-band"
        data-stale={isStale || undefined}
        style={bandStyle(colour, isStale)}
        aria-hidden
      />
      {type === 'code' ? (
        <Gutter run={run} executionCount={cell.executionCount} />
      ) : (
        <div className={styles.gutter} />
      )}
      <div className={styles.body}>
        <div className={styles.toolsAnchor}>
          {isSelected && !isReadOnly && <CellTools cell={cell} number={number} />}
        </div>
        <CellText {...props} isNear={isNear} isEditing={isEditing} />
        {type === 'code' && isNear && cell.outputs.length > 0 && (
          <CellOutputs cellId={id} outputs={cell.outputs} label={`Output of cell ${number}`} />
        )}
        {type === 'code' && !isNear && <OutputSpace count={cell.outputs.length} />}
        {input !== null && <InputPrompt request={input} />}
      </div>
    </article>
  );
});

const TYPE_WORDS = { code: 'Code', markdown: 'Text', raw: 'Raw' };

function bandStyle(colour: string | null, isStale: boolean): CSSProperties | undefined {
  if (colour === null) return undefined;
  return isStale ? ({ '--band': colour } as CSSProperties) : { background: colour };
}

/** Keeps the scroll bar from jumping much: outputs out of view take some room. */
function OutputSpace({ count }: { count: number }) {
  return count === 0 ? null : <div style={{ height: Math.min(count * 60, 300) }} />;
}

/** A selection by key scrolls to its cell and, in command mode, gives it the keys. */
function useFollowSelection(box: React.RefObject<HTMLElement | null>, id: CellView['id']): void {
  const moves = useSelection((state) => (state.cellId === id ? state.moves : null));
  useEffect(() => {
    if (moves === null || moves === 0) return;
    box.current?.scrollIntoView({ block: 'nearest' });
    if (useSelection.getState().mode === 'command') box.current?.focus({ preventScroll: true });
  }, [moves, box]);
}

function CellText(props: CellProps & { isNear: boolean; isEditing: boolean }) {
  const { cell, number, isReadOnly, language, isNear, isEditing } = props;
  if (cell.type === 'markdown' && !isEditing)
    return <MarkdownText cell={cell} isReadOnly={isReadOnly} />;
  const editorLanguage =
    cell.type === 'code' ? language : cell.type === 'markdown' ? 'markdown' : 'plaintext';
  return (
    <div className={styles.box}>
      {isNear || isEditing ? (
        <CellEditor
          cell={cell}
          label={`Text of cell ${number}`}
          isReadOnly={isReadOnly}
          language={editorLanguage}
        />
      ) : (
        <HighlightedCode source={cell.source} language={editorLanguage} />
      )}
    </div>
  );
}

function MarkdownText({ cell, isReadOnly }: { cell: CellView; isReadOnly: boolean }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same by keys is Enter on the cell.
    <div
      className={styles.markdown}
      data-testid="markdown"
      onDoubleClick={() => !isReadOnly && select(cell.id, 'edit')}
    >
      {cell.source.trim() === '' ? (
        <span className={styles.emptyText}>Empty text. Press Enter or double-click to write.</span>
      ) : (
        <Rendered mimeType="text/markdown" data={withAttachments(cell)} />
      )}
    </div>
  );
}

/** Pictures pasted into a text cell are kept beside its text; here they go into it. */
function withAttachments({ source, attachments }: CellView): string {
  let text = source;
  for (const [name, bundle] of Object.entries(attachments ?? {})) {
    const [mimeType, data] = Object.entries(bundle)[0] ?? [];
    if (typeof data !== 'string') continue;
    text = text.replaceAll(`attachment:${name}`, `data:${mimeType};base64,${data}`);
  }
  return text;
}
