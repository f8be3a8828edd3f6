/** Why an output of the package is not the notebook's: from what is known of the cells, the runs and the files. */
import type { StepId } from '../base/ids';
import type { CellRecording, NotebookFacts, Pipeline, Recording, Step } from '../pipeline';
import type { Cause, Comparison } from './package-run';
import type { Origin } from './package-state';
import type { Variation } from './variation';

export interface CauseInput {
  readonly comparisons: readonly Comparison[];
  readonly pipeline: Pipeline;
  readonly facts: NotebookFacts;
  readonly recording: Recording;
  /** Null where the notebook was run only once. */
  readonly second: {
    readonly variation: Variation | null;
    /** `step/name` of what the second run of the notebook gave otherwise. */
    readonly varying: ReadonlySet<string>;
  } | null;
  /** Lines of the package that are no longer as they were generated. */
  readonly edits: readonly FileEdit[];
  readonly pythons: { readonly notebook: string; readonly package: string };
}

export interface FileEdit {
  readonly path: string;
  readonly line: number;
  readonly origin: Origin | null;
  /** The step whose module it is; null for a file that all steps use. */
  readonly stepId: StepId | null;
}

/** The comparisons, each difference with its likely cause; what the notebook itself gives otherwise is not compared. */
export function withCauses(input: CauseInput): Comparison[] {
  return input.comparisons.map((each) => {
    if (each.verdict !== 'different') return each;
    const cause = causeOf(each, input);
    if (cause.kind !== 'notebook-varies') return { ...each, cause };
    return { ...each, verdict: 'not-compared', note: cause.text, cause };
  });
}

function causeOf(comparison: Comparison, input: CauseInput): Cause {
  return (
    notebookVaries(comparison, input) ??
    upstream(comparison, input) ??
    edited(comparison, input) ??
    missedMutation(comparison, input) ??
    missingOutput(comparison) ??
    otherPython(input) ??
    randomness(comparison, input) ??
    outside(comparison, input) ??
    inTheCode(comparison, input)
  );
}

const keyOf = ({ stepId, name }: Comparison) => `${stepId}/${name}`;

function notebookVaries(comparison: Comparison, { second }: CauseInput): Cause | null {
  if (!second?.varying.has(keyOf(comparison))) return null;
  const { variation } = second;
  if (!variation) {
    const text =
      'The notebook itself gives another value each time it runs, so it can’t be compared. Where that begins could not be seen.';
    return { kind: 'notebook-varies', text, cellId: null, cellNumber: null, line: null };
  }
  const { cellId, cellNumber, line, name, why } = variation;
  const where = line === null ? `cell ${cellNumber}` : `cell ${cellNumber}, line ${line}`;
  const text = `The notebook itself gives another value each time it runs, so it can’t be compared. That begins in ${where} with ${name}: ${why}.`;
  return { kind: 'notebook-varies', text, cellId, cellNumber, line };
}

/** An earlier difference that comes in here explains this one. */
function upstream(comparison: Comparison, { comparisons, pipeline }: CauseInput): Cause | null {
  const step = stepOf(comparison, pipeline);
  const at = step ? pipeline.steps.indexOf(step) : -1;
  const earlier = comparisons.find((each) => {
    const from = pipeline.steps.findIndex(({ id }) => id === each.stepId);
    const isDifferent = each.verdict === 'different';
    const isHanded = step?.inputs.includes(each.name) || handsFiles(each, comparison, pipeline);
    return isDifferent && from < at && isHanded;
  });
  if (!earlier) return null;
  const text = `It follows from ${earlier.name} of step ${earlier.stepId}, which differs first.`;
  return { kind: 'upstream', text, cellId: null, cellNumber: null, line: null };
}

/** Between notebooks go files: another notebook's are compared as such, of a step's own its values tell. */
function handsFiles(earlier: Comparison, comparison: Comparison, pipeline: Pipeline): boolean {
  const [one, two] = [stepOf(earlier, pipeline), stepOf(comparison, pipeline)];
  const isConnected = pipeline.edges.some(({ from, to }) => from === one?.id && to === two?.id);
  if (!isConnected) return false;
  return one?.notebook ? earlier.name === 'files_written' : two?.notebook !== undefined;
}

function edited(comparison: Comparison, { edits, facts }: CauseInput): Cause | null {
  const own = edits.find((edit) => edit.stepId === comparison.stepId);
  const edit = own ?? edits.find(({ stepId }) => stepId === null);
  if (!edit) return null;
  const number = facts.findIndex((fact) => fact.cellId === edit.origin?.cellId) + 1;
  const from = edit.origin ? `, which came from cell ${number}, line ${edit.origin.line}` : '';
  const text = `${edit.path} is no longer as it was made: line ${edit.line}${from}, was changed or is gone. Undo that, or carry it over into the notebook.`;
  const place = { cellId: edit.origin?.cellId ?? null, line: edit.origin?.line ?? null };
  return { kind: 'edited', text, cellNumber: number > 0 ? number : null, ...place };
}

/** It came in and went on as it was, but the notebook had changed it meanwhile. */
function missedMutation(comparison: Comparison, input: CauseInput): Cause | null {
  if (comparison.role !== 'input') return null;
  const found = recordedIn(comparison, input).find(({ mutates }) =>
    mutates.includes(comparison.name),
  );
  if (!found) {
    const text = `Step ${comparison.stepId} takes ${comparison.name} and does not hand it on, and in the notebook it is another value after the step’s last cell: a change in place was missed, or another step should have made it.`;
    return { kind: 'missed-mutation', text, cellId: null, cellNumber: null, line: null };
  }
  const number = input.facts.findIndex(({ cellId }) => cellId === found.cellId) + 1;
  const text = `Cell ${number} was seen to change ${comparison.name} in place, and step ${comparison.stepId} does not hand the changed value on.`;
  return { kind: 'missed-mutation', text, cellId: found.cellId, cellNumber: number, line: null };
}

