/** A notebook as one step, run by its own kernel: one that is not written in Python, or one that a person wants so. */
import { type CellId, StepId } from '../../base/ids';
import type { NextStep } from '../../base/studio-error';
import { emptyFacts } from '../analyse';
import type { CellFacts, CellSource } from '../facts';
import type { Pipeline, Problem, Step } from '../pipeline';

export const isPython = (language: string): boolean => /^i?python\d*$/i.test(language);

export interface WholeNotebook {
  readonly language: string;
  /** As the file names it. */
  readonly kernelName: string | null;
}

/** Of a step that is a whole notebook: it gives what its cells show and what the files it wrote hold. */
export const WHOLE_STEP = {
  inputs: [],
  outputs: ['cell_outputs', 'files_written'],
  parameters: [],
  imports: [],
  helpers: [],
  travellingDefinitions: [],
  drawsRandomly: false,
} satisfies Partial<Step>;
const STEP = StepId('notebook');

/** Of cells in another language nothing is known but the names of files that stand in them. */
export function foreignFacts(cells: readonly CellSource[]): CellFacts[] {
  return cells.map((cell, index) => ({
    ...emptyFacts(cell, index),
    filesRead: cell.type === 'code' ? filesNamed(cell.source) : [],
  }));
}

function filesNamed(source: string): CellFacts['filesRead'] {
  return source.split('\n').flatMap((text, at) =>
    [...text.matchAll(/(?<![\w./-])(?:\.\.\/)*\w[\w./-]*\.[A-Za-z]\w{0,7}\b(?!\s*\()/g)].map(
      ([path]) => ({
        line: at + 1,
        path,
        how: 'named',
      }),
    ),
  );
}

const isSkipped = (cell: CellSource) => cell.tags.includes('skip') || cell.source.trim() === '';

/** The cells that a kernel runs. */
export const cellsRun = (cells: readonly CellSource[]): CellSource[] =>
  cells.filter((cell) => cell.type === 'code' && !isSkipped(cell));

/** Null where none is named that runs another language than Python. */
export const kernelOf = ({ language, kernelName }: WholeNotebook): string | null =>
  kernelName ?? (isPython(language) ? 'python3' : null);

export function wholePipeline(cells: readonly CellSource[], notebook: WholeNotebook): Pipeline {
  const { language } = notebook;
  const run = cellsRun(cells);
  const inStep = new Set<CellId>(run.map(({ id }) => id));
  const kernel = kernelOf(notebook);
  const placements = cells.map(({ id, type }) => ({
    cellId: id,
    place: inStep.has(id)
      ? ('step' as const)
      : type === 'code'
        ? ('skipped' as const)
        : ('text' as const),
    stepId: inStep.has(id) ? STEP : null,
    isChosen: false,
  }));
  const skipped = cells.flatMap((cell) =>
    cell.type === 'code' && isSkipped(cell)
      ? [
          {
            cellId: cell.id,
            reason: cell.tags.includes('skip')
              ? 'You skipped it.'
              : 'There is nothing to run in it.',
          },
        ]
      : [],
  );
  return {
    steps: run.length > 0 ? [stepOf(run, language)] : [],
    edges: [],
    parameters: [],
    placements,
    imports: [],
    requirements: [],
    skipped,
    skippable: [],
    helpers: [],
    problems: problemsOf(run, cells, language, kernel),
    ...(kernel ? { whole: { kernel, language } } : {}),
  };
}

export const RUN_WHOLE: NextStep = {
  label: 'Run the notebook as one step',
  command: 'pipeline.whole',
};

/** What can't be divided into steps can still run as one. */
export function offeringWhole(pipeline: Pipeline): Pipeline {
  const problems = pipeline.problems.map((each) =>
    each.severity === 'error' ? { ...each, nextSteps: [...each.nextSteps, RUN_WHOLE] } : each,
  );
  return { ...pipeline, problems };
}

function stepOf(run: readonly CellSource[], language: string): Pipeline['steps'][number] {
  return {
    id: STEP,
    ...WHOLE_STEP,
    name: 'Notebook',
    cellIds: run.map(({ id }) => id),
    reason: `All cells run in one kernel (${capitalised(language)}): the notebook is one step.`,
    colour: 0,
  };
}

function problemsOf(
  run: readonly CellSource[],
  cells: readonly CellSource[],
  language: string,
  kernel: string | null,
): Problem[] {
  const [first] = run;
  if (!first) return [];
  const cellNumber = cells.indexOf(first) + 1;
  const nextSteps = [
    { label: 'Go to the cell', command: 'notebook.go-to-cell', argument: first.id },
  ];
  const place = { cellId: first.id, cellNumber, line: 1, nextSteps };
  if (kernel === null) {
    const message = `Cell ${cellNumber} and those after it are written in ${capitalised(language)}, and the notebook names no kernel that runs them. Choose a kernel and save the notebook.`;
    return [{ severity: 'error', message, ...place }];
  }
  if (isPython(language)) {
    const message =
      'The notebook runs as one step, as slipway.yaml says (whole): its values do not go on to other steps.';
    const divide = { label: 'Divide it into steps', command: 'pipeline.steps' };
    return [{ severity: 'hint', message, ...place, nextSteps: [...nextSteps, divide] }];
  }
  const message = `Cell ${cellNumber} and those after it are written in ${capitalised(language)}: the notebook is one step, run by the kernel ${kernel}, which has to be installed where the package runs.${installHint(language)}`;
  return [{ severity: 'hint', message, ...place }];
}

const INSTALLS: readonly [RegExp, string][] = [
  [/^r$/i, `R -e 'install.packages("IRkernel"); IRkernel::installspec()'`],
  [/^julia$/i, `julia -e 'using Pkg; Pkg.add("IJulia")'`],
  [/^bash$/i, 'pip install bash_kernel; python -m bash_kernel.install'],
];

/** The command that brings the kernel, where it is known. */
export function installCommand(language: string): string | null {
  return INSTALLS.find(([pattern]) => pattern.test(language))?.[1] ?? null;
}

function installHint(language: string): string {
  const command = installCommand(language);
  return command ? ` Install it by: ${command}` : '';
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
