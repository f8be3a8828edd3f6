/** The files that a notebook's cells read: data by relative path, and modules of its own. */
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { CellId } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import type { PackageProblem } from '../../shared/package';
import {
  analyseCells,
  counterpartOf,
  type NotebookFacts,
  type OtherNotebook,
  writtenModules,
} from '../../shared/pipeline';
import { type NotebookPlace, slashed } from './notebook-place';

export interface DataFile {
  /** In the package: `data/…`. */
  readonly path: string;
  readonly from: string;
}

export interface FoundFiles {
  readonly files: DataFile[];
  /** Modules that are the notebook's own, and what they import in turn. */
  readonly modules: string[];
  readonly imported: string[];
  readonly searchPaths: { readonly path: string; readonly isFirst: boolean }[];
  readonly problems: PackageProblem[];
}

const LARGE_BYTES = 500_000_000;
/** More than that is no part of a program, whatever an image can hold. */
const MOST_BYTES = 5_000_000_000;
const MOST_FILES = 20_000;
const MOST_BESIDE_BYTES = 100_000_000;
const MOST_BESIDE_FILES = 1000;

export interface DataWish {
  /** Paths a reference run saw being opened, from the notebook's folder. */
  readonly seen: readonly string[];
  /** What a notebook as a whole reads can't be told: then all beside it comes along. */
  readonly takesAll: boolean;
  /** Further notebooks beside the main one. */
  readonly others: readonly OtherNotebook[];
  /** Files that one of the notebooks makes before any reads them: what lies there is of an earlier run. */
  readonly made: readonly string[];
}

const NO_WISH: DataWish = { seen: [], takesAll: false, others: [], made: [] };

export async function findDataFiles(
  place: NotebookPlace,
  main: NotebookFacts,
  wish: Partial<DataWish> = {},
): Promise<FoundFiles> {
  const { seen, takesAll, others, made } = { ...NO_WISH, ...wish };
  const found = new FileSearch(place, made);
  const problems = await takeNamed(found, main, null);
  for (const { path, facts, cells } of others) {
    problems.push(...(await takeNamed(found, facts, path)));
    for (const run of cells.flatMap(({ runs = [] }) => runs)) await found.take(run.path);
  }
  if (takesAll) problems.push(...(await found.takeBeside()));
  for (const path of seen) await found.take(path);
  const facts = [main, ...others.map((each) => each.facts)].flat();
  const searchPaths = searchPathsOf(facts).filter(({ path }) => found.isInside(path));
  const own = await takeModules(found, facts, searchPaths);
  problems.push(...(await sizeProblems(found.paths)));
  return { files: found.files(), ...own, searchPaths, problems };
}

/** `notebook`: the file name of a further one; a place in the main one can be shown. */
async function takeNamed(
  found: FileSearch,
  facts: NotebookFacts,
  notebook: string | null,
): Promise<PackageProblem[]> {
  const problems: PackageProblem[] = [];
  let current = '';
  for (const each of facts) {
    current = changedFolder(each, current);
    for (const { path, line } of each.filesRead) {
      if (path === null || /^[a-z][\w+.-]*:\/\//i.test(path)) continue;
      if (!isAbsolute(path) && found.isInside(join(current, path))) {
        await found.take(join(current, path));
        continue;
      }
      const where = `Cell ${each.index + 1}${notebook === null ? '' : ` of ${notebook}`}`;
      const message = `${where} reads ${path}, which lies outside ${found.place.start ? 'the project’s' : 'the notebook’s'} folder and is not put into the package. Copy it beside the notebook, or make the path a parameter.`;
      const at = notebook === null ? { cellId: each.cellId, line } : { cellId: null, line: null };
      problems.push({ severity: 'warning', message, ...at });
    }
  }
  return problems;
}

function searchPathsOf(facts: NotebookFacts): FoundFiles['searchPaths'] {
  const all = facts.flatMap(({ searchPaths }) =>
    searchPaths.flatMap(({ path, isFirst }) =>
      path === null || isAbsolute(path) ? [] : [{ path: slashed(normalize(path)), isFirst }],
    ),
  );
  return all.filter(({ path }, at) => all.findIndex((each) => each.path === path) === at);
}

/** Where `%cd` leads to. */
function changedFolder({ magics }: NotebookFacts[number], from: string): string {
  return magics.reduce((at, { effect, text }) => {
    const path = effect === 'rewritten' ? /^%?\s*cd\s+([\s\S]*)$/.exec(text)?.[1] : undefined;
    const counterpart = path === undefined ? null : counterpartOf('cd', path);
    return counterpart?.kind === 'folder' ? join(at, counterpart.path) : at;
  }, from);
}

/** Collects files by their path from the root. */
class FileSearch {
  readonly paths = new Map<string, string>();

  readonly #made: ReadonlySet<string>;

  constructor(
    readonly place: NotebookPlace,
    made: readonly string[],
  ) {
    this.#made = new Set(made.map((path) => join(place.notebookFolder, path)));
  }

  isInside(path: string): boolean {
    const inside = relative(this.place.root, join(this.place.notebookFolder, path));
    return !isAbsolute(inside) && inside.split(sep)[0] !== '..';
  }

  /** A file, or a folder with all that is in it; paths start from the notebook's folder. */
  async take(path: string): Promise<void> {
    const from = join(this.place.notebookFolder, path);
    if (!this.isInside(path)) return;
    const about = await stat(from).catch(() => null);
    if (about?.isFile()) this.#add(from);
    // The folder of the notebook or of the project as a whole holds much that no cell means.
    const isAround = join(this.place.notebookFolder, sep).startsWith(join(from, sep));
    if (!about?.isDirectory() || isAround) return;
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const inside = slashed(relative(this.place.root, file));
      if (entry.isFile() && !/(^|\/)(\.|__pycache__)/.test(inside)) this.#add(file);
      if (this.paths.size > MOST_FILES) refuseSize(`${path} holds more than ${MOST_FILES} files`);
    }
  }

  /** All files in the notebook's folder but those of ours, unless they are too much. */
  async takeBeside(): Promise<PackageProblem[]> {
    const { notebookFolder } = this.place;
    const entries = await readdir(notebookFolder, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    let bytes = 0;
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name);
      const inside = slashed(relative(notebookFolder, file));
      const isOurs = /(^|\/)(\.|__pycache__|[^/]+_package\/)|\.ipynb$|^slipway\.yaml$/.test(inside);
      if (!entry.isFile() || isOurs) continue;
      found.push(file);
      bytes += (await stat(file)).size;
    }
    if (bytes <= MOST_BESIDE_BYTES && found.length <= MOST_BESIDE_FILES) {
      for (const file of found) this.#add(file);
      return [];
    }
    const message = `What the cells read can’t be told, and beside the notebook lie ${found.length} files with ${inWords(bytes)}: only those that a cell names are put into the package. Move the notebook to its data, or name the files in a cell.`;
    return [{ severity: 'warning', message, cellId: null, line: null }];
  }

  #add(file: string): void {
    if (this.#made.has(file)) return;
    this.paths.set(slashed(relative(this.place.root, file)), file);
  }

  files(): DataFile[] {
    const files = [...this.paths].map(([path, from]) => ({ path: `data/${path}`, from }));
    return files.sort((one, two) => (one.path < two.path ? -1 : 1));
  }
}