function missingOutput({ place, note, stepId, name }: Comparison): Cause | null {
  if (place || !/gave it no value/.test(note)) return null;
  const text = `Step ${stepId} ended without a value for ${name}: the function no longer returns it.`;
  return { kind: 'missing-output', text, cellId: null, cellNumber: null, line: null };
}

function otherPython({ pythons }: CauseInput): Cause | null {
  if (pythons.notebook === '' || pythons.package === '' || pythons.notebook === pythons.package)
    return null;
  const text = `The notebook ran in Python ${pythons.notebook} and the package in Python ${pythons.package}.`;
  return { kind: 'environment', text, cellId: null, cellNumber: null, line: null };
}

function randomness(comparison: Comparison, input: CauseInput): Cause | null {
  const drawing = recordedIn(comparison, input).find(({ streams }) => streams.length > 0);
  const ids = cellsOf(comparison, input);
  const fact = input.facts.find(
    ({ cellId, randomness: drawn }) =>
      ids.has(cellId) && (cellId === drawing?.cellId || drawn.some(({ isSeeded }) => !isSeeded)),
  );
  if (!fact) return null;
  const line = fact.randomness[0]?.line ?? null;
  const cellNumber = fact.index + 1;
  const stream = drawing?.streams.join(' and ') ?? 'a generator without a seed';
  const certain = input.second
    ? ' The notebook gives the same twice, so the package draws in another order or begins from another seed.'
    : ' Both runs begin from the same seed; another order of draws gives other numbers.';
  const text = `Cell ${cellNumber} draws random numbers (${stream}).${certain}`;
  return { kind: 'randomness', text, cellId: fact.cellId, cellNumber, line };
}

/** What lies outside the files: an address, an environment variable. */
function outside(comparison: Comparison, input: CauseInput): Cause | null {
  const ids = cellsOf(comparison, input);
  const asking = recordedIn(comparison, input).find(({ sockets }) => sockets.length > 0);
  const fact = input.facts.find(
    ({ cellId, environmentVariables }) =>
      cellId === asking?.cellId || (ids.has(cellId) && environmentVariables.length > 0),
  );
  if (!fact) return null;
  const what = asking
    ? `asks ${asking.sockets.join(', ')}`
    : `reads ${fact.environmentVariables.map(({ name }) => name).join(', ')} from the environment`;
  const text = `Cell ${fact.index + 1} ${what}, and the answer may have been another one for the package.`;
  const line = fact.environmentVariables[0]?.line ?? null;
  return { kind: 'outside', text, cellId: fact.cellId, cellNumber: fact.index + 1, line };
}

function inTheCode(comparison: Comparison, { second, facts, pipeline }: CauseInput): Cause {
  const step = stepOf(comparison, pipeline);
  const binder = facts.findLast(
    ({ cellId, bound, mutated }) =>
      (step?.cellIds.includes(cellId) ?? false) &&
      [...bound, ...mutated].some(({ name }) => name === comparison.name),
  );
  const certain = second ? 'The notebook gives the same twice, so' : 'Likely';
  const where = binder ? ` It is made in cell ${binder.index + 1}.` : '';
  const text = `${certain} the code of step ${comparison.stepId} does something else than its cells.${where}`;
  const use = [...(binder?.bound ?? []), ...(binder?.mutated ?? [])];
  const line = use.find(({ name }) => name === comparison.name)?.line ?? null;
  const cellNumber = binder ? binder.index + 1 : null;
  return { kind: 'code', text, cellId: binder?.cellId ?? null, cellNumber, line };
}

function stepOf({ stepId }: Comparison, { steps }: Pipeline): Step | undefined {
  return steps.find(({ id }) => id === stepId);
}

function cellsOf(comparison: Comparison, { pipeline }: CauseInput): Set<string> {
  return new Set(stepOf(comparison, pipeline)?.cellIds ?? []);
}

function recordedIn(comparison: Comparison, input: CauseInput): CellRecording[] {
  const ids = cellsOf(comparison, input);
  return input.recording.cells.filter(({ cellId }) => ids.has(cellId));
}

/** Step by step, and within a step as its cells make or change them: the first difference is the one to look at. */
export function inOrderOfCells(
  comparisons: readonly Comparison[],
  pipeline: Pipeline,
  facts: NotebookFacts,
): Comparison[] {
  const made = new Map<string, number>();
  pipeline.steps.forEach((step, number) => {
    for (const fact of facts.filter(({ cellId }) => step.cellIds.includes(cellId))) {
      for (const { name, line } of [...fact.bound, ...fact.mutated]) {
        const at = number * 1e9 + fact.index * 1e5 + line;
        const key = `${step.id}/${name}`;
        made.set(key, Math.min(at, made.get(key) ?? at));
      }
    }
  });
  const steps = pipeline.steps.map(({ id }) => id);
  const placeOf = (each: Comparison) =>
    made.get(keyOf(each)) ?? steps.indexOf(each.stepId) * 1e9 + 1e9 - 1;
  return [...comparisons].sort((one, two) => placeOf(one) - placeOf(two));
}
