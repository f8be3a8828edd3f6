/** The last recorded run of a notebook, beside its runs in `.slipway/`, and how much of it the text still bears out. */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type CellSource, type Recording, recordingSchema } from '../../shared/pipeline';
import { readJson, writeJson } from '../base/files';

const pathOf = (notebook: string): string =>
  join(dirname(notebook), '.slipway', `${basename(notebook)}.recording.json`);

export async function readRecording(notebook: string): Promise<Recording | null> {
  const parsed = recordingSchema.safeParse(await readJson(pathOf(notebook)));
  return parsed.success ? parsed.data : null;
}

export async function writeRecording(notebook: string, recording: Recording): Promise<void> {
  await writeJson(pathOf(notebook), recording);
}

/** By cell: a hash of its text and of all code before it. An edit above may change what a cell does. */
export function keysOf(cells: readonly CellSource[]): Map<CellSource['id'], string> {
  const hash = createHash('sha256');
  const keys = new Map<CellSource['id'], string>();
  for (const { id, type, source } of cells) {
    if (type !== 'code') continue;
    hash.update(`${source}\0`);
    keys.set(id, hash.copy().digest('hex').slice(0, 24));
  }
  return keys;
}

/** The cells before the first edit since. */
export function stillTrue(recording: Recording, cells: readonly CellSource[]): Recording {
  const keys = keysOf(cells);
  return {
    ...recording,
    cells: recording.cells.filter((each) => keys.get(each.cellId) === each.key),
  };
}
