/** What stands in the way, each with its cell and a next step. */
import type { CellId } from '../../base/ids';
import type { NextStep } from '../../base/studio-error';
import type { PipelineChoices } from '../choices';
import { isErrorExpected, RAISES } from '../expected-errors';
import type { CellFacts, CellSource, NotebookFacts } from '../facts';
import type { Parameter, Placement, Problem, Step } from '../pipeline';
import { answersOf } from './asked-names';
import type { Connected, MissingName, UnsureName } from './connect-steps';
import type { Torn } from './gather';
import { orderProblems } from './notebook-order';
import { type RunProblem, runProblems } from './run-problems';

export interface ProblemInput {
  readonly cells: readonly CellSource[];
  readonly facts: NotebookFacts;
  readonly connected: Connected;
  readonly places: ReadonlyMap<CellId, Placement['place']>;
  readonly choices: PipelineChoices;
  readonly torn: readonly Torn[];
  readonly parameters: readonly Parameter[];
  readonly steps: readonly Step[];
}

export function findProblems(input: ProblemInput): Problem[] {
  const { facts, places, connected } = input;
  const isSkipped = new Set(
    input.cells.filter((cell) => cell.tags.includes('skip')).map((cell) => cell.id),
  );
  // What Python cannot read is an error as well, and one that is expected changes nothing.
  const isExpected = new Set(
    input.cells.filter((cell) => isErrorExpected(cell.tags)).map((cell) => cell.id),
  );
  const isUsed = ({ cellId, error }: CellFacts) =>
    !isSkipped.has(cellId) &&
    places.get(cellId) !== 'text' &&
    !(error !== null && isExpected.has(cellId));
  return [
    ...facts.filter(isUsed).flatMap((fact) => cellProblems(fact, input.cells[fact.index])),
    ...runProblems(input.cells, facts)
      .filter(({ fact }) => isUsed(fact))
      .map(runProblem),
    ...facts.filter(isUsed).flatMap((fact) => askedProblems(fact, facts)),
    ...facts.filter(({ cellId }) => isExpected.has(cellId)).map(expectedProblem),
    ...connected.missing.map((each) => missingProblem(each, input)),
    ...connected.unsure.map(unsureProblem),
    ...input.torn.map(tornProblem),
    ...unsavableProblems(input),
    ...sharedProblems(input),
    ...staleLiterals(input),
    ...strayStepChoices(input),
    ...literalsInDefinitions(input),
    ...orderProblems(input.cells, facts, isUsed),
  ];
}

function at({ cellId, index }: CellFacts, line: number) {
  return { cellId, cellNumber: index + 1, line };
}

const goTo = ({ cellId }: CellFacts): NextStep => ({
  label: 'Go to the cell',
  command: 'notebook.go-to-cell',
  argument: cellId,
});
const skip = ({ cellId }: CellFacts): NextStep => ({
  label: 'Skip the cell',
  command: 'pipeline.skip',
  argument: cellId,
});
const unskip = ({ cellId }: CellFacts): NextStep => ({
  label: `Take cell back in`,
  command: 'pipeline.unskip',
  argument: cellId,
});

function runProblem({ fact, line, message, severity }: RunProblem): Problem {
  const text = `Cell ${fact.index + 1}: ${message}`;
  return {
    ...at(fact, line),
    severity,
    message: text,
    nextSteps: [goTo(fact), skip(fact)],
  };
}

function cellProblems(fact: CellFacts, cell: CellSource | undefined): Problem[] {
  const number = fact.index + 1;
  const next = [goTo(fact), skip(fact)];
  if (fact.error) {
    const message = `Cell ${number}: ${fact.error.message}`;
    return [{ ...at(fact, fact.error.line), severity: 'error', message, nextSteps: next }];
  }
  const isSaid = ({ line }: { line: number }) =>
    cell?.unfollowed?.some((each) => each.line === line) ?? false;
  const magics = fact.magics.flatMap((magic) => (isSaid(magic) ? [] : magicProblem(fact, magic)));
  const unknowable = fact.unknowable
    .filter((each) => !isSaid(each) && !magics.some((magic) => magic.line === each.line))
    .map(
      ({ line, reason, stops }): Problem => ({
        ...at(fact, line),
        severity: stops ? 'error' : 'warning',
        message: `Cell ${number}: ${reason}`,
        nextSteps: stops ? next : [goTo(fact)],
      }),
    );
  return [...magics, ...unknowable, ...unrepeatable(fact)];
}

function expectedProblem(fact: CellFacts): Problem {
  const message = `Cell ${fact.index + 1} is tagged ${RAISES}: its error is shown and the step goes on, as the notebook does. What it binds may not be there afterwards.`;
  return { ...at(fact, 1), severity: 'hint', message, nextSteps: [goTo(fact)] };
}

