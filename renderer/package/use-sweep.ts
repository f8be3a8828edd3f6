/** A sweep in the package's place: what is asked for, what goes on, and the way to its form. */
import { useEffect } from 'react';
import type { SweepPlan } from '../../shared/package';
import { useNavigation } from '../navigation';
import { useCall, useCellSteps, useSweepRequest } from '../ui';
import { useSweepDraft } from './sweep-draft';
import { SWEEP_FORM } from './sweep-form';
import { sweepStream } from './sweep-stream';

export function useSweep(showTab: () => void) {
  const run = sweepStream.use();
  const pipeline = useCellSteps(({ view }) => view?.pipeline ?? null);
  const start = useCall((studio, wanted: SweepPlan) => studio.package.sweep(wanted));
  const [plan, onChange] = useSweepDraft(run?.plan ?? null);
  const { asked, answered } = useSweepRequest();
  useEffect(() => {
    if (asked === answered) return;
    useSweepRequest.setState({ answered: asked });
    showTab();
    showSweepForm();
  }, [asked, answered, showTab]);
  return { run, pipeline, plan, onChange, start };
}

export type Sweeping = ReturnType<typeof useSweep>;

export function showSweepForm(): void {
  useNavigation.setState({ isInspectorOpen: true });
  requestAnimationFrame(() => {
    document.getElementById(SWEEP_FORM)?.querySelector('input')?.focus();
  });
}
