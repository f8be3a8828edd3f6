/** The pipeline as it is seen: from the cells, what was chosen, what a run has shown, and the further notebooks. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { CellId } from '../../shared/base/ids';
import { type StudioError, toStudioError } from '../../shared/base/studio-error';
import type { NotebookDocument } from '../../shared/notebook';
import {
  type Analyser,
  type CellSource,
  foreignFacts,
  isPython,
  type ListedNotebook,
  NO_CHOICES,
  notebookList,
  offeringWhole,
  type Pipeline,
  type PipelineChoices,
  type PipelineView,
  type Recording,
  settle,
  shownLine,
  suggestPipeline,
  wholePipeline,
  withNotebooks,
} from '../../shared/pipeline';
import { choicesPath, readChoices } from './choices-file';
import { stillTrue } from './recording-file';

/** The cells hold the files that they run. */
export type Document = Omit<NotebookDocument, 'cells'> & { readonly cells: readonly CellSource[] };

export interface Known {
  readonly analyser: Analyser;
  choices: PipelineChoices;
  choicesError: StudioError | null;
  recording: Recording | null;
}

export function makeView(
  known: Known,
  { cells, language, kernelName }: Document,
  revision: number,
): PipelineView {
  const { choices, choicesError } = known;
  if (!isPython(language) || choices.whole) {
    const facts = isPython(language) ? [...known.analyser.analyse(cells)] : foreignFacts(cells);
    const pipeline = wholePipeline(cells, { language, kernelName });
    return { revision, facts, pipeline, choices, choicesError, recording: null };
  }
  const recording = known.recording && stillTrue(known.recording, cells);
  const { facts, problems } = settle(known.analyser.analyse(cells), recording?.cells ?? []);
  const pipeline = suggestPipeline(cells, facts, choices);
  const all = offeringWhole({ ...pipeline, problems: [...pipeline.problems, ...problems] });
  return { revision, facts, pipeline: asWritten(all, cells), choices, choicesError, recording };
}

/** Lines of files that a cell runs are shown at the line that runs them. */
function asWritten(pipeline: Pipeline, cells: readonly CellSource[]): Pipeline {
  const byId = new Map(cells.flatMap((cell) => (cell.written ? [[cell.id, cell] as const] : [])));
  if (byId.size === 0) return pipeline;
  const shown = <T extends { cellId?: CellId; line?: number }>(each: T): T => {
    const cell = each.cellId && byId.get(each.cellId);
    return cell && each.line ? { ...each, line: shownLine(cell, each.line) } : each;
  };
  const edges = pipeline.edges.map((edge) => ({
    ...edge,
    artifacts: edge.artifacts.map(({ name, writer, reader }) => ({
      name,
      writer: shown(writer),
      reader: shown(reader),
    })),
  }));
  return { ...pipeline, edges, problems: pipeline.problems.map(shown) };
}

export async function choicesOf(path: string) {
  if (!existsSync(choicesPath(path))) return { choices: NO_CHOICES, error: null };
  try {
    return { choices: await readChoices(path), error: null };
  } catch (thrown) {
    return { choices: NO_CHOICES, error: toStudioError(thrown) };
  }
}

/** `listed`: the further notebooks, in the order of the list. */
export function withListed(
  view: PipelineView,
  path: string,
  { cells, language }: Document,
  listed: readonly ListedNotebook[],
): PipelineView {
  const { facts, choices } = view;
  const main = { path: basename(path), cells, facts, isPython: isPython(language) };
  const before = notebookList(choices, main.path).indexOf(main.path);
  return { ...view, pipeline: withNotebooks(view.pipeline, main, listed, before, choices) };
}
