/** The whole package from cells, facts and pipeline: the same input gives the same bytes. */
import type {
  CellFacts,
  CellSource,
  NotebookFacts,
  OtherNotebook,
  Parameter,
  Pipeline,
} from '../pipeline';
import { convertCell, type ReadCell, readCell } from './cell-code';
import { pythonString } from './cell-magics';
import { helpersFile } from './helpers-file';
import { importedNames, importTexts } from './imports';
import type { Origin, PackageProblem, ServeChoice } from './package-state';
import { requiredOutputs } from './package-texts';
import { reasonsToRunAlone } from './side-by-side';
import { FileBuilder } from './source-text';
import { returnNames, type StepPlan, stepFile } from './step-file';
import { plain, templateFiles } from './template-files';
import { fillTemplate, type Templates } from './templates';
import { wholeFiles } from './whole-notebook';

export interface PackageInput {
  readonly name: string;
  /** The notebook's file name. */
  readonly notebookName: string;
  readonly cells: readonly CellSource[];
  readonly facts: NotebookFacts;
  readonly pipeline: Pipeline;
  /** Further notebooks of the pipeline, each a step. */
  readonly others?: readonly OtherNotebook[];
  readonly serve: ServeChoice | null;
  /** The text of requirements.lock. */
  readonly lock: string;
  /** What the notebook itself imports, as `name==version`. */
  readonly requirements: readonly string[];
  /** Major and minor: `3.11`. */
  readonly python: string;
  /** Where the notebook lies below `data/`, empty where it lies there itself. */
  readonly start: string;
  /** Folders from there in which it looks for modules. */
  readonly searchPaths: readonly { readonly path: string; readonly isFirst: boolean }[];
  /** Files below `data/`, put there beside the generated ones. */
  readonly dataFiles: readonly string[];
  readonly templates: Templates;
  readonly seed: number;
}

export interface PackageFile {
  readonly path: string;
  readonly text: string;
  /** One for each line. */
  readonly origins: readonly (Origin | null)[];
}

export interface GeneratedPackage {
  readonly files: readonly PackageFile[];
  /** With an error among them the package must not be written. */
  readonly problems: readonly PackageProblem[];
}

const KEYWORDS = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

export function generatePackage(input: PackageInput): GeneratedPackage {
  const { pipeline } = input;
  // Cells that run in their own kernel are not looked into.
  const cells = pipeline.whole ? [] : readCells(input);
  const helpers = helpersFile(pipeline, cells);
  const plans = stepPlans(input, cells, helpers.names);
  const divided = plans.filter(({ step }) => !isWhole(step, pipeline));
  const steps = divided.map((plan) => ({ plan, ...stepFile(plan) }));
  const moduleOf = (id: string) => plans.find(({ step }) => step.id === id)?.name ?? id;
  const source = `src/${input.name}`;
  const files: PackageFile[] = [
    ...steps.map(({ plan, file }) => ({ path: `${source}/steps/${plan.name}.py`, ...file })),
    ...wholeFiles(input, moduleOf),
    { path: `${source}/helpers.py`, ...helpers.file },
    plain(`${source}/steps/__init__.py`, '"""One module for each step."""\n'),
    plain(`${source}/__init__.py`, `"""Made from ${input.notebookName} by Slipway."""\n`),
    parametersFile(`${source}/parameters.py`, input.pipeline.parameters),
    plain(`${source}/pipeline.py`, pipelineText(input, plans)),
    ...templateFiles(input),
  ];
  return {
    files: files.sort(byPath),
    problems: allProblems(
      input,
      cells,
      steps.flatMap((each) => each.problems),
    ),
  };
}

const byPath = (one: PackageFile, two: PackageFile) => (one.path < two.path ? -1 : 1);

const isWhole = (step: Pipeline['steps'][number], { whole }: Pipeline): boolean =>
  step.notebook !== undefined || whole !== undefined;

