/** Stage package: the folder of plain Python, its run in a clean environment, and the comparison with the notebook. */
import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { StepId, type TaskId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, type StudioError, toStudioError } from '../../shared/base/studio-error';
import {
  cellsWithParameters,
  type PackageFileText,
  type PackageRun,
  type PackageState,
  packageNameSchema,
  type ServeChoice,
  type Sweep,
  type SweepEvent,
  type SweepPlan,
  servableFunctions,
  serveCandidates,
} from '../../shared/package';
import { suggestServe } from '../../shared/pipeline';
import { answer } from '../base/answer';
import type { StartedTask, TaskContext } from '../task';
import { checkSteps } from './hand-over';
import { inputHash, type MadePackage, makePackage } from './make-package';
import { describeOutcome, endedBadly, isStillTrue, newRun } from './new-run';
import { isOurs, languageOf, listFiles } from './package-folder';
import { PackageMemory } from './package-memory';
import { type PackageNeeds, type PackageSource, SEED } from './package-needs';
import { hasSteps, PackageProver } from './package-prover';
import { originsIn } from './run-steps';
import { RunStore } from './run-store';
import { runSweep, type SweepWish, startSweep } from './run-sweep';
import { type SweepBeginning, SweepKeeper, sweepFolderOf, wishOf } from './sweep-keeper';

const NOTHING: PackageState = {
  name: null,
  folder: null,
  activity: { kind: 'idle' },
  generated: null,
  serve: null,
  candidates: [],
  functions: [],
  problems: [],
  run: null,
  error: null,
};

const MAKE = { label: 'Make the package', command: 'package.generate' } as const;

interface RunWish {
  readonly parameters: Readonly<Record<string, string>>;
  readonly isCompared: boolean;
  readonly steps?: readonly string[];
}

export class PackageService {
  readonly state = new Store<PackageState>(NOTHING);
  readonly sweeps = new SweepKeeper();
  readonly #needs: PackageNeeds;
  #memory: PackageMemory | null = null;

  constructor(needs: PackageNeeds) {
    this.#needs = needs;
  }

  // ── what is open ──

  /** Another notebook was opened, or none (`null`). */
  async open(path: string | null): Promise<void> {
    this.#memory = null;
    this.state.set(NOTHING);
    await this.sweeps.open(null);
    if (path === null) return;
    const memory = await PackageMemory.open(path);
    await this.sweeps.open(sweepFolderOf(memory.notebookFolder, memory.name));
    const run = (await new RunStore(memory.notebookFolder).list(memory.notebookName))[0] ?? null;
    this.#memory = memory;
    this.#change({ run });
    await this.#showPackage();
    await this.refresh();
  }

  /** Call it when the notebook, a tag or a choice has changed: it says whether what lies on the disk still fits. */
  async refresh(): Promise<void> {
    const memory = this.#memory;
    const source = memory && (await this.#needs.source());
    if (!source || memory !== this.#memory) return;
    const { generated, run } = this.state.value;
    const likely = suggestServe(source.facts, source.pipeline).flatMap(({ model }) => model ?? []);
    const isStale = memory.made === null || inputHash(memory, source) !== memory.made.inputHash;
    this.#change({
      functions: servableFunctions(source.pipeline, source.facts),
      candidates: run ? serveCandidates(run, likely) : [],
      generated: generated && { ...generated, isStale },
    });
  }

  configure(change: { name?: string; serve?: ServeChoice | null }): Promise<Result<null>> {
    return answer(async () => {
      const memory = this.#open();
      const name = change.name === undefined ? {} : { name: packageNameSchema.parse(change.name) };
      const serve = change.serve === undefined ? {} : { serve: change.serve };
      await memory.choose({ ...name, ...serve });
      await memory.readMade();
      if (change.name !== undefined) {
        await this.sweeps.open(sweepFolderOf(memory.notebookFolder, memory.name));
      }
      await this.#showPackage();
      await this.refresh();
      return null;
    });
  }

  // ── files ──

  /** The package as it lies on the disk, or null before there is one; for the stages after this one. */
  get current(): { folder: string; name: string; hash: string; python: string } | null {
    const memory = this.#memory;
    if (!memory?.made || !this.state.value.generated) return null;
    const { hash, python } = memory.made;
    return { folder: memory.folder, name: memory.name, hash, python };
  }

