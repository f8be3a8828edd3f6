/** One cell's text in Monaco, as high as its text; Jupyter's keys leave it and run it. */
import { useEffect, useRef } from 'react';
import type { CellId } from '../../shared/base/ids';
import type { CellView } from '../../shared/notebook';
import { EDITOR_OPTIONS, monaco } from '../ui/monaco';
import { draft, draftOf } from './drafts';
import { cellUri } from './kernel-help';
import { followLitName } from './lit-names';
import styles from './notebook.module.css';
import { select, selectNeighbour, selectQuietly, useSelection } from './selection';
import { cellsNow, ORIGIN, onDidEdit } from './session';
import { runSelected, splitAt } from './verbs';

type Editor = monaco.editor.IStandaloneCodeEditor;

export interface CellEditorProps {
  readonly cell: CellView;
  readonly label: string;
  readonly isReadOnly: boolean;
  readonly language: string;
}

export function CellEditor({ cell, label, isReadOnly, language }: CellEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const { id } = cell;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text of a living editor follows edits, not renders.
  useEffect(() => {
    if (box.current === null) return;
    const created = createEditor(box.current, cell, label, isReadOnly, language);
    editor.current = created.editor;
    return created.dispose;
  }, [id, label, isReadOnly, language]);

  const moves = useSelection((state) =>
    state.cellId === id && state.mode === 'edit' ? state.moves : null,
  );
  useEffect(() => {
    if (moves !== null) editor.current?.focus();
  }, [moves]);

  return <div ref={box} className={styles.editor} data-testid="cell-editor" />;
}

