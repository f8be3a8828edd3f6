/** What stands in the way, each with its cell and a next step. */
import type { CellId } from '../../base/ids';
import type { PipelineChoices } from '../choices';
import type { CellFacts, CellSource, NotebookFacts } from '../facts';
import type { Pipeline, Placement } from '../pipeline';
import type { Connected } from './connect-steps';

type Problem = Pipeline['problems'][number];

export function findProblems(
  cells: readonly CellSource[],
  facts: NotebookFacts,
  connected: Connected,
  places: ReadonlyMap<CellId, Placement['place']>,
  choices: PipelineChoices,
): Problem[] {
  const used = facts.filter(
    ({ cellId }) => places.get(cellId) !== 'skipped' && places.get(cellId) !== 'text',
  );
  return [
    ...used.flatMap(cellProblems),
    ...connected.missing.map(({ fact, name, line }) => ({
      ...at(fact, line),
      severity: 'warning' as const,
      message: `Cell ${fact.index + 1} reads ${name}, which no cell before it binds. It may come from a cell that was removed or is skipped.`,
      nextSteps: [goTo(fact)],
    })),
    ...staleLiterals(cells, choices),
  ];
}

function at({ cellId, index }: CellFacts, line: number) {
  return { cellId, cellNumber: index + 1, line };
}

const goTo = ({ cellId }: CellFacts) => ({
  label: 'Go to the cell',
  command: 'notebook.go-to-cell',
  argument: cellId,
});
const skip = ({ cellId }: CellFacts) => ({
  label: 'Skip the cell',
  command: 'pipeline.skip',
  argument: cellId,
});

function cellProblems(fact: CellFacts): Problem[] {
  const number = fact.index + 1;
  const next = [goTo(fact), skip(fact)];
  const found: Problem[] = [];
  if (fact.error) {
    found.push({
      ...at(fact, fact.error.line),
      severity: 'error',
      message: `Cell ${number}: ${fact.error.message}`,
      nextSteps: next,
    });
  }
  for (const { line, effect, text } of fact.magics) {
    if (effect === 'install') {
      found.push({
        ...at(fact, line),
        severity: 'hint',
        message: `Cell ${number}: “${text}” is left out; what it installs is taken from the environment instead.`,
        nextSteps: [goTo(fact)],
      });
    } else if (effect === 'shell' || effect === 'unsupported') {
      found.push({
        ...at(fact, line),
        severity: 'error',
        message: `Cell ${number}: “${text}” can't become Python. Write it in Python, or skip the cell.`,
        nextSteps: next,
      });
    }
  }
  for (const { line, reason } of fact.unknowable) {
    found.push({
      ...at(fact, line),
      severity: 'warning',
      message: `Cell ${number}: ${reason}.`,
      nextSteps: [goTo(fact)],
    });
  }
  return found;
}

function staleLiterals(cells: readonly CellSource[], choices: PipelineChoices): Problem[] {
  return choices.literals.flatMap(({ name, cellId, start, end, text }) => {
    const index = cells.findIndex(({ id }) => id === cellId);
    if (cells[index]?.source.slice(start, end) === text) return [];
    const message = `The parameter ${name} was the literal ${text}, which is no longer there. Make it a parameter again, or remove it.`;
    return [
      {
        severity: 'warning' as const,
        message,
        ...(index >= 0 ? { cellId, cellNumber: index + 1 } : {}),
        nextSteps: [],
      },
    ];
  });
}
