/** Follows the pipeline of the open notebook for all who show steps: labels, bands, problems, imports. */
import { useEffect } from 'react';
import type { PipelineView } from '../../shared/pipeline';
import { useStream } from '../studio';
import { showPipeline } from './cell-steps';
import { useImportsStore } from './notebook-imports';
import { placeInWords } from './notice';
import { type ShownProblem, useReportProblems } from './problems';
import { useNotebookPath } from './project';

/** `path` as the notebook's stream names it; the host answers once that notebook is open. */
export function PipelineKeeper() {
  const path = useNotebookPath();
  const view = useStream<PipelineView, null>(
    async (studio, options) =>
      path === null ? nothing() : studio.pipeline.watch({ path }, options),
    null,
    [path],
  );
  useEffect(() => {
    showPipeline(view);
    useImportsStore.setState({ imports: view === null ? [] : importsOf(view) });
  }, [view]);
  useReportProblems('pipeline', view === null ? [] : problemsOf(view));
  return null;
}

async function* nothing(): AsyncGenerator<PipelineView> {}

function importsOf({ facts }: PipelineView): string[] {
  const modules = facts.flatMap(({ imports }) => imports.map(({ module }) => module));
  return [...new Set(modules.filter((name) => name !== ''))].sort();
}

/** Hints stay in the pipeline's own place. */
function problemsOf({ pipeline, choicesError }: PipelineView): ShownProblem[] {
  const shown = pipeline.problems.flatMap((problem): ShownProblem[] => {
    const { severity, message, cellId } = problem;
    if (severity === 'hint') return [];
    const where = placeInWords(problem);
    return [{ message, severity, place: 'pipeline', ...(cellId ? { cellId } : {}), where }];
  });
  if (choicesError === null) return shown;
  return [{ message: choicesError.message, severity: 'error', place: 'pipeline' }, ...shown];
}
