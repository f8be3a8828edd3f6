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

export interface FileOfStep {
  readonly path: string;
  readonly stepId: string | null;
}

/** The file to open first: that of the first step, else the pipeline, else whatever there is. */
export function firstFile(
  files: readonly FileOfStep[],
  firstStep: string | undefined,
): string | null {
  const ofStep = files.find(({ stepId }) => stepId !== null && stepId === firstStep);
  const pipeline = files.find(({ path }) => path.endsWith('/pipeline.py'));
  return (ofStep ?? pipeline ?? files[0])?.path ?? null;
}
