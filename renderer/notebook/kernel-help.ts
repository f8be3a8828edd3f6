/** Completion and inspection from the kernel, for the cells' editors. */
import type { CellId } from '../../shared/base/ids';
import { canExecute } from '../../shared/connect';
import { studio } from '../studio';
import { kernelStream } from '../ui';
import { monaco } from '../ui/monaco';
import { openState } from './session';

const SCHEME = 'slipway-cell';

export function cellUri(cellId: CellId): monaco.Uri {
  return monaco.Uri.from({ scheme: SCHEME, path: `/${cellId}` });
}

const KINDS: Readonly<Record<string, monaco.languages.CompletionItemKind>> = {
  function: monaco.languages.CompletionItemKind.Function,
  class: monaco.languages.CompletionItemKind.Class,
  module: monaco.languages.CompletionItemKind.Module,
  instance: monaco.languages.CompletionItemKind.Variable,
  statement: monaco.languages.CompletionItemKind.Variable,
  keyword: monaco.languages.CompletionItemKind.Keyword,
  param: monaco.languages.CompletionItemKind.Property,
  property: monaco.languages.CompletionItemKind.Property,
  path: monaco.languages.CompletionItemKind.File,
  magic: monaco.languages.CompletionItemKind.Event,
};

/** The notebook's path when the kernel can be asked about this text now. */
function askable(model: monaco.editor.ITextModel): string | null {
  if (model.uri.scheme !== SCHEME || !canExecute(kernelStream.read())) return null;
  return openState()?.path ?? null;
}

const completions: monaco.languages.CompletionItemProvider = {
  triggerCharacters: ['.', '%'],
  async provideCompletionItems(model, position) {
    const path = askable(model);
    if (path === null) return { suggestions: [] };
    const code = model.getValue(monaco.editor.EndOfLinePreference.LF);
    const answer = await studio().notebook.complete({
      path,
      code,
      offset: model.getOffsetAt(position),
    });
    if (!answer.ok) return { suggestions: [] };
    const { start, end, matches } = answer.value;
    const range = monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
    const typed = code.slice(start, end);
    return {
      suggestions: matches.map(({ text, type }, index) => ({
        label: text.startsWith(typed) ? text.slice(typed.lastIndexOf('.') + 1) : text,
        insertText: text,
        filterText: text,
        range,
        kind: KINDS[type ?? ''] ?? monaco.languages.CompletionItemKind.Variable,
        detail: type ?? '',
        // The kernel's order says more than the alphabet.
        sortText: String(index).padStart(5, '0'),
      })),
    };
  },
};

const MOST_HOVER_LINES = 40;

const hovers: monaco.languages.HoverProvider = {
  async provideHover(model, position) {
    const path = askable(model);
    const word = model.getWordAtPosition(position);
    if (path === null || word === null || kernelStream.read().status === 'busy') return null;
    const offset = model.getOffsetAt({ lineNumber: position.lineNumber, column: word.endColumn });
    const answer = await studio().notebook.inspect({ path, code: model.getValue(), offset });
    const text = answer.ok ? answer.value?.['text/plain'] : undefined;
    if (typeof text !== 'string') return null;
    return { contents: [{ value: `\`\`\`\`text\n${plain(text)}\n\`\`\`\`` }] };
  },
};

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours begin with ESC.
  const lines = text.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
  const shown = lines.slice(0, MOST_HOVER_LINES);
  return lines.length > shown.length ? `${shown.join('\n')}\n…` : shown.join('\n');
}

monaco.languages.registerCompletionItemProvider('python', completions);
monaco.languages.registerHoverProvider('python', hovers);
