/** Further notebooks of a pipeline: each is one step, run whole by its own kernel, and what goes between them is files. */
import { StepId } from '../../base/ids';
import type { NextStep } from '../../base/studio-error';
import type { PipelineChoices } from '../choices';
import type { CellSource, FileUse, NotebookFacts } from '../facts';
import type { Edge, LineReference, Pipeline, Problem, Step } from '../pipeline';
import { shownLine, writtenSource } from '../run-files';
import {
  type FileLine,
  type FileUser,
  type HandedFile,
  isBeforeByFiles,
  type OrderConflict,
  orderByFiles,
} from './file-order';
import { COLOURS, howToRun, identifierOf } from './suggest';
import { cellsRun, isPython, kernelOf, WHOLE_STEP } from './whole-notebook';

/** One of the further notebooks, as it lies beside the main one. */
export interface OtherNotebook {
  /** Its file name. */
  readonly path: string;
  readonly cells: readonly CellSource[];
  readonly facts: NotebookFacts;
  readonly language: string;
  readonly kernelName: string | null;
}

/** As slipway.yaml lists it: the notebook, or why it can't be had. */
export type ListedNotebook =
  | { readonly path: string; readonly notebook: OtherNotebook }
  | { readonly path: string; readonly problem: string };

export interface MainNotebook extends Pick<OtherNotebook, 'path' | 'cells' | 'facts'> {
  readonly isPython: boolean;
}

/** What takes a file away needs it to be there. */
const TAKES_AWAY = /(?:^|\.)(?:remove|unlink|rename|replace|rmdir)$/;
const MAKES_FOLDER = /(?:^|\.)(?:mkdir|makedirs)$/;

/** `listed`: in the order of the list, the main notebook left out; `before`: how many of them stand before it there. */
export function withNotebooks(
  pipeline: Pipeline,
  main: MainNotebook,
  listed: readonly ListedNotebook[],
  before: number,
  choices: PipelineChoices,
): Pipeline {
  if (listed.length === 0) return pipeline;
  const skipped = new Set<string>(pipeline.skipped.map(({ cellId }) => cellId));
  const mainUser = fileUser(main, main.isPython, (cell) => !skipped.has(cell.id));
  const others = listed.flatMap((each) => ('notebook' in each ? [each.notebook] : []));
  const users = others.map((other) => {
    const run = new Set(cellsRun(other.cells));
    return fileUser(other, isPython(other.language), (cell) => run.has(cell));
  });
  const there = listed.slice(0, before).filter((each) => 'notebook' in each).length;
  const found = orderByFiles([...users.slice(0, there), mainUser, ...users.slice(there)]);
  const ids = idsFor(others, pipeline.steps);
  const steps = others.map((other, index): Step => {
    const id = ids.get(other.path) ?? StepId('notebook');
    const reason = reasonFor(other, main.path, found.order, found.handed);
    const colour = (pipeline.steps.length + index) % COLOURS;
    return { ...wholeStep(other, id), reason, colour, ...howToRun(choices, id) };
  });
  const at = found.order.indexOf(main.path);
  const inOrder = (names: readonly string[]) =>
    names.flatMap((name) => steps.filter(({ notebook }) => notebook?.path === name));
  return {
    ...pipeline,
    steps: [
      ...inOrder(found.order.slice(0, at)),
      ...pipeline.steps,
      ...inOrder(found.order.slice(at + 1)),
    ],
    edges: withFiles(pipeline, edgesOf(found.handed, main.path, pipeline, ids)),
    problems: [
      ...pipeline.problems,
      ...listed.flatMap((each) => problemsOf(each)),
      ...(found.conflict ? [conflictProblem(found.conflict, main.path)] : []),
    ],
    made: [...found.made],
  };
}

export interface NotebookStep extends Step {
  readonly notebook: NonNullable<Step['notebook']>;
}

