/** A file, read-only, in Monaco. The caller may mark lines and hear which line is clicked. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { EDITOR_OPTIONS, languageOf, monaco, setEditorTheme } from './monaco';

export interface CodeViewProps {
  readonly path: string;
  readonly text: string;
  readonly label: string;
  /** Monaco's line decorations, for example a class for a mark in a step's colour. */
  readonly decorations?: readonly monaco.editor.IModelDeltaDecoration[];
  readonly revealLine?: number | null;
  /** Line counted from 1. */
  readonly onLine?: (line: number) => void;
}

export function CodeView({ path, text, label, decorations, revealLine, onLine }: CodeViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const marks = useRef<monaco.editor.IEditorDecorationsCollection | null>(null);
  const onLineNow = useRef(onLine);
  onLineNow.current = onLine;
  const isDark = useComputedColorScheme('dark') === 'dark';

  useEffect(() => {
    if (box.current === null) return;
    const created = monaco.editor.create(box.current, {
      ...EDITOR_OPTIONS,
      readOnly: true,
      domReadOnly: true,
      lineNumbers: 'on',
      lineNumbersMinChars: 4,
      lineDecorationsWidth: 12,
      ariaLabel: label,
      model: null,
    });
    editor.current = created;
    marks.current = created.createDecorationsCollection();
    const listening = created.onDidChangeCursorPosition(({ position }) =>
      onLineNow.current?.(position.lineNumber),
    );
    return () => {
      listening.dispose();
      created.getModel()?.dispose();
      created.dispose();
    };
  }, [label]);

  useEffect(() => setEditorTheme(isDark), [isDark]);

  useEffect(() => {
    const model = monaco.editor.createModel(text, languageOf(path));
    const before = editor.current?.getModel();
    editor.current?.setModel(model);
    before?.dispose();
  }, [path, text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text needs its marks again.
  useEffect(() => {
    marks.current?.set([...(decorations ?? [])]);
  }, [decorations, text, path]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text is scrolled anew.
  useEffect(() => {
    if (revealLine) editor.current?.revealLineInCenter(revealLine);
  }, [revealLine, text, path]);

  return <div ref={box} style={{ width: '100%', height: '100%' }} data-testid="code-view" />;
}
