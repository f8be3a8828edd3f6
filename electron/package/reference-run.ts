/** The notebook itself, run in a fresh kernel, with what each step's names hold after its last cell. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { fail, StudioFailure } from '../../shared/base/studio-error';
import {
  type CellSource,
  cellRecordingSchema,
  isErrorExpected,
  type Pipeline,
  type Recording,
  writtenSource,
} from '../../shared/pipeline';
import type { KernelSession } from '../connect';
import { keysOf } from '../pipeline';
import type { DataFile } from './data-files';
import { type NotebookPlace, slashed } from './notebook-place';

const names = z.array(z.string());

export interface ReferenceWish {
  readonly session: KernelSession;
  readonly cells: readonly CellSource[];
  readonly pipeline: Pipeline;
  readonly resources: string;
  readonly place: NotebookPlace;
  /** Where the outputs go; the kernel works in a folder of its own, so that nothing of the user's is overwritten. */
  readonly folder: string;
  readonly seed: number;
  /** Instead of a cell's own text, where parameters are given other values. */
  readonly texts?: ReadonlyMap<CellSource['id'], string>;
  /** The run ends when these steps' cells have run; all steps if absent. */
  readonly steps?: readonly string[];
  /** Distributions that the package's environment has: state of others is not handed to its steps. */
  readonly locked?: readonly string[];
  readonly signal: AbortSignal;
  readonly onCell: (number: number, total: number) => void;
  readonly log: (line: string) => void;
}

export const workspaceOf = (folder: string): string => join(folder, 'workspace');

/** In a run's workspace, as in the project. */
export const notebookFolderIn = (folder: string, { start }: NotebookPlace): string =>
  join(workspaceOf(folder), start);