/** `import utils` where utils.py lies beside the notebook or in a folder of `sys.path`, and what that imports. */
async function takeModules(
  found: FileSearch,
  facts: NotebookFacts,
  searchPaths: FoundFiles['searchPaths'],
): Promise<Pick<FoundFiles, 'modules' | 'imported'>> {
  // What the notebook writes itself is there when it is imported.
  const written = writtenModules(facts);
  const modules = new Set(written);
  const imported = new Set<string>();
  const waiting = importsIn(facts);
  const places = ['', ...searchPaths.map(({ path }) => path)];
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (module === '' || imported.has(module)) continue;
    imported.add(module);
    const path = written.has(module) ? null : moduleIn(found.place.notebookFolder, places, module);
    if (path === null) continue;
    modules.add(module);
    const before = new Set(found.paths.keys());
    await found.take(path);
    for (const [inside, file] of found.paths) {
      if (!before.has(inside) && inside.endsWith('.py')) waiting.push(...(await importsOf(file)));
    }
  }
  return { modules: [...modules].sort(), imported: [...imported].sort() };
}

const importsIn = (facts: NotebookFacts): string[] =>
  facts.flatMap(({ imports, starImports }) => [
    ...imports.map(({ module }) => module),
    ...starImports.map(({ module }) => module.split('.')[0] ?? ''),
  ]);

async function importsOf(file: string): Promise<string[]> {
  const source = await readFile(file, 'utf8');
  return importsIn(analyseCells([{ id: CellId('module'), type: 'code', source, tags: [] }]));
}

/** The file or folder, from the notebook's folder. */
function moduleIn(folder: string, places: readonly string[], module: string): string | null {
  for (const place of places) {
    const path = join(place, module);
    if (existsSync(join(folder, `${path}.py`))) return `${path}.py`;
    if (existsSync(join(folder, path, '__init__.py'))) return path;
  }
  // A folder of modules without a file that says so comes after all others.
  return (
    places.map((place) => join(place, module)).find((path) => hasModules(join(folder, path))) ??
    null
  );
}

function hasModules(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.py'));
}

/** Said, and beyond all measure refused, before anything is copied. */
async function sizeProblems(paths: ReadonlyMap<string, string>): Promise<PackageProblem[]> {
  const sizes = [...paths].map(async ([path, from]) => ({ path, bytes: (await stat(from)).size }));
  const files = (await Promise.all(sizes)).sort((one, two) => two.bytes - one.bytes);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const [largest] = files;
  if (!largest || total < LARGE_BYTES) return [];
  const what = `the files that the cells read come to ${inWords(total)}, the largest is ${largest.path} with ${inWords(largest.bytes)}`;
  if (total > MOST_BYTES) refuseSize(what);
  const message = `T${what.slice(1)}; they are copied into the package. A path that is a parameter is left where it is.`;
  return [{ severity: 'warning', message, cellId: null, line: null }];
}

function refuseSize(what: string): never {
  return fail(
    'precondition',
    `The package was not made: ${what}. Make the path a parameter, so that the data stays where it is, or read a part of it.`,
    { nextSteps: [{ label: 'Open the pipeline', command: 'pipeline.open' }] },
  );
}

const inWords = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
