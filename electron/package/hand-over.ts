/** For a proof in part: the package's run folder as if the steps before had run, with the notebook's own values. */
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import type { StepId } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import type { Pipeline, Recording } from '../../shared/pipeline';
import type { NotebookPlace } from './notebook-place';
import { notebookFolderIn, workspaceOf } from './reference-run';

export interface HandOverWish {
  readonly pipeline: Pipeline;
  readonly recording: Recording;
  readonly place: NotebookPlace;
  /** The steps that are to run; all others are handed over. */
  readonly steps: readonly StepId[];
  readonly referenceFolder: string;
  readonly runFolder: string;
}

/** Throws for a step that the pipeline does not have. */
export function checkSteps({ steps }: Pipeline, wanted: readonly string[]): StepId[] {
  const known = steps.map(({ id }) => id);
  const unknown = wanted.find((name) => !known.some((id) => id === name));
  if (unknown !== undefined) {
    fail('invalid-input', `There is no step ${unknown}. The steps are: ${known.join(', ')}.`);
  }
  return known.filter((id) => wanted.includes(id));
}

export async function handOver(wish: HandOverWish): Promise<void> {
  const given = wish.pipeline.steps.filter(({ id }) => !wish.steps.includes(id));
  await mkdir(workspaceOf(wish.runFolder), { recursive: true });
  for (const { id } of given) {
    const from = join(wish.referenceFolder, id);
    if (existsSync(from)) await cp(from, join(wish.runFolder, id), { recursive: true });
  }
  const cells = new Set<string>(given.flatMap((step) => step.cellIds));
  const written: string[] = wish.recording.cells
    .filter(({ cellId }) => cells.has(cellId))
    .flatMap(({ filesWritten }) => filesWritten);
  for (const { id, notebook } of given) {
    if (notebook) written.push(...(await writtenBy(join(wish.referenceFolder, id))));
  }
  for (const path of new Set(written)) await copyWritten(path, wish);
}

/** What a further notebook wrote, as its run told; nothing where it did not run. */
async function writtenBy(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'files_written.json'), 'utf8').catch(() => '{}');
  return Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
}

/** What an earlier cell wrote into the workspace, unless it went on to delete it. */
async function copyWritten(path: string, wish: HandOverWish): Promise<void> {
  const from = resolve(notebookFolderIn(wish.referenceFolder, wish.place), path);
  const inside = relative(workspaceOf(wish.referenceFolder), from);
  if (inside.startsWith('..') || inside.startsWith(sep) || !existsSync(from)) return;
  const to = join(workspaceOf(wish.runFolder), inside);
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to).catch(() => undefined);
}
