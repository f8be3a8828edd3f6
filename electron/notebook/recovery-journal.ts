/** Unsaved edits on disk in the app's own folder, so that a killed host loses none: `<home>/recovery/<hash>.json`. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cellIdSchema } from '../../shared/base/ids';
import { writeAtomic } from '../base/files';
import { hashOf } from './notebook-file';

const journalSchema = z.object({
  version: z.literal(1),
  path: z.string(),
  /** Of the file the edits were made to. */
  baseHash: z.string(),
  editedAt: z.number(),
  /** The whole notebook as it would have been saved. */
  text: z.string(),
  ids: z.array(cellIdSchema),
});
export type Journal = z.infer<typeof journalSchema>;

export class RecoveryJournal {
  readonly #file: string;

  constructor(
    home: string,
    private readonly path: string,
  ) {
    this.#file = join(home, 'recovery', `${hashOf(path).slice(0, 24)}.json`);
  }

  async write(entry: Omit<Journal, 'version' | 'path'>): Promise<void> {
    const journal: Journal = { version: 1, path: this.path, ...entry };
    await writeAtomic(this.#file, JSON.stringify(journal));
  }

  /** Null when there is none, or none of this version. */
  async read(): Promise<Journal | null> {
    try {
      const parsed = journalSchema.safeParse(JSON.parse(await readFile(this.#file, 'utf8')));
      return parsed.success && parsed.data.path === this.path ? parsed.data : null;
    } catch {
      return null;
    }
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