/** Before the kernel starts, which begins in the notebook's folder. */
export async function prepareWorkspace(
  folder: string,
  place: NotebookPlace,
  data: readonly DataFile[],
): Promise<void> {
  await mkdir(notebookFolderIn(folder, place), { recursive: true });
  for (const { path, from } of data) {
    await copyTo(join(workspaceOf(folder), path.replace(/^data\//, '')), from);
  }
}

/** Files that cells run: the package has what they hold, and the notebook needs them themselves. */
export async function prepareRunFiles(
  folder: string,
  place: NotebookPlace,
  cells: readonly CellSource[],
): Promise<void> {
  for (const { path } of cells.flatMap(({ runs = [] }) => runs)) {
    const to = join(notebookFolderIn(folder, place), path);
    if (!relative(workspaceOf(folder), to).startsWith('..'))
      await copyTo(to, join(place.notebookFolder, path));
  }
}

async function copyTo(to: string, from: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** What a run shows and the text does not. */
export interface Seen {
  /** Files of the notebook's folder or project that were opened, from the notebook's folder. */
  readonly files: readonly string[];
  /** Top-level modules that were loaded, by libraries too. */
  readonly modules: readonly string[];
  readonly recording: Recording;
}

/** Throws 'cell-failed' with the cell's number. */
export async function runReference(wish: ReferenceWish): Promise<Seen> {
  await ask(wish, startCode(wish));
  const lastCells = new Map<string, string[]>();
  for (const step of wish.pipeline.steps) {
    const last = lastInNotebook(wish.cells, step.cellIds);
    if (last) lastCells.set(last, [...(lastCells.get(last) ?? []), step.id]);
  }
  const skipped = new Set<string>(wish.pipeline.skipped.map((each) => each.cellId));
  const cells = wish.cells.slice(0, lastNeeded(wish) + 1);
  for (const [index, cell] of cells.entries()) {
    if (cell.type !== 'code') continue;
    wish.onCell(index + 1, cells.length);
    const isSkipped = skipped.has(cell.id);
    if (isSkipped) await ask(wish, call('hold_random()'));
    const text = wish.texts?.get(cell.id) ?? writtenSource(cell);
    if (text.trim() !== '') await runCell(wish, { ...cell, source: text }, index + 1, isSkipped);
    if (isSkipped) await ask(wish, call('release_random()'));
    for (const id of lastCells.get(cell.id) ?? []) {
      const step = wish.pipeline.steps.find((each) => each.id === id);
      // The inputs too: what a step changed in place without our knowing shows there.
      const kept = [...new Set([...(step?.outputs ?? []), ...(step?.inputs ?? [])])];
      await ask(
        wish,
        call(`capture(${JSON.stringify(id)}, ${JSON.stringify(kept)}, get_ipython().user_ns)`),
      );
    }
  }
  return {
    files: filesFrom(wish.place, names.parse(JSON.parse(await ask(wish, call('files()', true))))),
    modules: names.parse(JSON.parse(await ask(wish, call('modules()', true)))),
    recording: await readRecorded(wish),
  };
}

/** As the notebook would name them. */
const filesFrom = ({ root, notebookFolder }: NotebookPlace, files: readonly string[]): string[] =>
  files.map((path) => slashed(relative(notebookFolder, join(root, path))));

/** The last cell of the steps that are asked for: what comes after it need not run. */
function lastNeeded({ cells, pipeline, steps }: ReferenceWish): number {
  if (!steps) return cells.length - 1;
  const needed = pipeline.steps.filter((each) => steps.includes(each.id));
  const ids = new Set<string>(needed.flatMap((each) => each.cellIds));
  return cells.findLastIndex((cell) => ids.has(cell.id));
}

const rawRecordingSchema = z.object({
  python: z.string(),
  cells: z.array(z.looseObject({ source: z.string() })),
});

/** What the kernel wrote down, each row with its cell. */
async function readRecorded(wish: ReferenceWish): Promise<Recording> {
  const path = join(wish.folder, 'recording.json');
  await ask(wish, call(`write_recording(${JSON.stringify(path)})`));
  const raw = rawRecordingSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const keys = keysOf(wish.cells);
  const rest = wish.cells.filter((cell) => cell.type === 'code');
  const cells = raw.cells.flatMap((row) => {
    const at = rest.findIndex(
      (cell) => sha256(wish.texts?.get(cell.id) ?? writtenSource(cell)) === row.source,
    );
    const cell = rest[at];
    if (!cell) return [];
    rest.splice(0, at + 1);
    return [cellRecordingSchema.parse({ ...row, cellId: cell.id, key: keys.get(cell.id) })];
  });
  return { format: 1, recordedAt: Date.now(), python: raw.python, cells };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function lastInNotebook(cells: readonly CellSource[], ids: readonly string[]): string | undefined {
  return cells.findLast((cell) => ids.includes(cell.id))?.id;
}

async function runCell(
  wish: ReferenceWish,
  cell: CellSource,
  number: number,
  isSkipped: boolean,
): Promise<void> {
  const result = await wish.session.execute(cell.source, {
    storeHistory: true,
    signal: wish.signal,
    onOutput: (output) => {
      if (output.output_type === 'stream') wish.log(`cell ${number}: ${output.text.trimEnd()}`);
    },
  });
  wish.signal.throwIfAborted();
  if (result.failure) throw new StudioFailure(result.failure);
  if (result.status === 'ok' || isSkipped || isErrorExpected(cell.tags)) return;
  const { ename = 'Error', evalue = '', traceback = [] } = result.error ?? {};
  // `% matplotlib` with a space, or a value that cannot be shown: the kernel says error without one, and the notebook goes on.
  if (!result.error?.ename || result.error.ename === 'NoneType') return;
  const what = `${ename}: ${evalue.split('\n')[0]}`;
  fail('cell-failed', `Cell ${number} fails when the notebook is run from the top: ${what}`, {
    place: { cellId: cell.id, cellNumber: number, ...lineOf(traceback) },
    nextSteps: [
      { label: 'Show the cell', command: 'notebook.go-to-cell', argument: cell.id },
      { label: 'Skip the cell', command: 'pipeline.skip', argument: cell.id },
    ],
    detail: traceback.join('\n'),
  });
}

/** The line of the cell itself that a traceback points at. */
function lineOf(traceback: readonly string[]): { line?: number } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the kernel colours its tracebacks
  const plain = traceback.join('\n').replace(/\u001b\[[0-9;]*m/g, '');
  const line = /(?:Cell In\s*\[\d+\](?:, line (\d+))?|<ipython-input[^>]*>[^\n]*)/.exec(plain)?.[1];
  const number = line ?? /^-+> (\d+) /m.exec(plain)?.[1];
  return number ? { line: Number(number) } : {};
}

function startCode(wish: ReferenceWish): string {
  const { resources, folder, place, seed, locked = [] } = wish;
  const made = (wish.pipeline.made ?? []).map((path) => slashed(join(place.start, path)));
  const recorder = join(resources, 'python', 'reference_recorder.py');
  const templates = join(resources, 'templates', 'package');
  const code = `
import importlib.util, sys
spec = importlib.util.spec_from_file_location("_slipway_recorder", ${python(recorder)})
module = importlib.util.module_from_spec(spec)
sys.modules["_slipway_recorder"] = module
spec.loader.exec_module(module)
module.start(${python(templates)}, ${python(folder)}, ${python(place.root)}, ${seed}, get_ipython(), ${JSON.stringify(locked)}, ${python(place.start)}, ${JSON.stringify(made)})
`;
  // In a namespace of its own: the notebook's must not have a name more.
  return `exec(${python(code)}, {"get_ipython": get_ipython})`;
}

function call(what: string, prints = false): string {
  const code = `import sys, json; result = sys.modules["_slipway_recorder"].${what}${prints ? '; print(json.dumps(result))' : ''}`;
  return `exec(${python(code)}, {"get_ipython": get_ipython})`;
}

const python = (text: string): string => JSON.stringify(text);

/** Runs code of ours silently and answers what it printed. */
async function ask(wish: ReferenceWish, code: string): Promise<string> {
  let printed = '';
  const result = await wish.session.execute(code, {
    silent: true,
    storeHistory: false,
    signal: wish.signal,
    onOutput: (output) => {
      if (output.output_type === 'stream' && output.name === 'stdout') printed += output.text;
    },
  });
  wish.signal.throwIfAborted();
  if (result.failure) throw new StudioFailure(result.failure);
  if (result.status === 'ok') return printed;
  return fail(
    'unexpected',
    `The kernel could not keep a step’s values: ${result.error?.evalue ?? 'no reason given'}`,
    {
      detail: result.error?.traceback.join('\n') ?? '',
    },
  );
}
