/** Magics and shell lines of a cell as Python, or as comments where they mean nothing outside a notebook. */
import { type CellSource, counterpartOf, type Preprocessed, writtenFile } from '../pipeline';
import type { Edit, MappedText } from './source-text';

export function magicEdits(cell: CellSource, python: Preprocessed, shims: string): Edit[] {
  const { source } = cell;
  const edits: Edit[] = [];
  let searchFrom = 0;
  for (const magic of python.magics) {
    if (magic.effect === 'python') continue;
    const from = source.indexOf(magic.text, Math.max(searchFrom, offsetOfLine(source, magic.line)));
    if (from < 0) continue;
    const to = from + magic.text.length;
    searchFrom = to;
    edits.push(magicEdit(source, from, to, magic, shims));
  }
  return edits;
}

function magicEdit(
  source: string,
  from: number,
  to: number,
  magic: { text: string; effect: string },
  shims: string,
): Edit {
  const lineStart = source.lastIndexOf('\n', from - 1) + 1;
  const before = source.slice(lineStart, from);
  const comment = `# ${magic.text.replaceAll('\n', ' ')}`;
  if (magic.effect === 'shell') {
    const verb = before.includes('=') ? 'shell_lines' : 'shell';
    const bang = magic.text.indexOf('!');
    const command = magic.text.slice(bang + 1).trim();
    return {
      from: from + (before.includes('=') ? bang : 0),
      to,
      text: `${shims}.${verb}(${shellText(command)})`,
    };
  }
  if (magic.effect === 'rewritten') {
    const [, name = '', rest = ''] = /^%?\s*(\w+)([\s\S]*)$/.exec(magic.text) ?? [];
    const call = counterpartCall(counterpartOf(name, rest), shims);
    if (call) return { from, to, text: call };
  }
  if (before.includes('=')) return { from, to, text: `None  ${comment}` };
  return { from, to, text: before.trim() === '' && before === '' ? comment : `pass  ${comment}` };
}

function counterpartCall(
  counterpart: ReturnType<typeof counterpartOf>,
  shims: string,
): string | null {
  switch (counterpart?.kind) {
    case 'folder':
      return `${shims}.change_folder(${pythonString(counterpart.path)})`;
    case 'variable':
      return `${shims}.set_variable(${pythonString(counterpart.name)}, ${shellText(counterpart.value)})`;
    default:
      return null;
  }
}

/** A cell under `%%writefile`: its text as it goes into the file. */
export function writingCode(cell: CellSource, shims: string): MappedText | null {
  const source = cell.source.trimStart();
  const [first = '', ...rest] = source.split('\n');
  const options = /^%%(?:writefile|file)\b(.*)$/.exec(first)?.[1];
  const written = options === undefined ? null : writtenFile(options, rest.join('\n'));
  if (written?.kind !== 'file') return null;
  const body = written.text.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"');
  const mode = written.isAppended ? ', "a"' : '';
  const text = `${shims}.write_file(${pythonString(written.path)}, """\\\n${body}"""${mode})`;
  const lines = cell.source.split('\n').length;
  const line = lines - rest.length;
  const origins = text
    .split('\n')
    .map((_text, at) => ({ cellId: cell.id, line: Math.min(line + at, lines) }));
  return { text, origins };
}

/** `$name` and `{name}` take the values of variables, as IPython does. */
function shellText(command: string): string {
  const hasNames = /(?<!\$)\$[A-Za-z_]\w*|\{[A-Za-z_]/.test(command);
  if (!hasNames) return pythonString(command);
  return `f${pythonString(command.replace(/(?<!\$)\$([A-Za-z_]\w*)/g, '{$1}'))}`;
}

export function pythonString(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at += 1) offset = text.indexOf('\n', offset) + 1;
  return offset;
}
