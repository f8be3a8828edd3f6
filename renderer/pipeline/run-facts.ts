/** What the last run says of a step and of the artifacts between steps. */
import { formatBytes, formatDuration } from '../../shared/base/units';
import type { PackageRun, StepRun } from '../../shared/package';
import type { Edge, Step } from '../../shared/pipeline';

export function stepRunOf(run: PackageRun | null, stepId: Step['id']): StepRun | null {
  return run?.steps.find((step) => step.stepId === stepId) ?? null;
}

/** "3.2 s · 212 MB", as far as it was measured. */
export function stepRunWords(step: StepRun | null): string {
  if (step === null) return '';
  const facts = [
    step.wallMs === null ? null : formatDuration(step.wallMs),
    step.peakMemoryBytes === null ? null : formatBytes(step.peakMemoryBytes),
  ];
  return facts.filter((fact) => fact !== null).join(' · ');
}

export const countCells = (count: number): string => `${count} ${count === 1 ? 'cell' : 'cells'}`;

const LONGEST_NAMES = 18;

/** "model, scaler +3 · 8.1 MB": the first names, how many more, and their size where it was measured. */
export function edgeLabel(edge: Edge, run: PackageRun | null): string {
  const names = [...new Set(edge.artifacts.map(({ name }) => name))];
  const shown = firstNames(names);
  const more = names.length > shown.length ? ` +${names.length - shown.length}` : '';
  const bytes = artifactBytes(edge, run, names);
  return `${shown.join(', ')}${more}${bytes === null ? '' : ` · ${formatBytes(bytes)}`}`;
}

/** As many as fit the label, at least one. */
function firstNames(names: readonly string[]): readonly string[] {
  const fitting = names.filter(
    (_, at) => names.slice(0, at + 1).join(', ').length <= LONGEST_NAMES,
  );
  return fitting.length === 0 ? names.slice(0, 1) : fitting;
}

function artifactBytes(
  edge: Edge,
  run: PackageRun | null,
  names: readonly string[],
): number | null {
  const artifacts = stepRunOf(run, edge.from)?.artifacts ?? [];
  const kept = artifacts.filter(({ name, kind }) => kind !== 'none' && names.includes(name));
  return kept.length === 0 ? null : kept.reduce((sum, { bytes }) => sum + bytes, 0);
}