function createEditor(
  box: HTMLElement,
  cell: CellView,
  label: string,
  isReadOnly: boolean,
  language: string,
): { editor: Editor; dispose: () => void } {
  const uri = cellUri(cell.id);
  monaco.editor.getModel(uri)?.dispose();
  const model = monaco.editor.createModel(draftOf(cell.id) ?? cell.source, language, uri);
  const editor = monaco.editor.create(box, {
    ...EDITOR_OPTIONS,
    model,
    readOnly: isReadOnly,
    ariaLabel: label,
    lineDecorationsWidth: 12,
    padding: { top: 8, bottom: 8 },
    wordWrap: 'on',
    quickSuggestions: false,
    occurrencesHighlight: 'singleFile',
    scrollbar: {
      vertical: 'hidden',
      alwaysConsumeMouseWheel: false,
      horizontalScrollbarSize: 8,
    },
  });
  const disposables = [
    fitHeight(editor, box),
    keepCaretInView(editor, box),
    takeWholeText(editor, box),
    ...addKeys(editor, cell.id),
    ...followFocus(editor, cell.id),
    ...syncText(editor, model, cell.id),
    ...followLitName(editor, cell.id),
    editor,
    model,
  ];
  return {
    editor,
    dispose: () => {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}

function fitHeight(editor: Editor, box: HTMLElement): monaco.IDisposable {
  const resize = () => {
    box.style.height = `${editor.getContentHeight()}px`;
    editor.layout();
  };
  resize();
  return editor.onDidContentSizeChange(resize);
}

/** Lines that come all at once (dictation, input tools) are taken as they are, not indented again line by line. */
function takeWholeText(editor: Editor, box: HTMLElement): monaco.IDisposable {
  const onBeforeInput = (event: InputEvent) => {
    const selection = editor.getSelection();
    if (event.inputType !== 'insertText' || !isWhole(event.data) || selection === null) return;
    event.preventDefault();
    event.stopPropagation();
    editor.executeEdits('input', [{ range: selection, text: event.data, forceMoveMarkers: true }]);
    editor.pushUndoStop();
  };
  box.addEventListener('beforeinput', onBeforeInput, true);
  return { dispose: () => box.removeEventListener('beforeinput', onBeforeInput, true) };
}

/** More than one key gives: the editor takes typed text letter by letter, which for a long one takes minutes. */
function isWhole(text: string | null): text is string {
  return text !== null && (text.includes('\n') || text.length > 100);
}

/** The column scrolls, not the editor: so the caret is kept in the column's view. */
function keepCaretInView(editor: Editor, box: HTMLElement): monaco.IDisposable {
  const margin = 28;
  return editor.onDidChangeCursorPosition(({ position }) => {
    const scroller = box.closest('[data-cell-scroller]');
    if (scroller === null || !editor.hasTextFocus()) return;
    requestAnimationFrame(() => {
      const caret = editor.getScrolledVisiblePosition(position);
      if (caret === null) return;
      const top = box.getBoundingClientRect().top + caret.top;
      const view = scroller.getBoundingClientRect();
      const below = top + caret.height + margin - view.bottom;
      const above = view.top + margin - top;
      if (below > 0) scroller.scrollTop += below;
      else if (above > 0) scroller.scrollTop -= above;
    });
  });
}

/** Typing drafts; edits of others (undo, merge, the file on disk) replace the text, keeping the caret near. */
function syncText(
  editor: Editor,
  model: monaco.editor.ITextModel,
  cellId: CellId,
): { dispose(): void }[] {
  let isReplacing = false;
  const typing = model.onDidChangeContent(() => {
    if (!isReplacing) draft(cellId, model.getValue());
  });
  const stop = onDidEdit((event) => {
    const isOwnTyping =
      event.type === 'edited' && event.origin === ORIGIN && event.edit.kind === 'set-source';
    if (isOwnTyping) return;
    const source = cellsNow().find(({ id }) => id === cellId)?.source;
    if (source === undefined || source === model.getValue() || draftOf(cellId) !== null) return;
    isReplacing = true;
    const position = editor.getPosition();
    model.setValue(source);
    if (position !== null) editor.setPosition(position);
    isReplacing = false;
  });
  return [typing, { dispose: stop }];
}

function followFocus(editor: Editor, cellId: CellId): monaco.IDisposable[] {
  return [
    editor.onDidFocusEditorText(() => {
      const now = useSelection.getState();
      if (now.cellId !== cellId || now.mode !== 'edit') selectQuietly(cellId, 'edit');
    }),
    editor.onDidBlurEditorText(() => {
      const now = useSelection.getState();
      if (now.cellId === cellId && now.mode === 'edit') selectQuietly(cellId, 'command');
      editor.setSelection(editor.getSelection()?.collapseToStart() ?? new monaco.Range(1, 1, 1, 1));
    }),
  ];
}

const NOT_IN_WIDGET =
  '!suggestWidgetVisible && !findWidgetVisible && !inSnippetMode && !editorHoverFocused && !editorHasMultipleSelections';

/** Actions, not commands: Monaco's commands belong to the last editor made, actions to their own. */
function addKeys(editor: Editor, cellId: CellId): monaco.IDisposable[] {
  const { KeyMod, KeyCode } = monaco;
  const action = (id: string, label: string, key: number, run: () => void, precondition?: string) =>
    editor.addAction({
      id: `slipway.${id}`,
      label,
      keybindings: [key],
      ...(precondition === undefined ? {} : { precondition }),
      run,
    });
  const offset = () =>
    editor.getModel()?.getOffsetAt(editor.getPosition() ?? { lineNumber: 1, column: 1 });
  return [
    action(
      'leave',
      'Leave the cell',
      KeyCode.Escape,
      () => select(cellId, 'command'),
      NOT_IN_WIDGET,
    ),
    action(
      'run-next',
      'Run and go on',
      KeyMod.Shift | KeyCode.Enter,
      () => void runSelected('next'),
    ),
    action('run-stay', 'Run', KeyMod.CtrlCmd | KeyCode.Enter, () => void runSelected('stay')),
    action(
      'run-insert',
      'Run and insert',
      KeyMod.Alt | KeyCode.Enter,
      () => void runSelected('insert'),
    ),
    action('split', 'Split the cell here', KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Minus, () => {
      const at = offset();
      if (at !== undefined) void splitAt(cellId, at);
    }),
    action('inspect', 'What is this?', KeyMod.Shift | KeyCode.Tab, () => {
      void editor.getAction('editor.action.showHover')?.run();
    }),
    editor.onKeyDown((event) => onEdgeKey(editor, event)),
  ];
}

/** Arrows leave at the first and last line; Tab after a word completes, as in Jupyter. */
function onEdgeKey(editor: Editor, event: monaco.IKeyboardEvent): void {
  const position = editor.getPosition();
  const model = editor.getModel();
  if (position === null || model === null || event.shiftKey || event.altKey || event.ctrlKey)
    return;
  if (isSuggesting()) return;
  if (event.keyCode === monaco.KeyCode.UpArrow && position.lineNumber === 1) {
    take(event, () => selectNeighbour(-1, 'edit'));
  } else if (
    event.keyCode === monaco.KeyCode.DownArrow &&
    position.lineNumber === model.getLineCount()
  ) {
    take(event, () => selectNeighbour(1, 'edit'));
  } else if (event.keyCode === monaco.KeyCode.Tab && editor.getSelection()?.isEmpty()) {
    const before = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
    if (/[\w.]$/.test(before)) {
      take(event, () => editor.trigger('keyboard', 'editor.action.triggerSuggest', {}));
    }
  }
}

/** The list of completions hangs outside the editor, so that its cell does not clip it. */
function isSuggesting(): boolean {
  return document.querySelector('.suggest-widget.visible') !== null;
}

function take(event: monaco.IKeyboardEvent, act: () => void): void {
  event.preventDefault();
  event.stopPropagation();
  act();
}
