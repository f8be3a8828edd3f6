/** Runs on the disk: `<notebook folder>/.slipway/runs/<runId>/`, the newest first, with the artifacts of the last few. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type PackageRun, packageRunSchema } from '../../shared/package';
import { readJson, writeAtomic, writeJson } from '../base/files';

const KEEP_ARTIFACTS = 3;
const KEEP_RUNS = 50;

export class RunStore {
  readonly #folder: string;

  constructor(notebookFolder: string) {
    this.#folder = join(notebookFolder, '.slipway');
  }

  folderOf(runId: string): string {
    return join(this.#folder, 'runs', runId);
  }

  async write(run: PackageRun): Promise<void> {
    const ignore = join(this.#folder, '.gitignore');
    if (!existsSync(ignore)) await writeAtomic(ignore, '*\n');
    await writeJson(join(this.folderOf(run.runId), 'run.json'), run);
  }

  /** Of the notebook of this name, newest first. A run that was cut off by the app's end is told as cancelled. */
  async list(notebookName: string): Promise<PackageRun[]> {
    const ids = await this.#ids();
    const runs: PackageRun[] = [];
    for (const id of ids) {
      const parsed = packageRunSchema.safeParse(
        await readJson(join(this.folderOf(id), 'run.json')),
      );
      if (!parsed.success || parsed.data.notebookName !== notebookName) continue;
      runs.push(
        parsed.data.state === 'running' ? { ...parsed.data, state: 'cancelled' } : parsed.data,
      );
    }
    return runs;
  }

  /** Forgets the artifacts of all but the last few runs. */
  async tidy(): Promise<void> {
    const ids = await this.#ids();
    for (const id of ids.slice(KEEP_ARTIFACTS)) {
      for (const part of ['package', 'reference', 'again'])
        await rm(join(this.folderOf(id), part), { recursive: true, force: true });
    }
    for (const id of ids.slice(KEEP_RUNS))
      await rm(this.folderOf(id), { recursive: true, force: true });
  }

  async #ids(): Promise<string[]> {
    const names = await readdir(join(this.#folder, 'runs')).catch(() => []);
    return names.sort().reverse();
  }
}