function askedProblems(fact: CellFacts, facts: NotebookFacts): Problem[] {
  return answersOf(fact, facts).flatMap(({ name, line, answer }): Problem[] => {
    if (answer !== 'unknown') return [];
    const message = `Cell ${fact.index + 1}: globals() is asked for ${name}, and whether it is there can’t be known. Take the question away, or skip the cell.`;
    return [{ ...at(fact, line), severity: 'error', message, nextSteps: [goTo(fact), skip(fact)] }];
  });
}

/** What is drawn without a seed, or read from the clock, is another in every run of the notebook itself. */
function unrepeatable(fact: CellFacts): Problem[] {
  return fact.randomness.flatMap(({ line, source, isSeeded, stream }): Problem[] => {
    if (isSeeded || stream !== null) return [];
    const call = source.endsWith(')') ? source : `${source}()`;
    const message = `Cell ${fact.index + 1}: ${call} gives something else in every run of the notebook, so what comes of it can’t be compared. Give it a seed, or make its value a parameter.`;
    return [{ ...at(fact, line), severity: 'hint', message, nextSteps: [goTo(fact)] }];
  });
}

function magicProblem(
  fact: CellFacts,
  { line, effect, text }: CellFacts['magics'][number],
): Problem[] {
  const number = fact.index + 1;
  const short = text.split('\n')[0] ?? text;
  const next = [goTo(fact), skip(fact)];
  const say = (severity: Problem['severity'], message: string): Problem[] => [
    { ...at(fact, line), severity, message: `Cell ${number}: ${message}`, nextSteps: next },
  ];
  if (effect === 'install') {
    return say('hint', `“${short}” moved to the requirements; the step itself installs nothing.`);
  }
  if (effect === 'unsupported' || (effect === 'shell' && text.startsWith('%%'))) {
    return say(
      'error',
      `“${short}” can’t become a Python step. Skip the cell, or write it in Python.`,
    );
  }
  if (effect === 'rewritten') {
    return say('hint', `“${short}” stands in the step as plain Python that does the same.`);
  }
  if (effect === 'shell') {
    return say(
      'warning',
      `“${short}” runs a command of the system, which must be there where the step runs.`,
    );
  }
  return [];
}

function missingProblem(
  { fact, name, line }: MissingName,
  { facts, places }: ProblemInput,
): Problem {
  const where = { ...at(fact, line), severity: 'warning' as const };
  const number = fact.index + 1;
  const binds = (other: CellFacts) => other.bound.some((use) => use.name === name);
  const skipped = facts.find((other) => places.get(other.cellId) === 'skipped' && binds(other));
  if (skipped) {
    const message = `Cell ${number} needs ${name}, which cell ${skipped.index + 1} binds; that cell is skipped.`;
    return { ...where, message, nextSteps: [unskip(skipped), goTo(fact)] };
  }
  const aside = facts.find(
    (other) => binds(other) && /^(?:imports|helpers)$/.test(places.get(other.cellId) ?? ''),
  );
  if (aside) {
    const message = `Cell ${number} needs ${name}, a value that cell ${aside.index + 1} binds among imports or functions. Put that cell into a step.`;
    return { ...where, message, nextSteps: [goTo(aside)] };
  }
  const later = facts.find((other) => other.index > fact.index && binds(other));
  if (later) {
    const message = `Cell ${number} reads ${name} before cell ${later.index + 1} binds it: the notebook was not run from top to bottom. Move that cell up.`;
    return { ...where, message, nextSteps: [goTo(later), goTo(fact)] };
  }
  const message = `Cell ${number} reads ${name}, which no cell binds. It may come from a cell that was removed.`;
  return { ...where, message, nextSteps: [goTo(fact)] };
}

function unsureProblem({ fact, name, line, by }: UnsureName): Problem {
  const message = `Cell ${fact.index + 1} uses ${name}, which cell ${by.index + 1} deletes on some ways only: whether it is there can’t be known. Put both cells into one step, or do not delete it.`;
  return { ...at(fact, line), severity: 'error', message, nextSteps: [goTo(by), goTo(fact)] };
}

function tornProblem({ name, first, why }: Torn): Problem {
  const message = `The cells of “${name}” can’t run together: ${why} with cells between them. From cell ${first.index + 1} on they are a step of their own.`;
  return { ...at(first, 1), severity: 'warning', message, nextSteps: [goTo(first)] };
}

