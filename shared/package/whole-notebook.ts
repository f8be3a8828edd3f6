/** The files of steps that are a notebook as a whole: the one the package is made from, or further ones of its pipeline. */
import { type CellSource, cellsRun, installCommand, isPython, writtenSource } from '../pipeline';
import { pythonString } from './cell-magics';
import type { PackageFile, PackageInput } from './generate';
import { plain } from './template-files';

interface WholeStep {
  /** Of its module and function. */
  readonly module: string;
  readonly file: string;
  readonly cells: readonly CellSource[];
  readonly kernel: string;
  readonly language: string;
}

/** None where all steps are made of cells. `moduleOf`: by the id of a step. */
export function wholeFiles(
  input: PackageInput,
  moduleOf: (stepId: string) => string,
): PackageFile[] {
  const steps = wholeSteps(input, moduleOf);
  if (steps.length === 0) return [];
  const source = `src/${input.name}`;
  return [
    plain(`${source}/whole.py`, input.templates['package/whole.py'] ?? ''),
    ...steps.flatMap((step) => [
      plain(`${source}/steps/${step.module}.ipynb`, wholeNotebookText(step)),
      plain(`${source}/steps/${step.module}.py`, stepText(step)),
    ]),
  ];
}

function wholeSteps(
  { pipeline, cells, notebookName, others = [] }: PackageInput,
  moduleOf: (stepId: string) => string,
): WholeStep[] {
  return pipeline.steps.flatMap((step): WholeStep[] => {
    const module = moduleOf(step.id);
    const other = others.find(({ path }) => path === step.notebook?.path);
    if (step.notebook && other) {
      const { path: file, kernel, language } = step.notebook;
      return [{ module, file, cells: other.cells, kernel, language }];
    }
    return pipeline.whole && !step.notebook
      ? [{ module, file: notebookName, cells, ...pipeline.whole }]
      : [];
  });
}

function stepText({ module, file, kernel, language }: WholeStep): string {
  const install = installCommand(language);
  const executed = `${file.replace(/\.ipynb$/, '')}.executed.ipynb`;
  return `"""The notebook ${file}."""

from pathlib import Path

from .. import whole

NOTEBOOK = whole.Notebook(
    name=${pythonString(file)},
    cells=Path(__file__).with_suffix(".ipynb"),
    kernel=${pythonString(kernel)},
    language=${pythonString(isPython(language) ? 'python' : language)},
    install=${install ? pythonString(install) : 'None'},
    # Where the executed notebook goes: a file of the workspace.
    executed=${pythonString(executed)},
)


def ${module}():
    """All cells of ${file}, run by their own kernel."""
    return NOTEBOOK.run()
`;
}

/** The cells alone: what an earlier run has shown is no part of the program. */
export function wholeNotebookText(notebook: Omit<WholeStep, 'module' | 'file'>): string {
  const { cells, kernel, language } = notebook;
  const kept = cellsRun(cells).map((cell) => {
    const metadata = { slipway_cell: `cell ${cells.indexOf(cell) + 1}`, tags: cell.tags };
    const source = writtenSource(cell);
    return { cell_type: 'code', metadata, source, outputs: [], execution_count: null };
  });
  const kernelspec = { name: kernel, display_name: kernel, language };
  const metadata = { kernelspec, language_info: { name: language } };
  return `${JSON.stringify({ cells: kept, metadata, nbformat: 4, nbformat_minor: 4 }, null, 1)}\n`;
}
