/** Magics and shell lines of a cell as Python, or as comments where they mean nothing outside a notebook. */
import type { CellSource, Preprocessed } from '../pipeline';
import type { Edit } from './source-text';

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
  if (before.includes('=')) return { from, to, text: `None  ${comment}` };
  return { from, to, text: before.trim() === '' && before === '' ? comment : `pass  ${comment}` };
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
