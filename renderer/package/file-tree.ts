/** The package's paths as the tree a person reads: folders first, then files, each in alphabetical order. */

export interface FileTreeNode {
  /** The path inside the package; a folder's ends in no slash. */
  readonly value: string;
  readonly label: string;
  readonly children?: FileTreeNode[];
}

export function buildFileTree(paths: readonly string[]): FileTreeNode[] {
  return entriesOf(
    paths.map((path) => path.split('/')),
    '',
  );
}

function entriesOf(paths: readonly string[][], parent: string): FileTreeNode[] {
  const folders = new Map<string, string[][]>();
  const files: FileTreeNode[] = [];
  for (const [name, ...rest] of paths) {
    if (name === undefined) continue;
    if (rest.length === 0) files.push({ value: parent + name, label: name });
    else folders.set(name, [...(folders.get(name) ?? []), rest]);
  }
  const folderNodes = [...folders].map(([name, rest]) => ({
    value: parent + name,
    label: name,
    children: entriesOf(rest, `${parent}${name}/`),
  }));
  return [...folderNodes.sort(byLabel), ...files.sort(byLabel)];
}

const byLabel = (a: FileTreeNode, b: FileTreeNode) => (a.label < b.label ? -1 : 1);

/** The folders above a file, so that opening the file opens them. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The file to open first: the first step, else the pipeline, else whatever there is. */
export function firstFile(paths: readonly string[]): string | null {
  const find = (pattern: RegExp) => paths.find((path) => pattern.test(path));
  return (
    find(/\/steps\/(?!__)[^/]+\.py$/) ??
    find(/\/pipeline\.py$/) ??
    find(/README\.md$/) ??
    paths[0] ??
    null
  );
}
