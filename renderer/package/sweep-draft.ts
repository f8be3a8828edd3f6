/** What stands in the form of a sweep: kept while the window is open, begun from the last sweep's own plan. */
import { create } from 'zustand';
import { EMPTY_PLAN, type SweepPlan } from '../../shared/package';
import { useNotebookPath } from '../ui';

interface Draft {
  readonly path: string | null;
  readonly plan: SweepPlan | null;
}

const useDraft = create<Draft>(() => ({ path: null, plan: null }));

export function useSweepDraft(
  last: SweepPlan | null,
): readonly [SweepPlan, (change: Partial<SweepPlan>) => void] {
  const path = useNotebookPath();
  const draft = useDraft();
  const plan = (draft.path === path ? draft.plan : null) ?? last ?? EMPTY_PLAN;
  return [plan, (change) => useDraft.setState({ path, plan: { ...plan, ...change } })];
}
