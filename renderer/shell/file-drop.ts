import { useEffect, useState } from 'react';
import { studioError } from '../../shared/base/studio-error';
import { native } from '../native';
import { notifyError } from '../ui';
import { openNotebook } from './shell-commands';

/** Opens a notebook file that is dropped anywhere on the window. Answers whether one hovers over it. */
export function useFileDrop(): boolean {
  const [isDropping, setDropping] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDropping(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDropping(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDropping(false);
      openDropped(event.dataTransfer?.files[0]);
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return isDropping;
}

function openDropped(file: File | undefined): void {
  if (file === undefined) return;
  if (!file.name.endsWith('.ipynb')) {
    notifyError(
      studioError(
        'invalid-input',
        `${file.name} is not a notebook. Drop a file that ends in .ipynb.`,
      ),
    );
    return;
  }
  const path = native()?.pathForFile(file);
  if (path) void openNotebook(path);
}
