/** Monaco with what a notebook and generated files need: few languages, the studio's colours, one worker. */
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeEditor/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/dnd/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/links/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/suggest/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/languages/definitions/dockerfile/register';
import 'monaco-editor/languages/definitions/html/register';
import 'monaco-editor/languages/definitions/ini/register';
import 'monaco-editor/languages/definitions/javascript/register';
import 'monaco-editor/languages/definitions/markdown/register';
import 'monaco-editor/languages/definitions/python/register';
import 'monaco-editor/languages/definitions/shell/register';
import 'monaco-editor/languages/definitions/yaml/register';
import * as monaco from 'monaco-editor/editor/editor.api';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';

declare global {
  interface Window {
    MonacoEnvironment?: { getWorker(): Worker };
  }
}

window.MonacoEnvironment = { getWorker: () => new EditorWorker() };

const DARK = {
  keyword: 'c792ea',
  string: '9ccc7a',
  number: 'f2a66b',
  type: '7fb8ff',
  comment: '808b97',
  text: 'e7ebef',
  background: '10151a',
  surface: '1a2028',
  line: '262e38',
  accent: '46b8cc',
  selected: '222a33',
};

const LIGHT: typeof DARK = {
  keyword: '8a3fc0',
  string: '3a731d',
  number: 'a84c06',
  type: '1b5fb5',
  comment: '626e7a',
  text: '1a222a',
  background: 'f7f9fa',
  surface: 'ffffff',
  line: 'dfe4e9',
  accent: '0c7589',
  selected: 'e2ecef',
};

function defineTheme(name: string, base: 'vs' | 'vs-dark', colours: typeof DARK): void {
  monaco.editor.defineTheme(name, {
    base,
    inherit: true,
    rules: [
      { token: '', foreground: colours.text },
      { token: 'keyword', foreground: colours.keyword },
      { token: 'string', foreground: colours.string },
      { token: 'string.escape', foreground: colours.number },
      { token: 'number', foreground: colours.number },
      { token: 'type', foreground: colours.type },
      { token: 'tag', foreground: colours.type },
      { token: 'comment', foreground: colours.comment },
      { token: 'delimiter', foreground: colours.text },
    ],
    colors: {
      'editor.background': `#${colours.background}`,
      'editor.foreground': `#${colours.text}`,
      'editorWidget.background': `#${colours.surface}`,
      'editorWidget.border': `#${colours.line}`,
      'editorHoverWidget.background': `#${colours.surface}`,
      'editorSuggestWidget.background': `#${colours.surface}`,
      'editorSuggestWidget.highlightForeground': `#${colours.accent}`,
      'editorSuggestWidget.focusHighlightForeground': `#${colours.accent}`,
      'editorSuggestWidget.selectedBackground': `#${colours.selected}`,
      'editorSuggestWidget.selectedForeground': `#${colours.text}`,
      'editorSuggestWidget.border': `#${colours.line}`,
      'editorHoverWidget.border': `#${colours.line}`,
      'editorCursor.foreground': `#${colours.accent}`,
      'editorLineNumber.foreground': `#${colours.comment}`,
      focusBorder: `#${colours.accent}`,
      // Brackets are read well without a colour each.
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((depth) => [
          `editorBracketHighlight.foreground${depth}`,
          `#${colours.text}`,
        ]),
      ),
    },
  });
}

defineTheme('slipway-dark', 'vs-dark', DARK);
defineTheme('slipway-light', 'vs', LIGHT);

/** Monaco has one theme for all its editors; whoever shows one calls this with the theme of the window. */
export function setEditorTheme(isDark: boolean): void {
  monaco.editor.setTheme(isDark ? 'slipway-dark' : 'slipway-light');
}

/** What every editor of the studio has in common. */
export const EDITOR_OPTIONS = {
  automaticLayout: true,
  bracketPairColorization: { enabled: false },
  contextmenu: true,
  fixedOverflowWidgets: true,
  folding: false,
  fontFamily: "'JetBrains Mono Variable', 'JetBrains Mono', monospace",
  fontLigatures: false,
  fontSize: 12.5,
  glyphMargin: false,
  lineHeight: 19,
  lineNumbers: 'off',
  lineDecorationsWidth: 0,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  hideCursorInOverviewRuler: true,
  renderLineHighlight: 'none',
  scrollBeyondLastLine: false,
  unicodeHighlight: { ambiguousCharacters: false },
  wordBasedSuggestions: 'off',
} satisfies monaco.editor.IStandaloneEditorConstructionOptions;

/** The language by a file's name, for highlighting only. */
export function languageOf(path: string): string {
  const name = path.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (name.startsWith('dockerfile')) return 'dockerfile';
  const languages: Record<string, string> = {
    py: 'python',
    ipynb: 'javascript',
    json: 'javascript',
    js: 'javascript',
    md: 'markdown',
    yaml: 'yaml',
    yml: 'yaml',
    toml: 'ini',
    cfg: 'ini',
    ini: 'ini',
    sh: 'shell',
    html: 'html',
  };
  return languages[name.split('.').at(-1) ?? ''] ?? 'plaintext';
}

export { monaco };
