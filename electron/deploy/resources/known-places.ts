/**
 * Which places were deployed to or looked at, so that their deployments stand in the list of what is alive. Only a
 * convenience: what stands at a place is read from the place, and choosing it again brings it back into the list.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonical } from '../../../shared/deploy';
import { type TargetId, targetIdSchema } from '../../../shared/estimate';
import { writeJson } from '../../base/files';
import type { Options } from './platform';

const fileSchema = z.array(
  z.object({
    targetId: targetIdSchema,
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
);
type Entry = z.infer<typeof fileSchema>[number];

export class KnownPlaces {
  readonly #path: string;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(home: string) {
    this.#path = join(home, 'places.json');
  }

  async of(targetId: TargetId): Promise<Options[]> {
    return (await this.#read())
      .filter((each) => each.targetId === targetId)
      .map(({ options }) => options);
  }

  async remember(targetId: TargetId, options: Options): Promise<void> {
    await this.#change((all) =>
      all.some((each) => isSame(each, targetId, options)) ? all : [...all, { targetId, options }],
    );
  }

  async forget(targetId: TargetId, options: Options): Promise<void> {
    await this.#change((all) => all.filter((each) => !isSame(each, targetId, options)));
  }

  /** One after the other: two deployments that end at once both stand in the file. */
  #change(change: (all: Entry[]) => Entry[]): Promise<void> {
    const next = this.#writing.then(async () => {
      const all = await this.#read();
      const changed = change(all);
      if (changed !== all) await writeJson(this.#path, changed);
    });
    this.#writing = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<Entry[]> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return [];
    }
  }
}

const isSame = (entry: Entry, targetId: TargetId, options: Options): boolean =>
  entry.targetId === targetId && canonical(entry.options) === canonical(options);
