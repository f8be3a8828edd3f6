/** The clean environments as deployments use them: by lock file and Python version, shared with the runs. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TaskContext } from '../task';
import { cleanEnvironmentFolder, ensureCleanEnvironment } from './clean-environment';
import type { Uv } from './uv-lock';

export class SharedEnvironments {
  readonly #home: string;
  readonly #uv: (task: TaskContext) => Promise<Uv>;

  constructor(home: string, uv: (task: TaskContext) => Promise<Uv>) {
    this.#home = home;
    this.#uv = uv;
  }

  /** The environment's folder when it is there already. */
  async find(lock: string, pythonVersion: string): Promise<string | null> {
    const folder = cleanEnvironmentFolder(this.#home, lock, pythonVersion);
    return existsSync(`${folder}/.complete`) ? folder : null;
  }

  /** uv finds a Python of that version, the one the package was made with among them. */
  async ensure(lock: string, pythonVersion: string, task: TaskContext): Promise<string> {
    const wish = { home: this.#home, lock, python: pythonVersion, pythonVersion };
    const python = await ensureCleanEnvironment({ ...wish, uv: () => this.#uv(task) }, task);
    return dirname(dirname(python));
  }
}
