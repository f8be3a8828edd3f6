/** The top-level modules the open notebook imports, told by the notebook for those who look for them. */
import { create } from 'zustand';

const NONE: readonly string[] = [];

export const useImportsStore = create<{ readonly imports: readonly string[] }>(() => ({
  imports: NONE,
}));

export function useNotebookImports(): readonly string[] {
  return useImportsStore((state) => state.imports);
}
