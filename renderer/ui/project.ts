/** What is open, the settings and the state of the road; null until the host has told it. */
import type { ProjectState } from '../../shared/project';
import { sharedStream } from '../studio';

export const projectStream = sharedStream<ProjectState, null>(
  (studio, options) => studio.project.watch(undefined, options),
  null,
);

export function useProject(): ProjectState | null {
  return projectStream.use();
}

/** The path of the open notebook, the key of most calls. */
export function useNotebookPath(): string | null {
  return useProject()?.open?.path ?? null;
}
