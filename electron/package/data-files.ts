/** The files beside the notebook that its cells read: data by relative path, and modules of its own. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import type { PackageProblem } from '../../shared/package';
import { counterpartOf, type NotebookFacts, writtenModules } from '../../shared/pipeline';

export interface DataFile {
  /** In the package: `data/…`. */
  readonly path: string;
  readonly from: string;
}

const LARGE_BYTES = 500_000_000;

export async function findDataFiles(
  folder: string,
  facts: NotebookFacts,
  /** Paths a reference run saw being opened. */
  seen: readonly string[],
): Promise<{ files: DataFile[]; modules: string[]; problems: PackageProblem[] }> {
  const problems: PackageProblem[] = [];
  const found = new Map<string, string>();
  let current = '';
  for (const each of facts) {
    current = changedFolder(each, current);
    for (const { path, line } of each.filesRead) {
      if (path === null || /^[a-z][\w+.-]*:\/\//i.test(path)) continue;
      if (isAbsolute(path) || normalize(path).startsWith('..')) {
        const message = `Cell ${each.index + 1} reads ${path}, which lies outside the notebook’s folder and is not put into the package. Copy it beside the notebook, or make the path a parameter.`;
        problems.push({ severity: 'warning', message, cellId: each.cellId, line });
      } else await take(folder, normalize(join(current, path)), found);
    }
  }
  for (const path of seen) await take(folder, normalize(path), found);
  const modules = await localModules(folder, facts, found);
  for (const [path, from] of found) {
    if ((await stat(from)).size < LARGE_BYTES) continue;
    problems.push({
      severity: 'warning',
      message: `${path} is larger than 500 MB and is copied into the package.`,
      cellId: null,
      line: null,
    });
  }
  const files = [...found].map(([path, from]) => ({ path: `data/${path}`, from }));
  return { files: files.sort((one, two) => (one.path < two.path ? -1 : 1)), modules, problems };
}

/** Where `%cd` leads to. */
function changedFolder({ magics }: NotebookFacts[number], from: string): string {
  return magics.reduce((at, { effect, text }) => {
    const path = effect === 'rewritten' ? /^%?\s*cd\s+([\s\S]*)$/.exec(text)?.[1] : undefined;
    const counterpart = path === undefined ? null : counterpartOf('cd', path);
    return counterpart?.kind === 'folder' ? join(at, counterpart.path) : at;
  }, from);
}

async function take(folder: string, path: string, found: Map<string, string>): Promise<void> {
  const from = join(folder, path);
  const about = await stat(from).catch(() => null);
  if (about?.isFile()) found.set(path.split(sep).join('/'), from);
  if (!about?.isDirectory() || path === '.') return;
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const inside = relative(folder, file).split(sep).join('/');
    if (entry.isFile() && !/(^|\/)(\.|__pycache__)/.test(inside)) found.set(inside, file);
  }
}

/** `import utils` where utils.py lies beside the notebook. */
async function localModules(
  folder: string,
  facts: NotebookFacts,
  found: Map<string, string>,
): Promise<string[]> {
  const modules = [
    ...new Set(facts.flatMap((each) => each.imports.map(({ module }) => module))),
  ].sort();
  // What the notebook writes itself is there when it is imported.
  const written = writtenModules(facts);
  const local: string[] = modules.filter((module) => written.has(module));
  for (const module of modules) {
    if (module === '' || written.has(module)) continue;
    const isFile = existsSync(join(folder, `${module}.py`));
    const isFolder = existsSync(join(folder, module, '__init__.py'));
    if (!isFile && !isFolder) continue;
    local.push(module);
    await take(folder, isFile ? `${module}.py` : module, found);
  }
  return local;
}