function readCells({ cells, facts }: PackageInput): ReadCell[] {
  const byId = new Map(facts.map((each) => [each.cellId, each]));
  return cells.flatMap((cell, index) => {
    const known: CellFacts | undefined = byId.get(cell.id);
    return known && cell.type === 'code'
      ? [readCell({ cell, facts: known, number: index + 1 })]
      : [];
  });
}

/** What an import later in the notebook may depend on. */
const BEFORE_IMPORTS =
  /\bsys\.path\b|\bos\.environ\[|\bos\.chdir\b|\bmatplotlib\.use\(|^\s*%?(?:set_)?env\b|^\s*%?cd\b|^\s*%%(?:write)?file\b.*\.py\b/m;

function stepPlans(
  input: PackageInput,
  cells: readonly ReadCell[],
  moved: ReadonlySet<string>,
): StepPlan[] {
  const { pipeline, notebookName } = input;
  const inSteps = new Set(pipeline.steps.flatMap((step) => step.cellIds));
  const live = cells.filter(({ cell }) => inSteps.has(cell.id));
  const starImports = [
    ...new Set(cells.flatMap(importTexts).filter((text) => /\bimport \*$/.test(text))),
  ];
  const mayHoist = !live.some(({ cell }) => BEFORE_IMPORTS.test(cell.source));
  const draws = cells.some(({ cell }) =>
    /\b(matplotlib|pylab|seaborn)\b|\.(plot|hist|boxplot)\(|\.plot\./.test(cell.source),
  );
  const surelyGiven = new Set<string>();
  return pipeline.steps.map((step) => {
    const plan = {
      step,
      name: isTakenIn(step, cells) ? `${step.id}_` : step.id,
      cells: step.cellIds.flatMap((id) => cells.filter(({ cell }) => cell.id === id)),
      allCells: cells,
      parameters: pipeline.parameters.filter(
        (each) => step.parameters.includes(each.name) && !step.inputs.includes(each.name),
      ),
      allParameters: pipeline.parameters,
      moved,
      starImports,
      notebookName,
      draws,
      maybeInputs: new Set(step.inputs.filter((name) => !surelyGiven.has(name))),
      mayHoist,
    };
    for (const name of returnNames(plan).sure) surelyGiven.add(name);
    return plan;
  });
}

/** A keyword, or what an import binds that the step uses. */
function isTakenIn(step: Pipeline['steps'][number], cells: readonly ReadCell[]): boolean {
  if (KEYWORDS.has(step.id) || step.helpers.includes(step.id)) return true;
  const own = cells.filter(({ cell }) => step.cellIds.includes(cell.id));
  return [...step.imports, ...own.flatMap(importTexts)].some((text) =>
    importedNames(text).includes(step.id),
  );
}

function parametersFile(path: string, parameters: readonly Parameter[]): PackageFile {
  const file = new FileBuilder()
    .add('"""The parameters of the steps, with their types and defaults."""')
    .blank()
    .add('from .typed import Parameter')
    .blank();
  if (parameters.length === 0) return { path, ...file.add('PARAMETERS = {}').finish() };
  file.add('PARAMETERS = {').add('    each.name: each').add('    for each in (');
  for (const each of parameters) {
    const line = `        ${parameterCall(each)},`;
    file.addMapped({ text: line, origins: [{ cellId: each.cellId, line: each.line }] });
  }
  return { path, ...file.add('    )').add('}').finish() };
}

function parameterCall(each: Parameter): string {
  const isSecret = each.type === 'secret';
  const parts = [
    pythonString(each.name),
    pythonString(each.type),
    isSecret ? 'None' : each.defaultSource.trim().replace(/\s*\n\s*/g, ' '),
    ...(each.doc ? [`doc=${pythonString(each.doc)}`] : []),
    ...(each.values?.length ? [`values=(${each.values.join(', ')},)`] : []),
    ...(each.minimum === undefined ? [] : [`minimum=${each.minimum}`]),
    ...(each.maximum === undefined ? [] : [`maximum=${each.maximum}`]),
  ];
  return `Parameter(${parts.join(', ')})`;
}

function pipelineText(input: PackageInput, plans: readonly StepPlan[]): string {
  const required = requiredOutputs(input.pipeline);
  const tuple = (names: readonly string[]) =>
    `(${names.map(pythonString).join(', ')}${names.length === 1 ? ',' : ''})`;
  const steps = plans.map(({ step, name, parameters, cells }) => {
    const alone = isWhole(step, input.pipeline)
      ? ['it runs a whole notebook']
      : reasonsToRunAlone(cells);
    const lines = [
      `    Step(`,
      `        name=${pythonString(step.id)},`,
      `        module=${pythonString(name)},`,
      `        function=${pythonString(name)},`,
      `        inputs=${tuple(step.inputs)},`,
      `        outputs=${tuple(step.outputs)},`,
      `        required=${tuple(step.outputs.filter((each) => required.get(step.id)?.has(each)))},`,
      `        parameters=${tuple(parameters.map((each) => each.name))},`,
      ...(alone.length > 0 ? [`        alone=${tuple(alone)},`] : []),
      ...(step.retries === undefined ? [] : [`        retries=${step.retries},`]),
      ...(step.timeoutSeconds === undefined
        ? []
        : [`        timeout_seconds=${step.timeoutSeconds},`]),
      `    ),`,
    ];
    return lines.join('\n');
  });
  const inSteps = new Set(input.pipeline.steps.flatMap((step) => step.cellIds));
  const patched = input.facts.flatMap((fact) =>
    inSteps.has(fact.cellId) ? fact.patched.map(({ name }) => name) : [],
  );
  return fillTemplate(input.templates['package/pipeline.py'], {
    steps: steps.join('\n'),
    binds: plans.map((plan) => bindsLine(plan, tuple)).join('\n'),
    patched: tuple([...new Set(patched)].sort()).slice(1, -1),
    start: pythonString(input.start),
    paths: input.searchPaths
      .map(({ path, isFirst }) => `(${pythonString(path)}, ${isFirst ? 'True' : 'False'}),`)
      .join(' '),
  });
}

function bindsLine({ step, cells }: StepPlan, tuple: (names: readonly string[]) => string): string {
  const names = cells.flatMap(({ facts }) =>
    [...facts.bound, ...facts.deleted].map(({ name }) => name),
  );
  return `    ${pythonString(step.id)}: ${tuple([...new Set(names)].sort())},`;
}

function allProblems(
  { pipeline, serve }: PackageInput,
  cells: readonly ReadCell[],
  fromSteps: readonly PackageProblem[],
): PackageProblem[] {
  const problems: PackageProblem[] = [...fromSteps];
  const inHelpers = new Set(pipeline.helpers.map((each) => each.cellId));
  const inSteps = new Set(pipeline.steps.flatMap((step) => step.cellIds));
  for (const read of cells) {
    if (!inHelpers.has(read.cell.id) || inSteps.has(read.cell.id)) continue;
    const { problems: found } = convertCell(read, {
      moved: new Set(),
      hoisted: new Set(),
      parameters: [],
      shims: 'notebook',
    });
    problems.push(...found.filter((each) => each.severity === 'error'));
  }
  for (const each of pipeline.problems) {
    if (each.severity !== 'error') continue;
    problems.push({
      severity: 'error',
      message: each.message,
      cellId: each.cellId ?? null,
      line: each.line ?? null,
    });
  }
  if (pipeline.steps.length === 0) {
    problems.push({
      severity: 'error',
      message:
        'No cell is part of a step, so there is nothing to package. Assign a cell to a step first.',
      cellId: null,
      line: null,
    });
  }
  if (
    serve &&
    !pipeline.steps.some((step) => step.id === serve.stepId && step.outputs.includes(serve.name))
  ) {
    problems.push({
      severity: 'error',
      message: `The service is to use ${serve.name} of step ${serve.stepId}, and that step no longer gives it. Choose again what to serve.`,
      cellId: null,
      line: null,
    });
  }
  return problems;
}
