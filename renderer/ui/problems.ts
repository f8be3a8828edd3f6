/** What is not right and where: each part of the window reports its own, the panel and the status bar show all. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { CellId } from '../../shared/base/ids';
import type { PlaceName } from '../navigation';

export interface ShownProblem {
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly place: PlaceName;
  readonly cellId?: CellId;
  /** In words: "cell 5, line 2". */
  readonly where?: string;
}

const NONE: readonly ShownProblem[] = [];

const useProblemStore = create<Readonly<Record<string, readonly ShownProblem[]>>>(() => ({}));

/** `source` names the reporter; its problems are replaced with each call and go when it is unmounted. */
export function useReportProblems(source: string, problems: readonly ShownProblem[]): void {
  const text = JSON.stringify(problems);
  // biome-ignore lint/correctness/useExhaustiveDependencies: compared by what they say.
  useEffect(() => {
    useProblemStore.setState({ [source]: problems });
    return () => useProblemStore.setState({ [source]: NONE });
  }, [source, text]);
}

export function useProblems(): readonly ShownProblem[] {
  const bySource = useProblemStore();
  return Object.values(bySource).flat();
}