/** An open file or an iterator lives in one process: it can't pass from step to step. */
function unsavableProblems({ connected, facts }: ProblemInput): Problem[] {
  return connected.edges.flatMap((edge) =>
    edge.artifacts.flatMap(({ name, writer, reader }) => {
      const fact = facts.find((each) => each.cellId === writer.cellId);
      const found = fact?.unsavable.find((each) => each.name === name);
      if (!fact || !found || found.kind === 'drawing') return [];
      const what =
        found.kind === 'handle'
          ? 'an open file or connection'
          : 'an iterator, used up as it is read';
      const other = facts.find((each) => each.cellId === reader.cellId);
      const message = `${name} is ${what}: it can’t pass from ${edge.from} to ${edge.to}. Merge the two steps, or make it where it is used.`;
      const merge: NextStep = {
        label: 'Merge the steps',
        command: 'pipeline.merge',
        argument: [edge.from, edge.to],
      };
      return [
        {
          ...at(other ?? fact, reader.line),
          severity: 'error' as const,
          message,
          nextSteps: [merge, goTo(fact)],
        },
      ];
    }),
  );
}

/** `df2 = df` in one step and a change of one of them in a later step: there they are two copies. */
function sharedProblems({ facts, steps, connected }: ProblemInput): Problem[] {
  const stepOf = new Map(
    steps.flatMap((step) => step.cellIds.map((cellId) => [cellId, step] as const)),
  );
  const taken = (step: Step, name: string) => step.inputs.includes(name);
  return facts.flatMap((fact) => {
    const maker = stepOf.get(fact.cellId);
    return fact.shared.flatMap(({ name, with: others }) =>
      others.flatMap((other): Problem[] => {
        const changed = facts.find((later) => {
          const step = stepOf.get(later.cellId);
          const both = [name, other].every((each) =>
            later.mutated.some((use) => use.name === each),
          );
          return (
            both &&
            later.mutated.some((use) => use.certainty === 'surely') &&
            step &&
            step !== maker &&
            taken(step, name) &&
            taken(step, other)
          );
        });
        if (!changed || !connected.steps.size) return [];
        const message = `${name} and ${other} may be one object, which cell ${changed.index + 1} changes. Between steps they are two copies: put cells ${fact.index + 1} and ${changed.index + 1} into one step if both must see the change.`;
        return [
          {
            ...at(changed, 1),
            severity: 'warning',
            message,
            nextSteps: [goTo(changed), goTo(fact)],
          },
        ];
      }),
    );
  });
}

function staleLiterals({ cells, choices, parameters }: ProblemInput): Problem[] {
  return choices.literals.flatMap(({ name, cellId, text }) => {
    if (choices.parameters[name]?.isRemoved || parameters.some((each) => each.name === name))
      return [];
    const index = cells.findIndex(({ id }) => id === cellId);
    const message = `The parameter ${name} was the literal ${text}, which is no longer there. Make it a parameter again, or remove it.`;
    const remove: NextStep = {
      label: 'Remove the parameter',
      command: 'pipeline.remove-parameter',
      argument: name,
    };
    const place = index >= 0 ? { cellId, cellNumber: index + 1 } : {};
    return [{ severity: 'warning' as const, message, ...place, nextSteps: [remove] }];
  });
}

/** A setting that reaches no step must not look as if it did. */
function strayStepChoices({ choices, steps }: ProblemInput): Problem[] {
  return Object.entries(choices.steps ?? {}).flatMap(([id, choice]): Problem[] => {
    if (steps.some((step) => step.id === id) || Object.keys(choice).length === 0) return [];
    const message = `slipway.yaml has retries or a time-out for a step ${id}, and there is no such step. Give a step that name, or remove the entry.`;
    return [{ severity: 'warning', message, nextSteps: [] }];
  });
}

/** Steps share a function as it stands: a parameter of one run cannot reach into its text. */
function literalsInDefinitions({ facts, parameters }: ProblemInput): Problem[] {
  return parameters.flatMap((parameter): Problem[] => {
    const found = parameter.origin === 'literal' ? definitionAround(facts, parameter) : null;
    const fact = facts.find((each) => each.cellId === parameter.cellId);
    if (!found || !fact) return [];
    const message = `The parameter ${parameter.name} stands inside ${found}, which steps share. Make it an argument of ${found}, or a variable before it.`;
    const remove: NextStep = {
      label: 'Remove the parameter',
      command: 'pipeline.remove-parameter',
      argument: parameter.name,
    };
    return [
      { ...at(fact, parameter.line), severity: 'error', message, nextSteps: [remove, goTo(fact)] },
    ];
  });
}

/** The function or class of the cell whose lines hold the place. */
export function definitionAround(
  facts: NotebookFacts,
  place: { readonly cellId: CellId; readonly line: number },
): string | null {
  const fact = facts.find((each) => each.cellId === place.cellId);
  const found = fact?.definitions.find(
    (each) => each.line <= place.line && place.line <= each.endLine,
  );
  return found?.name ?? null;
}
