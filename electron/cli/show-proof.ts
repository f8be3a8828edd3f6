/** The proof as text for a terminal, and what a recorded run settled. */
import { formatDuration } from '../../shared/base/units';
import {
  type Comparison,
  countVerdicts,
  type PackageRun,
  TOLERANCE,
  type Verdict,
} from '../../shared/package';
import type { PipelineView } from '../../shared/pipeline';
import { table } from './output';

const MARKS: Record<Verdict, string> = {
  identical: '✓ identical',
  'within-tolerance': '✓ within tolerance',
  different: '✗ different',
  'not-compared': '? not compared',
};

export function proof(run: PackageRun): string {
  const { comparisons, onlySteps, reference, parameters, seed } = run;
  const rows = comparisons.map(({ stepId, name, kind, verdict, role }) => [
    stepId,
    role === 'input' ? `${name} (comes in)` : name,
    kind,
    MARKS[verdict],
  ]);
  const given = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  const took = reference ? `, the notebook’s cells in ${formatDuration(reference.wallMs)}` : '';
  return [
    `Notebook in a fresh kernel against the package in a clean environment${took}`,
    ...(onlySteps
      ? [`In part: only ${onlySteps.join(', ')}, on what the notebook hands over`]
      : []),
    ...(given.length > 0 ? [`With ${given.join(', ')} on both sides`] : []),
    `Equal within ${TOLERANCE.relative} of a number’s size (${TOLERANCE.absolute} near zero); random streams begin at ${seed} on both sides`,
    ...(rows.length > 0 ? [table(['step', 'output', 'type', 'verdict'], rows)] : []),
    ...comparisons.flatMap(explained),
    summary(run),
  ].join('\n');
}

function explained({ stepId, name, verdict, note, cause }: Comparison): string[] {
  if (verdict === 'identical') return [];
  const mark = verdict === 'different' ? '✗' : verdict === 'not-compared' ? '?' : '·';
  const why = cause && cause.text !== note ? [`    likely: ${cause.text}`] : [];
  return note === '' ? why : [`${mark} ${stepId}: ${name}: ${note}`, ...why];
}

function summary({ state, comparisons, error, reference }: PackageRun): string {
  if (state !== 'succeeded') return `Run ${state}${error ? `: ${error.message}` : ''}`;
  const { identical, withinTolerance, different, notCompared } = countVerdicts(comparisons);
  const equal = identical + withinTolerance;
  const rest = notCompared > 0 ? `, ${notCompared} can’t be compared` : '';
  const again = reference?.isRepeatable ? ' The notebook gives the same each time.' : '';
  if (different > 0)
    return `Not equal: ${different} of ${equal + different} differ${rest}.${again}`;
  if (equal === 0) return `Nothing could be compared${rest}.`;
  return `Proved: ${equal} of ${equal} outputs are the notebook’s${rest}.`;
}

const SEEN = { yes: 'seen in the run', no: 'not seen in the run' } as const;

/** What the text only suspects, with what the last recorded run says of it. */
export function seen({ facts, recording }: PipelineView): string[] {
  if (!recording || recording.cells.length === 0) return [];
  const of = facts.filter(({ kind, error }) => kind === 'code' && error === null).length;
  const head = `Recorded in a fresh kernel (Python ${recording.python}): ${recording.cells.length} of ${of} cells are still as they ran`;
  const suspected = facts.flatMap(({ index, mutated }) =>
    mutated
      .filter((each) => each.seen !== undefined && each.certainty === 'possibly')
      .map(({ name, line, how, seen: was }) => {
        const settled = was ? SEEN[was] : 'the run could not tell';
        return `  cell ${index + 1}, line ${line}: ${name} may change (${how}): ${settled}`;
      }),
  );
  return [head, ...suspected];
}