  readFile(path: string): Promise<Result<PackageFileText>> {
    return answer(async () => {
      const { folder, made } = this.#open();
      if (!made) return fail('precondition', 'There is no package yet.', { nextSteps: [MAKE] });
      const absolute = resolve(folder, path);
      if (!absolute.startsWith(folder + sep)) {
        return fail('invalid-input', `${path} is not a file of the package.`);
      }
      const text = await readFile(absolute, 'utf8').catch(() =>
        fail('not-found', `${path} is no longer there.`, {
          place: { path: absolute },
          nextSteps: [MAKE],
        }),
      );
      const known = made.files.find((file) => file.path === path);
      // A file edited by hand has other lines: no mark is better than a wrong one.
      const isOurText = known !== undefined && known.text === text;
      const origins = isOurText ? [...known.origins] : text.split('\n').map(() => null);
      return { path, text, language: languageOf(path), origins };
    });
  }

  generate(): StartedTask<{ folder: string }> {
    const outcome = ({ folder }: { folder: string }) => `The package lies in ${folder}`;
    return this.#needs.tasks.run({ stage: 'package', label: 'Make the package', outcome }, (task) =>
      this.#during({ kind: 'generating', taskId: task.id }, async () => {
        await this.#make(task, await this.#source());
        return { folder: this.#open().folder };
      }),
    );
  }

  // ── runs ──

  /**
   * Makes the package if that is needed, runs it, and compares unless `compare` is false. Parameters get their values
   * in the notebook too; with `steps` only those run, on what the notebook hands them.
   */
  run(
    wish: {
      parameters?: Readonly<Record<string, string>>;
      compare?: boolean;
      steps?: readonly string[] | undefined;
    } = {},
  ): StartedTask<PackageRun> {
    const { parameters = {}, compare = true, steps } = wish;
    if (steps && !compare) {
      // Their inputs come from the notebook's own run.
      return this.run({ parameters, steps });
    }
    const isCompared = compare;
    return this.#needs.tasks.run(
      { stage: 'package', label: 'Run the package', outcome: describeOutcome },
      (task) =>
        this.#during({ kind: 'running', taskId: task.id, runId: null }, () =>
          this.#run(task, { parameters, isCompared, ...(steps ? { steps } : {}) }),
        ),
    );
  }

  /** As the window asks for it: a value that breaks its type is refused before anything runs. */
  sweepByPlan(plan: SweepPlan): Promise<Result<{ taskId: TaskId }>> {
    return answer(async () => {
      const { pipeline } = await this.#source();
      return { taskId: this.sweep(wishOf(plan, pipeline.parameters), plan).id };
    });
  }

  /** Makes the package if that is needed and has it run itself for each combination of values. */
  sweep(wish: SweepWish, plan: SweepPlan | null = null): StartedTask<Sweep> {
    return startSweep(this.#needs.tasks, (task) =>
      this.#during({ kind: 'running', taskId: task.id, runId: null }, () =>
        this.sweeps.during(this.#sweepAt(task, plan), () => this.#sweep(task, wish)),
      ),
    );
  }

  #sweepAt({ id: taskId }: TaskContext, plan: SweepPlan | null): SweepBeginning {
    const { name: packageName, notebookFolder } = this.#open();
    const folder = sweepFolderOf(notebookFolder, packageName);
    return { plan, taskId, packageName, folder };
  }

  async #sweep(task: TaskContext, wish: SweepWish): Promise<Sweep> {
    const source = await this.#source();
    const made = await this.#make(task, source);
    const memory = this.#open();
    const store = new RunStore(memory.notebookFolder);
    const python = await this.#prover(task, memory, source, store).environment(made);
    const { folder: packageFolder, name: packageName, notebookFolder } = memory;
    this.sweeps.madeWith(memory.made?.hash ?? null);
    const at = {
      ...{ python, packageFolder, packageName, seed: SEED },
      sweepFolder: sweepFolderOf(notebookFolder, packageName),
      originOf: originsIn(memory.made?.files ?? [], source.cells),
      onEvent: (event: SweepEvent) => this.sweeps.tell(event),
    };
    return runSweep(at, wish, task);
  }

  listRuns(): Promise<Result<PackageRun[]>> {
    return answer(() => {
      const { notebookFolder, notebookName } = this.#open();
      return new RunStore(notebookFolder).list(notebookName);
    });
  }

  async #run(task: TaskContext, wish: RunWish): Promise<PackageRun> {
    const source = await this.#source();
    const made = await this.#make(task, source);
    const memory = this.#open();
    const store = new RunStore(memory.notebookFolder);
    const prover = this.#prover(task, memory, source, store);
    const last = this.state.value.run;
    const steps = wish.steps && checkSteps(source.pipeline, wish.steps);
    // A value that breaks its type is refused before anything runs.
    cellsWithParameters(source.cells, source.pipeline, wish.parameters);
    const keeps =
      !steps && last && hasSteps(last) && isStillTrue(last, memory, made.lock, wish.parameters);
    if (keeps && (last.comparisons.length > 0 || !wish.isCompared)) {
      await prover.serveOnly(made);
      await this.#showPackage();
      return this.#lastRun();
    }
    const begun = newRun(memory, source, wish.parameters, (runId) => store.folderOf(runId));
    await this.#record(store, steps ? { ...begun, onlySteps: steps } : begun);
    this.#change({ activity: { kind: 'running', taskId: task.id, runId: begun.runId } });
    try {
      await prover.prove(made, { isCompared: wish.isCompared, ...(steps ? { steps } : {}) });
      await this.#record(store, { ...this.#lastRun(), state: 'succeeded', endedAt: Date.now() });
    } catch (thrown) {
      const error = toStudioError(thrown);
      const isCancelled = task.signal.aborted || error.kind === 'cancelled';
      await this.#record(store, endedBadly(this.#lastRun(), error, isCancelled));
      throw thrown;
    } finally {
      await store.tidy();
      await this.#showPackage();
      await this.refresh();
    }
    return this.#lastRun();
  }

  #prover(
    task: TaskContext,
    memory: PackageMemory,
    source: PackageSource,
    store: RunStore,
  ): PackageProver {
    return new PackageProver({
      studio: this.#needs,
      memory,
      source,
      task,
      run: () => this.#lastRun(),
      show: (run) => this.#change({ run }),
      record: (change) => this.#record(store, { ...this.#lastRun(), ...change }),
    });
  }

  #lastRun(): PackageRun {
    return this.state.value.run ?? fail('precondition', 'The package has not been run.');
  }

  async #record(store: RunStore, run: PackageRun): Promise<void> {
    this.#change({ run });
    await store.write(run);
  }

  // ── making ──

  async #make(task: TaskContext, source: PackageSource): Promise<MadePackage> {
    const show = (problems: PackageState['problems']) => this.#change({ problems });
    const made = await makePackage(this.#needs, this.#open(), source, task, show);
    await this.#showPackage();
    return made;
  }

  /** Name, folder, choice and files as they are now. */
  async #showPackage(): Promise<void> {
    const { name, folder, choices, made } = this.#open();
    const about = { name, folder, serve: choices.serve ?? null };
    if (!made || !isOurs(folder)) return this.#change({ ...about, generated: null });
    const files = await listFiles(folder, (path) => {
      const id = /^src\/[^/]+\/steps\/(\w+?)\.py$/.exec(path)?.[1];
      return id && id !== '__init__' ? StepId(id) : null;
    });
    const { hash, at, python, packages } = made;
    const generated = { hash, at, python, files, packages: [...packages], isStale: false };
    this.#change({ ...about, generated, error: null });
  }

  async #source(): Promise<PackageSource> {
    return (await this.#needs.source()) ?? fail('precondition', 'Open a notebook first.');
  }

  #open(): PackageMemory {
    return this.#memory ?? fail('precondition', 'Open a notebook first.');
  }

  async #during<T>(activity: PackageState['activity'], work: () => Promise<T>): Promise<T> {
    if (this.state.value.activity.kind !== 'idle') {
      return fail('conflict', 'The package is being made or run already. Wait, or cancel that.');
    }
    this.#change({ activity, error: null });
    let error: StudioError | null = null;
    try {
      return await work();
    } catch (thrown) {
      error = toStudioError(thrown);
      throw thrown;
    } finally {
      this.#change({
        activity: { kind: 'idle' },
        error: error?.kind === 'cancelled' ? null : error,
      });
    }
  }

  #change(change: Partial<PackageState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