/** The further notebooks that run before and after the one that is divided into steps. */
export function notebooksAround({
  steps,
}: Pick<Pipeline, 'steps'>): Record<'before' | 'after', NotebookStep[]> {
  const isNotebook = (step: Step): step is NotebookStep => step.notebook !== undefined;
  const first = steps.findIndex((step) => !isNotebook(step));
  const at = first < 0 ? steps.length : first;
  return {
    before: steps.slice(0, at).filter(isNotebook),
    after: steps.slice(at).filter(isNotebook),
  };
}

// ── steps ──

function wholeStep(other: OtherNotebook, id: StepId): Omit<Step, 'reason' | 'colour'> {
  const { path, language } = other;
  const kernel = kernelOf(other) ?? '';
  return {
    ...WHOLE_STEP,
    id,
    name: path,
    cellIds: [],
    notebook: { path, kernel, language, cells: cellsRun(other.cells).length },
  };
}

/** `01-prepare.ipynb` is step `prepare`. */
function idsFor(others: readonly OtherNotebook[], steps: readonly Step[]): Map<string, StepId> {
  const taken = new Set<string>(steps.map(({ id }) => id));
  const ids = new Map<string, StepId>();
  for (const { path } of others) {
    const name = path.replace(/\.ipynb$/, '');
    const plain = name.replace(/^[\d\W_]+/, '');
    const base = identifierOf(plain === '' ? `notebook ${name}` : plain);
    const wanted = taken.has(base) ? `${base}_notebook` : base;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted}_${number}`;
    taken.add(id);
    ids.set(path, StepId(id));
  }
  return ids;
}

function reasonFor(
  { path, language }: OtherNotebook,
  main: string,
  order: readonly string[],
  handed: readonly HandedFile[],
): string {
  const files = handed.flatMap((each) => {
    if (each.from === path)
      return [`It writes ${each.path}, which ${each.to} reads${cellWords(each.readers[0])}.`];
    if (each.to !== path) return [];
    return [`It reads ${each.path}, which ${each.from} writes${cellWords(each.writer)}.`];
  });
  const isDecided = isBeforeByFiles(path, main, handed) || isBeforeByFiles(main, path, handed);
  const where = order.indexOf(path) < order.indexOf(main) ? 'before' : 'after';
  const listed = `It runs ${where} ${main} because the list of notebooks says so: no file is known to decide it.`;
  const shown = isPython(language) ? 'Python' : language;
  const whole = `The whole notebook is one step, in a kernel of its own (${shown}).`;
  return [whole, ...files, ...(isDecided ? [] : [listed])].join(' ');
}

const cellWords = (at: FileLine | undefined): string => (at ? ` (cell ${at.cellNumber})` : '');

// ── edges ──

function edgesOf(
  handed: readonly HandedFile[],
  main: string,
  { steps }: Pipeline,
  ids: ReadonlyMap<string, StepId>,
): Edge[] {
  const stepOf = (name: string, at: FileLine): StepId | undefined =>
    name === main ? steps.find(({ cellIds }) => cellIds.includes(at.cellId))?.id : ids.get(name);
  return handed.flatMap(({ path, from, to, writer, readers }) => {
    const first = stepOf(from, writer);
    const reached = new Map<StepId, FileLine>();
    for (const reader of readers) {
      const step = stepOf(to, reader);
      if (step && !reached.has(step)) reached.set(step, reader);
    }
    if (!first) return [];
    return [...reached].map(([step, reader]) => ({
      from: first,
      to: step,
      artifacts: [
        {
          name: path,
          writer: reference(writer, from, main),
          reader: reference(reader, to, main),
        },
      ],
    }));
  });
}

function reference(at: FileLine, notebook: string, main: string): LineReference {
  const { cellId, line, text, cellNumber } = at;
  return { cellId, line, text, ...(notebook === main ? {} : { notebook, cellNumber }) };
}

/** One edge between two steps, whatever goes along it. */
function withFiles({ edges }: Pipeline, files: readonly Edge[]): Edge[] {
  const all = new Map<string, Edge>();
  for (const edge of [...edges, ...files]) {
    const key = `${edge.from} ${edge.to}`;
    const known = all.get(key);
    all.set(key, { ...edge, artifacts: [...(known?.artifacts ?? []), ...edge.artifacts] });
  }
  return [...all.values()];
}

// ── files ──

function fileUser(
  { path: name, cells, facts }: Pick<OtherNotebook, 'path' | 'cells' | 'facts'>,
  isTold: boolean,
  isRun: (cell: CellSource) => boolean,
): FileUser {
  const reads = new Map<string, FileLine[]>();
  const writes = new Map<string, FileLine[]>();
  // Elsewhere than in the notebook's folder a path means another file.
  let isMoved = false;
  for (const fact of facts) {
    const cell = cells[fact.index];
    if (!cell || !isRun(cell)) continue;
    const note = (uses: Map<string, FileLine[]>, use: FileUse) => {
      const path = isMoved ? null : plainPath(use.path);
      if (path === null) return;
      uses.set(path, [...(uses.get(path) ?? []), lineAt(cell, fact.index + 1, use.line)]);
    };
    for (const use of fact.filesRead) note(reads, use);
    for (const use of fact.filesWritten) {
      if (TAKES_AWAY.test(use.how)) note(reads, use);
      else if (!MAKES_FOLDER.test(use.how)) note(writes, use);
    }
    isMoved ||= fact.magics.some(({ text }) => /^%?\s*(?:cd|pushd)\b/.test(text));
    isMoved ||= /\bos\.chdir\(/.test(cell.source);
  }
  const none = new Map<string, FileLine[]>();
  return isTold
    ? { name, reads, writes, named: none }
    : { name, reads: none, writes: none, named: reads };
}

function lineAt(cell: CellSource, cellNumber: number, line: number): FileLine {
  const shown = shownLine(cell, line);
  const text = writtenSource(cell).split('\n')[shown - 1] ?? '';
  return { cellId: cell.id, cellNumber, line: shown, text };
}

/** `./a/../b.csv` is `b.csv`; null for an address and where the text does not tell. */
function plainPath(path: string | null): string | null {
  if (path === null || path === '' || /^[a-z][\w+.-]*:\/\//i.test(path)) return null;
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/') || null;
}

// ── problems ──

const takeOut = (path: string): NextStep => ({
  label: `Take ${path} out of the pipeline`,
  command: 'pipeline.remove-notebook',
  argument: path,
});

function problemsOf(listed: ListedNotebook): Problem[] {
  const { path } = listed;
  const error = (message: string): Problem[] => [
    { severity: 'error', message, nextSteps: [takeOut(path)] },
  ];
  if ('problem' in listed) return error(listed.problem);
  const { notebook } = listed;
  if (cellsRun(notebook.cells).length === 0)
    return error(
      `${path} is listed in slipway.yaml and has no code cell to run. Write one, or take it out of the pipeline.`,
    );
  if (kernelOf(notebook) === null)
    return error(
      `${path} is written in ${notebook.language} and names no kernel that runs it. Open it, choose a kernel and save it, or take it out of the pipeline.`,
    );
  return [];
}

function conflictProblem(conflict: OrderConflict, main: string): Problem {
  const names =
    conflict.kind === 'cycle'
      ? conflict.handed.map(({ from }) => from)
      : conflict.writers.map(({ name }) => name);
  const nextSteps = names.filter((name) => name !== main).map(takeOut);
  return { severity: 'error', message: conflictWords(conflict), nextSteps };
}

function conflictWords(conflict: OrderConflict): string {
  if (conflict.kind === 'two-writers') {
    const writers = conflict.writers.map(({ name, at }) => `${name}${cellWords(at)}`).join(' and ');
    return `${writers} both write ${conflict.path}, so what the others find in it can’t be told. Let one of them write another file, or take it out of the pipeline.`;
  }
  const files = conflict.handed.map(
    ({ path, from, to, writer, readers }) =>
      `${to}${cellWords(readers[0])} reads ${path}, which ${from}${cellWords(writer)} writes`,
  );
  return `None of these notebooks can run first: ${files.join('; ')}. Let one of them read or write another file, or take it out of the pipeline.`;
}
