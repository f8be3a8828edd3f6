/** state.json: written whole or not at all, by the supervisor alone. */
import { rename, writeFile } from 'node:fs/promises';
import { deploymentPaths, type SupervisorState } from '../../../shared/deploy';

/** Changes are gathered for a moment and written one after another. */
export class StateFile {
  readonly #path: string;
  #state: SupervisorState;
  #writing: Promise<void> = Promise.resolve();
  #isPlanned = false;

  constructor(folder: string, state: SupervisorState) {
    this.#path = deploymentPaths(folder).state;
    this.#state = state;
  }

  get value(): SupervisorState {
    return this.#state;
  }

  /** A new status begins a new `since`. */
  change(change: Partial<SupervisorState>): void {
    const isNew = change.status !== undefined && change.status !== this.#state.status;
    const since = isNew ? { since: Date.now() } : {};
    this.#state = { ...this.#state, ...since, ...change, updatedAt: Date.now() };
    this.#plan();
  }

  async flush(): Promise<void> {
    this.#plan();
    await this.#writing;
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.#isPlanned = false;
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, JSON.stringify(this.#state, null, 2));
      await rename(temporary, this.#path);
    } catch {
      // A full disk or a folder taken away must not end what is supervised; the next change tries again.
    }
  }
}
