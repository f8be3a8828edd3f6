/**
 * `%run other.ipynb` and `%run script.py`: what those files hold stands in the cell that runs them, so that their names,
 * steps and proof are like those of any other code. What would mean something else there is said and not followed.
 */
import { parseNotebook } from '../notebook';
import type { CellSource } from './facts';

/** The text of a file, null where there is none; paths start from the notebook's folder. */
export type ReadFile = (path: string) => string | null;

interface Followed {
  readonly lines: readonly string[];
  readonly files: readonly RunFile[];
}

export interface RunFile {
  readonly path: string;
  /** Of the cell's `source`, the lines that are the file's. */
  readonly from: number;
  readonly to: number;
  /** Its functions keep variables of their own: a script, run without `-i`. */
  readonly isApart: boolean;
}

export function followRuns(cells: readonly CellSource[], read: ReadFile): CellSource[] {
  return cells.map((cell) =>
    cell.type === 'code' && /^%run\b/m.test(cell.source) ? followedCell(cell, read) : cell,
  );
}

function followedCell(cell: CellSource, read: ReadFile): CellSource {
  const source: string[] = [];
  const lines: number[] = [];
  const runs: RunFile[] = [];
  const unfollowed: { line: number; message: string }[] = [];
  // All lines are counted in what comes out.
  cell.source.split('\n').forEach((text, at) => {
    let taken: Followed = { lines: [text], files: [] };
    try {
      taken = followLine(text, read, []) ?? taken;
    } catch (thrown) {
      if (!(thrown instanceof NotFollowed)) throw thrown;
      unfollowed.push({ line: source.length + 1, message: thrown.message });
    }
    for (const each of taken.files) {
      runs.push({ ...each, from: each.from + source.length, to: each.to + source.length });
    }
    source.push(...taken.lines);
    lines.push(...taken.lines.map(() => at + 1));
  });
  if (runs.length === 0) return unfollowed.length > 0 ? { ...cell, unfollowed } : cell;
  return {
    ...cell,
    source: source.join('\n'),
    written: { source: cell.source, lines },
    runs,
    unfollowed,
  };
}

/** By another way of writing its path a file may run itself unseen. */
const DEEPEST = 20;

class NotFollowed extends Error {}

function followLine(text: string, read: ReadFile, above: readonly string[]): Followed | null {
  const found = /^%run\s+(.*?)\s*$/.exec(text)?.[1];
  if (found === undefined) return null;
  const [, flag, double, single, bare, rest] =
    /^(-i\s+)?(?:"([^"]+)"|'([^']+)'|([^\s"'-]\S*))(\s.*)?$/.exec(found) ?? [];
  const path = double ?? single ?? bare;
  if (path === undefined || /[${}~]/.test(path)) {
    throw new NotFollowed(
      `“${text}” can’t be followed: name the file itself, without other options.`,
    );
  }
  if (rest?.trim()) {
    throw new NotFollowed(
      `“${text}” hands words to the file, which a step has not. Set them as variables before, and run it by “%run -i”.`,
    );
  }
  const plain = path.replace(/(^|\/)(?:\.\/+)+/g, '$1');
  const name = /\.\w+$/.test(plain) || read(plain) !== null ? plain : `${plain}.py`;
  if (above.includes(name) || above.length > DEEPEST) {
    throw new NotFollowed(
      `“${text}” comes back to ${name}, which is running already: ${[...above, name].join(', ')}. Take one of them out.`,
    );
  }
  const content = read(name);
  if (content === null) {
    throw new NotFollowed(
      `“${text}” runs ${name}, which is not there. Put the file where the notebook finds it, or skip the cell.`,
    );
  }
  if (name.endsWith('.ipynb')) return notebookLines(name, content, read, [...above, name]);
  return scriptLines(name, content, flag !== undefined);
}

function scriptLines(path: string, content: string, isShared: boolean): Followed {
  refuseOwnPlace(path, content);
  const exit = /^.*\b(?:sys\.exit|exit|quit)\s*\(.*$/m.exec(content)?.[0];
  if (exit !== undefined) {
    throw new NotFollowed(
      `${path} may leave by “${exit.trim()}”, which ends the file alone in the notebook, and in a step the step. Take it out.`,
    );
  }
  const lines = content.replace(/\n+$/, '').split('\n');
  return { lines, files: [{ path, from: 1, to: lines.length, isApart: !isShared }] };
}

/** A notebook's cells run one after the other among the variables of the notebook that runs it. */
function notebookLines(
  path: string,
  content: string,
  read: ReadFile,
  above: readonly string[],
): Followed {
  const parsed = parseNotebook(content, path);
  if (!parsed.ok)
    throw new NotFollowed(`${path} can’t be read as a notebook. ${parsed.error.message}`);
  const lines: string[] = [];
  const inner: RunFile[] = [];
  parsed.value.document.cells.forEach(({ type, source }, index) => {
    if (type !== 'code' || source.trim() === '') return;
    refuseOwnPlace(path, source);
    for (const text of plainCell(source, `Cell ${index + 1} of ${path}`).split('\n')) {
      const taken = followLine(text, read, above) ?? { lines: [text], files: [] };
      for (const each of taken.files) {
        inner.push({ ...each, from: each.from + lines.length, to: each.to + lines.length });
      }
      lines.push(...taken.lines);
    }
  });
  return { lines, files: [{ path, from: 1, to: lines.length, isApart: false }, ...inner] };
}

/** Only measured, it is as without; any other magic of a whole cell would stand for the cells after it too. */
function plainCell(source: string, where: string): string {
  const magic = /^\s*%%(\w+)/.exec(source)?.[1];
  if (magic === undefined) return source;
  if (magic === 'time' || /^\s*%%capture\s*(?:\n|$)/.test(source)) {
    return source.trimStart().replace(/^[^\n]*/, '');
  }
  throw new NotFollowed(
    `${where} begins with %%${magic}, which can’t be followed from here. Write it in Python there.`,
  );
}

function refuseOwnPlace(path: string, content: string): void {
  if (/\b__file__\b/.test(content)) {
    throw new NotFollowed(
      `${path} asks for its own place by __file__, which a step has not. Write the folder itself.`,
    );
  }
}

/** As a person sees it: the line that runs the file. */
export const shownLine = ({ written }: Pick<CellSource, 'written'>, line: number): number =>
  written?.lines[line - 1] ?? written?.lines.at(-1) ?? line;

export const writtenSource = ({ source, written }: CellSource): string => written?.source ?? source;
