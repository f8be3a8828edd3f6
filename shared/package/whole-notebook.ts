/** The files of a package whose one step is the notebook itself. */
import { installCommand, isPython, writtenSource } from '../pipeline';
import { pythonString } from './cell-magics';
import type { PackageFile, PackageInput } from './generate';
import { plain } from './template-files';
import { fillTemplate } from './templates';

/** Null where the notebook becomes steps. */
export function wholeFiles(input: PackageInput): PackageFile[] | null {
  const { whole } = input.pipeline;
  const [step] = input.pipeline.steps;
  if (!whole || !step) return null;
  const source = `src/${input.name}`;
  const language = isPython(whole.language) ? 'python' : whole.language;
  const install = installCommand(whole.language);
  const values = {
    kernel: pythonString(whole.kernel),
    language: pythonString(language),
    install: install ? pythonString(install) : 'None',
    executed: pythonString(`${input.notebookName.replace(/\.ipynb$/, '')}.executed.ipynb`),
  };
  return [
    plain(`${source}/whole.py`, fillTemplate(input.templates['package/whole.py'], values)),
    plain(`${source}/whole_notebook.ipynb`, notebookText(input)),
    plain(`${source}/steps/${step.id}.py`, stepText(input)),
    plain(`${source}/helpers.py`, '"""Functions and classes that the steps share."""\n'),
  ];
}

function stepText({ notebookName }: PackageInput): string {
  return `"""The notebook."""

from .. import whole


def notebook():
    """All cells of ${notebookName}, run by their own kernel."""
    return whole.run()
`;
}

/** The cells alone: what an earlier run has shown is no part of the program. */
function notebookText({ cells, pipeline }: PackageInput): string {
  const run = new Set<string>(pipeline.steps.flatMap(({ cellIds }) => cellIds));
  const kept = cells.flatMap((cell, index) => {
    if (!run.has(cell.id)) return [];
    const metadata = { slipway_cell: `cell ${index + 1}`, tags: cell.tags };
    const source = writtenSource(cell);
    return [{ cell_type: 'code', metadata, source, outputs: [], execution_count: null }];
  });
  const { kernel = '', language = '' } = pipeline.whole ?? {};
  const kernelspec = { name: kernel, display_name: kernel, language };
  const metadata = { kernelspec, language_info: { name: language } };
  return `${JSON.stringify({ cells: kept, metadata, nbformat: 4, nbformat_minor: 4 }, null, 1)}\n`;
}
