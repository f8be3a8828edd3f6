/** What is remembered beside a notebook: a person's choices, and what was made last (`.slipway/`). */
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import {
  originSchema,
  type PackageFile,
  packageNameFor,
  packageNameSchema,
  serveChoiceSchema,
} from '../../shared/package';
import { readJson, writeJson } from '../base/files';

const choicesSchema = z.object({
  name: packageNameSchema.optional(),
  serve: serveChoiceSchema.nullable().optional(),
  /** Files beside the notebook that a reference run saw being opened. */
  seenFiles: z.array(z.string()).optional(),
  /** Modules that it loaded, those of libraries among them. */
  seenModules: z.array(z.string()).optional(),
});
type Choices = z.infer<typeof choicesSchema>;

const madeSchema = z.object({
  name: z.string(),
  /** Of all generated files and the data. */
  hash: z.string(),
  /** Of what decides what a run gives, the lock file apart. */
  codeHash: z.string(),
  /** Of the notebook and the choices it was made from. */
  inputHash: z.string(),
  at: z.number(),
  python: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), isDirect: z.boolean() })),
  files: z.array(
    z.object({ path: z.string(), text: z.string(), origins: z.array(originSchema.nullable()) }),
  ),
});
export type Made = Omit<z.infer<typeof madeSchema>, 'files'> & {
  readonly files: readonly PackageFile[];
};

export class PackageMemory {
  readonly notebookName: string;
  readonly notebookFolder: string;
  choices: Choices = {};
  made: Made | null = null;

  private constructor(path: string) {
    this.notebookName = basename(path);
    this.notebookFolder = dirname(path);
  }

  static async open(path: string): Promise<PackageMemory> {
    const memory = new PackageMemory(path);
    const choices = choicesSchema.safeParse(await readJson(memory.#file('package')));
    if (choices.success) memory.choices = choices.data;
    await memory.readMade();
    return memory;
  }

  get name(): string {
    return this.choices.name ?? packageNameFor(this.notebookName);
  }

  get folder(): string {
    return join(this.notebookFolder, `${this.name}_package`);
  }

  async choose(change: Choices): Promise<void> {
    this.choices = { ...this.choices, ...change };
    await writeJson(this.#file('package'), this.choices);
  }

  async remember(made: Made): Promise<void> {
    this.made = made;
    await writeJson(this.#file('generated'), made);
  }

  /** Null where what was made last has another name. */
  async readMade(): Promise<void> {
    const saved = madeSchema.safeParse(await readJson(this.#file('generated')));
    this.made = saved.success && saved.data.name === this.name ? saved.data : null;
  }

  lockFile(key: string): string {
    return join(this.notebookFolder, '.slipway', 'locks', `${key}.json`);
  }

  #file(what: string): string {
    return join(this.notebookFolder, '.slipway', `${this.notebookName}.${what}.json`);
  }
}
