/** The package's tree. Folders fold; a file is a button. */
import { IconChevronRight, IconFile } from '@tabler/icons-react';
import { useState } from 'react';
import { formatBytes } from '../../shared/base/units';
import type { PackageFileInfo } from '../../shared/package';
import { stepColours, useCellSteps } from '../ui';
import { buildFileTree, type FileTreeNode } from './file-tree';
import styles from './package.module.css';

export interface FileListProps {
  readonly files: readonly PackageFileInfo[];
  readonly chosen: string | null;
  readonly onChoose: (path: string) => void;
}

export function FileList(props: FileListProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = (path: string) => {
    const next = new Set(folded);
    if (!next.delete(path)) next.add(path);
    setFolded(next);
  };
  const nodes = buildFileTree(props.files.map(({ path }) => path));
  return (
    <nav className={styles.tree} aria-label="Files of the package" data-testid="package-files">
      <Entries nodes={nodes} list={props} folded={folded} onToggle={toggle} />
    </nav>
  );
}

interface EntriesProps {
  readonly nodes: readonly FileTreeNode[];
  readonly list: FileListProps;
  readonly folded: ReadonlySet<string>;
  readonly onToggle: (path: string) => void;
}

function Entries({ nodes, ...rest }: EntriesProps) {
  return (
    <ul>
      {nodes.map((node) =>
        node.children === undefined ? (
          <FileEntry key={node.value} node={node} list={rest.list} />
        ) : (
          <li key={node.value}>
            <button
              type="button"
              className={styles.folder}
              aria-expanded={!rest.folded.has(node.value)}
              onClick={() => rest.onToggle(node.value)}
            >
              <IconChevronRight size={12} aria-hidden />
              {node.label}/
            </button>
            {!rest.folded.has(node.value) && <Entries nodes={node.children} {...rest} />}
          </li>
        ),
      )}
    </ul>
  );
}

function FileEntry({ node, list }: { node: FileTreeNode; list: FileListProps }) {
  const info = list.files.find(({ path }) => path === node.value);
  const step = useCellSteps(({ view }) =>
    view?.pipeline.steps.find(({ id }) => id === info?.stepId),
  );
  return (
    <li>
      <button
        type="button"
        className={styles.file}
        aria-current={list.chosen === node.value || undefined}
        disabled={info?.isText === false}
        title={info === undefined ? node.value : `${node.value}, ${formatBytes(info.bytes)}`}
        data-testid={`file-${node.value}`}
        onClick={() => list.onChoose(node.value)}
      >
        {step === undefined ? (
          <IconFile size={12} aria-hidden />
        ) : (
          <span className={styles.fileMark} style={{ background: stepColours(step.colour).band }} />
        )}
        <span className={styles.fileName}>{node.label}</span>
      </button>
    </li>
  );
}
