/** A notebook that is not written in Python has no steps, and says so once instead of a syntax error a cell. */
import { emptyFacts } from '../analyse';
import type { PipelineChoices } from '../choices';
import type { CellFacts, CellSource } from '../facts';
import type { Pipeline } from '../pipeline';
import { suggestPipeline } from './suggest';

export const isPython = (language: string): boolean => /^i?python\d*$/i.test(language);

export function otherLanguage(
  cells: readonly CellSource[],
  language: string,
  choices: PipelineChoices,
): { facts: CellFacts[]; pipeline: Pipeline } {
  const facts = cells.map((cell, index) => emptyFacts(cell, index));
  const placements = cells.map(({ id }) => ({
    cellId: id,
    place: 'text' as const,
    stepId: null,
    isChosen: false,
  }));
  const problems = problemsOf(cells, capitalised(language));
  return { facts, pipeline: { ...suggestPipeline([], [], choices), placements, problems } };
}

function problemsOf(cells: readonly CellSource[], language: string): Pipeline['problems'] {
  const index = cells.findIndex(({ type }) => type === 'code');
  const cell = cells[index];
  if (!cell) return [];
  const message = `Cell ${index + 1} and those after it are written in ${language}, and steps are made of Python cells only. Write what a package needs in Python, or choose a Python kernel if the cells are Python.`;
  const goTo = { label: 'Go to the cell', command: 'notebook.go-to-cell', argument: cell.id };
  return [
    {
      severity: 'error',
      message,
      cellId: cell.id,
      cellNumber: index + 1,
      line: 1,
      nextSteps: [goTo],
    },
  ];
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
