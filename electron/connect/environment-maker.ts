/** Makes an environment for a notebook, and puts into one what is missing. */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { distributionsOf, type Environment, topLevelModules } from '../../shared/connect';
import type { TaskContext } from '../task';
import type { EnvironmentFinder } from './environment-finder';
import type { LocalJupyter } from './local-jupyter';
import { type PackageSources, readPipConfig, uvEnvironment } from './package-sources';
import { pythonIn } from './python-paths';
import { type InstallPhase, installPackages, makeVenv, type Uv } from './uv';

export interface MakerNeeds {
  readonly environmentsFolder: string;
  readonly local: LocalJupyter;
  readonly finder: EnvironmentFinder;
  readonly env: NodeJS.ProcessEnv;
  readonly packageSources: () => PackageSources;
}

export interface EnvironmentWish {
  /** Top-level modules, `sklearn`. */
  readonly imports: readonly string[];
  readonly name?: string;
  /** A version (`3.12`) or a path; the app's own Python where absent. */
  readonly python?: string;
}

/** `unknown`: distributions that the package index does not have. */
export interface Installed {
  readonly environment: Environment;
  readonly unknown: readonly string[];
}

const PHASES: Record<InstallPhase, readonly [number, string]> = {
  resolved: [0.35, 'Fetching packages'],
  prepared: [0.85, 'Installing packages'],
  installed: [0.97, 'Looking at what is there'],
};

/** pip too, for `%pip install` in a cell. */
const ALWAYS = ['ipykernel', 'pip'];

export class EnvironmentMaker {
  readonly #needs: MakerNeeds;

  constructor(needs: MakerNeeds) {
    this.#needs = needs;
  }

  async uv(task: Pick<TaskContext, 'signal'>): Promise<Uv> {
    const tools = await this.#needs.local.tools({ signal: task.signal });
    const pipConfig = await readPipConfig(tools.python, task.signal);
    return {
      path: tools.uv,
      env: uvEnvironment(this.#needs.env, pipConfig, this.#needs.packageSources()),
    };
  }

  async create(wish: EnvironmentWish, task: TaskContext): Promise<Installed> {
    const uv = await this.#toolsFirst(task);
    const folder = await this.#freeFolder(wish.name ?? 'notebook');
    const base = wish.python ?? (await this.#needs.local.tools()).python;
    try {
      task.progress(0.1, 'Making the environment');
      await makeVenv(uv, folder, base, work(task));
      const python = pythonIn(folder);
      const unknown = await this.#install(uv, python, ALWAYS, wish.imports, task);
      return { environment: await this.#probe(python), unknown };
    } catch (thrown) {
      // Half an environment would be found as a whole one.
      await rm(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** `isAgreed`: the user allows an environment that is not ours to be changed. */
  async installMissing(
    environment: Environment,
    imports: readonly string[],
    isAgreed: boolean,
    task: TaskContext,
  ): Promise<Installed> {
    requirePermission(environment, isAgreed);
    const uv = await this.#toolsFirst(task);
    const needed = environment.ipykernelVersion === null ? ['ipykernel'] : [];
    const unknown = await this.#install(uv, environment.pythonPath, needed, imports, task);
    return { environment: await this.#probe(environment.pythonPath, environment), unknown };
  }

  async #toolsFirst(task: TaskContext): Promise<Uv> {
    task.progress(0.02, 'Looking at the app’s own tools');
    await this.#needs.local.tools({
      signal: task.signal,
      log: (line) => task.log(line),
      progress: (_, message) => task.progress(null, message),
    });
    return this.uv(task);
  }

  async #install(
    uv: Uv,
    python: string,
    always: readonly string[],
    imports: readonly string[],
    task: TaskContext,
  ): Promise<string[]> {
    // Neither in its standard library nor installed yet.
    const needed = await this.#needs.finder.missingIn(
      python,
      topLevelModules(imports),
      task.signal,
    );
    const distributions = [...new Set([...always, ...distributionsOf(needed)])];
    if (distributions.length === 0) return [];
    task.progress(0.2, `Resolving ${distributions.join(', ')}`);
    return installPackages(uv, python, distributions, {
      ...work(task),
      onPhase: (phase) => task.progress(...PHASES[phase]),
    });
  }

  async #probe(python: string, known?: Environment): Promise<Environment> {
    const place = {
      python,
      kind: known?.kind ?? 'slipway',
      isNearNotebook: known?.isNearNotebook ?? false,
    };
    const found = await this.#needs.finder.probe(place);
    return found ?? fail('environment', `The Python at ${python} does not answer.`);
  }

  async #freeFolder(name: string): Promise<string> {
    await mkdir(this.#needs.environmentsFolder, { recursive: true });
    const slug =
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '') || 'notebook';
    for (let count = 1; ; count += 1) {
      const folder = join(this.#needs.environmentsFolder, count === 1 ? slug : `${slug}-${count}`);
      if (!existsSync(folder)) return folder;
    }
  }
}

function requirePermission(environment: Environment, isAgreed: boolean): void {
  const choices = [
    { label: 'Make an environment for this notebook', command: 'connect.make-environment' },
  ];
  if (!environment.canInstall) {
    fail(
      'permission',
      `Packages of “${environment.name}” are managed by the system or may not be changed by you. Make an environment for this notebook instead.`,
      { nextSteps: choices, place: { path: environment.folder } },
    );
  }
  if (environment.kind === 'slipway' || isAgreed) return;
  fail(
    'precondition',
    `“${environment.name}” was not made by Slipway. Other work may rely on it, so packages go into it only when you agree.`,
    {
      nextSteps: [
        { label: 'Install there', command: 'connect.install-missing', argument: environment.id },
        ...choices,
      ],
    },
  );
}

function work(task: TaskContext) {
  return { signal: task.signal, log: (line: string) => task.log(line) };
}
