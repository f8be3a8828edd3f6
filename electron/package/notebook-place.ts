/**
 * Where a notebook stands among the files it uses. A notebook that reads `../data` or imports from `../src` is packaged
 * with its project's folders, so that its relative paths stay true; any other brings its own folder alone.
 */
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize, parse, relative, sep } from 'node:path';
import { type CellSource, type NotebookFacts, writtenSource } from '../../shared/pipeline';

export interface NotebookPlace {
  readonly notebookFolder: string;
  /** What becomes the package's `data/`: the notebook's folder or one above it. */
  readonly root: string;
  /** From there to the notebook's folder, with forward slashes; empty where it is that folder. */
  readonly start: string;
}

const MARKERS = ['.git', 'pyproject.toml', 'setup.py', 'setup.cfg', '.hg'];
/** Ways to speak of a folder above. */
const LOOKS_UP =
  /(?<!\.)\.\.(?:[/\\"']|$)|\.parents?\b|\bdirname\b|\bpardir\b|\bpyprojroot\b|^\s*%?cd\s+\.\./m;
/** Without a mark of a project only what is near is taken for it. */
const MOST_LEVELS = 2;

interface Texts {
  readonly cells: readonly CellSource[];
  readonly facts: NotebookFacts;
}

export function placeOf(
  notebookFolder: string,
  main: Texts,
  /** Further notebooks that lie beside it. */
  others: readonly Texts[] = [],
): NotebookPlace {
  const source = {
    cells: [main, ...others].flatMap(({ cells }) => cells),
    facts: [main, ...others].flatMap(({ facts }) => facts),
  };
  const looksUp = source.cells.some(
    (cell) => cell.type === 'code' && LOOKS_UP.test(`${cell.source}\n${writtenSource(cell)}`),
  );
  const root = looksUp ? rootAround(notebookFolder, namedIn(source)) : notebookFolder;
  return { notebookFolder, root, start: slashed(relative(root, notebookFolder)) };
}

export const slashed = (path: string): string => path.split(sep).join('/');

/** The project's folder by its mark, else the nearest one that holds all that the text names. */
function rootAround(folder: string, named: readonly string[]): string {
  for (let at = folder; isOfAProject(at); at = dirname(at)) {
    if (MARKERS.some((name) => existsSync(join(at, name)))) return at;
  }
  const levels = Math.max(0, ...named.map(levelsUp));
  let root = folder;
  for (let level = 0; level < Math.min(levels, MOST_LEVELS); level += 1) {
    if (isOfAProject(dirname(root))) root = dirname(root);
  }
  return root;
}

function namedIn({ cells, facts }: Texts): string[] {
  const runs = cells.flatMap((cell) => cell.runs ?? []);
  const used = facts.flatMap(({ filesRead, searchPaths }) => [...filesRead, ...searchPaths]);
  return [...runs, ...used].flatMap(({ path }) => path ?? []);
}

function levelsUp(path: string): number {
  if (isAbsolute(path) || /^[a-z][\w+.-]*:\/\//i.test(path)) return 0;
  return normalize(path)
    .split(sep)
    .filter((part) => part === '..').length;
}

/** Never a home folder, what lies above one, or the whole disk. */
function isOfAProject(folder: string): boolean {
  const others = [homedir(), tmpdir(), parse(folder).root];
  return !others.some((each) => each === folder || each.startsWith(folder + sep));
}
