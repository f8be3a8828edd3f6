/** One file, read-only, with the mark of its cell beside each line. A mark pressed, or Enter on a line, goes to the cell. */
import { Loader } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { PackageFileText } from '../../shared/package';
import { ErrorNotice, requestCell, useCall } from '../ui';
import { CodeView } from '../ui/code-view';
import { type FindCell, lineMarks, pressedMark } from './line-marks';
import styles from './package.module.css';

export interface FileViewProps {
  readonly path: string;
  /** Changes whenever the files were written anew. */
  readonly hash: string;
  readonly findCell: FindCell;
  readonly line: number;
  readonly onLine: (line: number) => void;
  readonly onText: (text: PackageFileText | null) => void;
}

export function FileView({ path, hash, findCell, line, onLine, onText }: FileViewProps) {
  const [file, setFile] = useState<PackageFileText | null>(null);
  const read = useCall((studio) => studio.package.readFile({ path }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again for another file or newly written files.
  useEffect(() => {
    let isCurrent = true;
    void read.run().then((result) => {
      if (!isCurrent) return;
      setFile(result.ok ? result.value : null);
      onText(result.ok ? result.value : null);
    });
    return () => {
      isCurrent = false;
    };
  }, [path, hash]);
  const marks = useMemo(
    () => (file === null ? [] : lineMarks(file.origins, findCell)),
    [file, findCell],
  );
  if (read.error !== null) return <ErrorNotice error={read.error} />;
  if (file === null) return <Loader size="sm" m="lg" aria-label="Reading the file" />;
  const goToCellOf = (at: number) => {
    const origin = file.origins[at - 1];
    if (origin) requestCell(origin.cellId);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the editor inside has the role and the focus; this only listens.
    <div
      className={styles.code}
      data-testid="package-code"
      data-path={file.path}
      onMouseUp={(event) => {
        const at = pressedMark(event.target);
        if (at !== null) goToCellOf(at);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') goToCellOf(line);
      }}
    >
      <CodeView
        path={file.path}
        text={file.text}
        label={`${file.path}, read-only`}
        decorations={marks}
        onLine={onLine}
      />
    </div>
  );
}
