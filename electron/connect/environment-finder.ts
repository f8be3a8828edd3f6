/** Looks for Python environments and lists them as they are found, without holding anybody up. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { Store } from '../../shared/base/store';
import { isAbort } from '../../shared/base/studio-error';
import { type Environment, type EnvironmentList, topLevelModules } from '../../shared/connect';
import { findPlaces, type Place } from './environment-places';
import { probePlace } from './environment-probe';

const PROBES_AT_ONCE = 3;

export interface FinderNeeds {
  readonly environmentsFolder: string;
  readonly resources: string;
  readonly env: NodeJS.ProcessEnv;
}

export class EnvironmentFinder {
  readonly list = new Store<EnvironmentList>({ activity: 'idle', environments: [] });
  readonly #needs: FinderNeeds;
  readonly #script: Promise<string>;
  #notebookFolder: string | null = null;
  #imports: readonly string[] | null = null;
  #search: { abort: AbortController; done: Promise<void> } | null = null;

  constructor(needs: FinderNeeds) {
    this.#needs = needs;
    this.#script = readFile(join(needs.resources, 'python', 'probe_environment.py'), 'utf8');
    this.#script.catch(() => undefined);
  }

  /** Starts a search over; a search under way is given up. */
  refresh(notebookFolder?: string | null): Promise<void> {
    if (notebookFolder !== undefined) this.#notebookFolder = notebookFolder;
    this.#search?.abort.abort();
    const abort = new AbortController();
    const done = this.#run(abort.signal);
    this.#search = { abort, done };
    return done;
  }

  /** From now on every environment says which of these modules it lacks. */
  checkImports(imports: readonly string[]): Promise<void> {
    const asked = topLevelModules(imports).filter((name) => !this.#isBesideNotebook(name));
    if (this.#imports && asked.join() === this.#imports.join()) return this.settled();
    this.#imports = asked;
    return this.refresh();
  }

  /** The search that runs, or one that is started when there never was one. */
  settled(): Promise<void> {
    return this.#search?.done ?? this.refresh();
  }

  find(id: string): Environment | undefined {
    return this.list.value.environments.find((environment) => environment.id === id);
  }

  /** Asks one Python anew and puts it into the list: after an installation, or for one just made. */
  async probe(place: Place): Promise<Environment | null> {
    const found = await probePlace(place, { script: await this.#script, imports: this.#imports });
    if (found) this.#put(found);
    return found;
  }

  /** Which of these modules the Python cannot import; its standard library counts as there. */
  async missingIn(
    python: string,
    modules: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]> {
    const asked = modules.filter((name) => !this.#isBesideNotebook(name));
    if (asked.length === 0) return [];
    const place: Place = { python, kind: 'unknown', isNearNotebook: false };
    const found = await probePlace(place, { script: await this.#script, imports: asked, signal });
    return found?.imports.status === 'checked' ? found.imports.missing : [...asked];
  }

  dispose(): void {
    this.#search?.abort.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.list.update((list) => ({ ...list, activity: 'searching' }));
    const found = new Map<string, Environment>();
    try {
      await this.#collect(found, signal);
    } catch (thrown) {
      if (!signal.aborted && !isAbort(thrown)) throw thrown;
    }
    // What is gone since the last search leaves the list only now, so that it does not flicker.
    if (!signal.aborted)
      this.list.set({ activity: 'idle', environments: inOrder([...found.values()]) });
  }

  async #collect(found: Map<string, Environment>, signal: AbortSignal): Promise<void> {
    const queue = new PQueue({ concurrency: PROBES_AT_ONCE });
    const script = await this.#script;
    const imports = this.#imports;
    const env = this.#needs.env;
    const { environmentsFolder } = this.#needs;
    const look = { environmentsFolder, notebookFolder: this.#notebookFolder, env };
    for await (const places of findPlaces(look)) {
      signal.throwIfAborted();
      const probes = places.map((place) =>
        queue.add(async () => {
          const environment = await probePlace(place, { script, imports, signal });
          if (!environment || found.has(environment.folder) || signal.aborted) return;
          found.set(environment.folder, environment);
          this.#put(environment);
        }),
      );
      // Each group ends before the next, so that a Python found twice keeps its nearest place.
      await Promise.all(probes);
    }
  }

  #put(environment: Environment): void {
    this.list.update((list) => ({
      ...list,
      environments: inOrder([
        ...list.environments.filter((other) => other.folder !== environment.folder),
        environment,
      ]),
    }));
  }

  /** `import helpers` with helpers.py beside the notebook needs no package. */
  #isBesideNotebook(name: string): boolean {
    if (!this.#notebookFolder) return false;
    const at = join(this.#notebookFolder, name);
    return existsSync(`${at}.py`) || existsSync(join(at, '__init__.py'));
  }
}

const KIND_ORDER = ['slipway', 'venv', 'uv', 'conda', 'pyenv', 'system', 'unknown'];

/** Near the notebook first, then by kind, then the newest Python. */
function inOrder(environments: Environment[]): Environment[] {
  return environments.sort(
    (a, b) =>
      Number(b.isNearNotebook) - Number(a.isNearNotebook) ||
      KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
      b.pythonVersion.localeCompare(a.pythonVersion, 'en', { numeric: true }) ||
      a.name.localeCompare(b.name),
  );
}
