/** Stage package: the folder of plain Python, its run in a clean environment, and the comparison with the notebook. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { EnvironmentId } from '../../shared/base/ids';
import { RunId, StepId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, type StudioError, StudioFailure, toStudioError } from '../../shared/base/studio-error';
import {
  countVerdicts,
  type GeneratedPackage,
  generatePackage,
  type PackageFile,
  type PackageFileText,
  type PackageRun,
  type PackageState,
  packageNameFor,
  packageNameSchema,
  type ServeChoice,
  type StepRun,
  serveCandidates,
  servableFunctions,
} from '../../shared/package';
import type { CellSource, NotebookFacts, Pipeline } from '../../shared/pipeline';
import { answer } from '../base/answer';
import { readJson, writeJson } from '../base/files';
import type { KernelSession } from '../connect';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import { describeEnvironment, ensureCleanEnvironment } from './clean-environment';
import { lockedVersions } from './lock-text';
import { compareOutputs } from './compare';
import { type DataFile, findDataFiles } from './data-files';
import { exportModel, measureService } from './measure-service';
import { contentHash, type FolderContent, isOurs, languageOf, listFiles, writePackage } from './package-folder';
import { prepareWorkspace, runReference, workspaceOf } from './reference-run';
import { RunStore } from './run-store';
import { runSteps } from './run-steps';
import { loadTemplates } from './templates';
import { type Distributions, listDistributions, type Lock, makeLock, type Uv } from './uv-lock';

/** The notebook as the package is made from it. */
export interface PackageSource {
  readonly path: string;
  readonly cells: readonly CellSource[];
  readonly facts: NotebookFacts;
  readonly pipeline: Pipeline;
}

export interface PackageNeeds {
  readonly home: string;
  readonly resources: string;
  readonly tasks: TaskRunner;
  /** The open notebook as it is now, or null. */
  readonly source: () => Promise<PackageSource | null>;
  /** The environment of the notebook's kernel; throws a StudioFailure that says what to do where there is none. */
  readonly environment: () => Promise<{ readonly id: EnvironmentId; readonly python: string }>;
  readonly uv: (task: TaskContext) => Promise<Uv>;
  readonly startFreshSession: (id: EnvironmentId, folder: string, signal: AbortSignal) => Promise<KernelSession>;
}

/** What a person chose, and what a run found out about the files that are read. */
interface Choices {
  readonly name?: string;
  readonly serve?: ServeChoice | null;
  readonly seenFiles?: readonly string[];
}

/** Both the notebook and the package begin their random streams here, so that unseeded draws can be compared. */
const SEED = 20_260_101;

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

interface Made {
  readonly hash: string;
  readonly codeHash: string;
  readonly inputHash: string;
  readonly at: number;
  readonly python: string;
  readonly packages: Lock['packages'];
}

export class PackageService {
  readonly state = new Store<PackageState>(NOTHING);
  readonly #needs: PackageNeeds;
  #path: string | null = null;
  #choices: Choices = {};
  #made: Made | null = null;
  #files: readonly PackageFile[] = [];
  #runs: RunStore | null = null;

  constructor(needs: PackageNeeds) {
    this.#needs = needs;
  }

  // ── what is open ──

  /** Another notebook was opened, or none (`null`). */
  async open(path: string | null): Promise<void> {
    this.#path = path;
    this.#made = null;
    this.#files = [];
    this.#runs = path === null ? null : new RunStore(dirname(path));
    this.#choices = path === null ? {} : ((await readJson(this.#choicesPath())) as Choices | null) ?? {};
    if (path === null) return this.state.set(NOTHING);
    const name = this.#name();
    this.state.set({ ...NOTHING, name, folder: this.#folder(), serve: this.#choices.serve ?? null });
    const run = (await this.#runs?.list(basename(path)))?.[0] ?? null;
    this.#change({ run, candidates: run ? serveCandidates(run) : [] });
    await this.#readMade();
    await this.refresh();
  }

  /** Call it when the notebook, a tag or a choice has changed: it says whether what lies on the disk still fits. */
  async refresh(): Promise<void> {
    const source = this.#path === null ? null : await this.#needs.source();
    if (!source) return;
    this.#change({ functions: servableFunctions(source.pipeline, source.facts) });
    const { generated } = this.state.value;
    if (!generated || !this.#made) return;
    const isStale = this.#inputHash(source) !== this.#made.inputHash;
    if (isStale !== generated.isStale) this.#change({ generated: { ...generated, isStale } });
  }

  configure(change: { name?: string; serve?: ServeChoice | null }): Promise<Result<null>> {
    return answer(async () => {
      if (this.#path === null) return fail('precondition', 'Open a notebook first.');
      const name = change.name === undefined ? {} : { name: packageNameSchema.parse(change.name) };
      const serve = change.serve === undefined ? {} : { serve: change.serve };
      await this.#choose({ ...name, ...serve });
      const isRenamed = this.#name() !== this.state.value.name;
      this.#change({ name: this.#name(), folder: this.#folder(), serve: this.#choices.serve ?? null });
      if (isRenamed) await this.#readMade();
      await this.refresh();
      return null;
    });
  }

  // ── files ──

  /** The package as it lies on the disk, or null before there is one; for the stages after this one. */
  get current(): { folder: string; name: string; hash: string; python: string } | null {
    const { folder, name } = this.state.value;
    if (!this.#made || !folder || !name) return null;
    return { folder, name, hash: this.#made.hash, python: this.#made.python };
  }

  readFile(path: string): Promise<Result<PackageFileText>> {
    return answer(async () => {
      const folder = this.state.value.folder;
      if (!folder || !this.#made) return fail('precondition', 'There is no package yet.', { nextSteps: [MAKE] });
      const absolute = resolve(folder, path);
      if (!absolute.startsWith(folder + sep)) return fail('invalid-input', `${path} is not a file of the package.`);
      const text = await readFile(absolute, 'utf8').catch(() => null);
      if (text === null) return fail('not-found', `${path} is no longer there.`, { place: { path: absolute }, nextSteps: [MAKE] });
      const known = this.#files.find((file) => file.path === path);
      const origins = known && known.text === text ? [...known.origins] : text.split('\n').map(() => null);
      return { path, text, language: languageOf(path), origins };
    });
  }

  generate(): StartedTask<{ folder: string }> {
    return this.#needs.tasks.run(
      { stage: 'package', label: 'Make the package', outcome: ({ folder }) => `The package lies in ${folder}` },
      (task) => this.#during({ kind: 'generating', taskId: task.id }, async () => {
        await this.#generate(task);
        return { folder: this.#folder() };
      }),
    );
  }

  // ── runs ──

  run(wish: { parameters?: Readonly<Record<string, string>>; compare?: boolean } = {}): StartedTask<PackageRun> {
    return this.#needs.tasks.run(
      { stage: 'package', label: 'Run the package', outcome: describeOutcome },
      (task) => this.#during({ kind: 'running', taskId: task.id, runId: null }, () =>
        this.#run(task, wish.parameters ?? {}, wish.compare ?? true),
      ),
    );
  }

  listRuns(): Promise<Result<PackageRun[]>> {
    return answer(async () => (this.#path && (await this.#runs?.list(basename(this.#path)))) || []);
  }

  async #run(task: TaskContext, parameters: Readonly<Record<string, string>>, compare: boolean): Promise<PackageRun> {
    const source = await this.#source();
    let generated = await this.#generate(task);
    const reused = this.#reusable(parameters, compare, generated.lock);
    if (reused) return this.#reuse(task, reused, generated.lock);
    const environment = await this.#needs.environment();
    const store = this.#runs ?? fail('precondition', 'Open a notebook first.');
    const run = this.#newRun(source, parameters);
    const folder = store.folderOf(run.runId);
    this.#change({ activity: { kind: 'running', taskId: task.id, runId: run.runId } });
    await this.#record({ ...run, folder });
    try {
      if (compare && Object.keys(parameters).length === 0) {
        const seen = await this.#reference(task, source, environment.id, join(folder, 'reference'), generated.data);
        if (await this.#noteSeenFiles(seen)) generated = await this.#generate(task);
      }
      const python = await this.#cleanPython(task, generated.lock, environment.python);
      await this.#record({ packageHash: this.#made?.hash ?? '', codeHash: this.#made?.codeHash ?? '', environment: await describeEnvironment(python, generated.lock) });
      await this.#runSteps(task, python, join(folder, 'package'), parameters, source);
      const candidates = serveCandidates(this.#current());
      this.#change({ candidates });
      if (existsSync(join(folder, 'reference', 'workspace'))) await this.#compare(task, python, folder);
      await this.#serveFrom(task, python, join(folder, 'package'));
      return await this.#record({ state: 'succeeded', endedAt: Date.now() });
    } catch (thrown) {
      const error = toStudioError(thrown);
      const isCancelled = task.signal.aborted || error.kind === 'cancelled';
      await this.#record({
        state: isCancelled ? 'cancelled' : 'failed',
        endedAt: Date.now(),
        error: isCancelled ? null : error,
        steps: this.#current().steps.map((step) => unfinished(step, isCancelled)),
      });
      throw thrown;
    } finally {
      await store.tidy();
    }
  }

  /** The last run where only the choice of what to serve has come after it: its steps need not run again. */
  #reusable(parameters: Readonly<Record<string, string>>, compare: boolean, lock: string): PackageRun | null {
    const { run } = this.state.value;
    const made = this.#made;
    if (run?.state !== 'succeeded' || !made || !run.folder || !existsSync(join(run.folder, 'package'))) return null;
    if (run.packageHash === made.hash || run.codeHash !== made.codeHash) return null;
    if (JSON.stringify(run.parameters) !== JSON.stringify(parameters)) return null;
    if (compare && run.comparisons.length === 0) return null;
    const locked = new Map(lockedVersions(lock).map(({ name, version }) => [name, version]));
    const isSame = run.environment?.packages.every(({ name, version }) => locked.get(name) === version);
    return isSame ? run : null;
  }

  async #reuse(task: TaskContext, run: PackageRun, lock: string): Promise<PackageRun> {
    const environment = await this.#needs.environment();
    const python = await this.#cleanPython(task, lock, environment.python);
    const described = await describeEnvironment(python, lock);
    await this.#record({ packageHash: this.#made?.hash ?? '', environment: described, serviceMeasurement: null });
    await this.#serveFrom(task, python, join(run.folder ?? '', 'package'));
    return this.#current();
  }

  #newRun(source: PackageSource, parameters: Readonly<Record<string, string>>): PackageRun {
    const steps: StepRun[] = source.pipeline.steps.map((step) => ({
      stepId: step.id,
      state: 'waiting',
      wallMs: null,
      cpuMs: null,
      peakMemoryBytes: null,
      artifacts: [],
      outputTail: '',
      error: null,
    }));
    return {
      runId: RunId(newRunId()),
      packageHash: this.#made?.hash ?? '',
      codeHash: this.#made?.codeHash ?? '',
      packageName: this.#name(),
      notebookName: basename(source.path),
      folder: '',
      state: 'running',
      startedAt: Date.now(),
      endedAt: null,
      seed: SEED,
      parameters: { ...parameters },
      steps,
      comparisons: [],
      environment: null,
      serviceMeasurement: null,
      error: null,
    };

    function newRunId(): string {
      const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
      return `${stamp}-${randomBytes(2).toString('hex')}`;
    }
  }

  async #reference(
    task: TaskContext,
    source: PackageSource,
    id: EnvironmentId,
    folder: string,
    data: readonly DataFile[],
  ): Promise<string[]> {
    await prepareWorkspace(folder, data);
    task.progress(0.1, 'Starting a fresh kernel for the notebook');
    const session = await this.#needs.startFreshSession(id, workspaceOf(folder), task.signal);
    try {
      return await runReference({
        session,
        cells: source.cells,
        pipeline: source.pipeline,
        resources: this.#needs.resources,
        notebookFolder: dirname(source.path),
        folder,
        seed: SEED,
        signal: task.signal,
        onCell: (number, total) => task.progress(0.1 + (0.35 * number) / total, `The notebook in a fresh kernel: cell ${number} of ${total}`),
        log: (line) => task.log(line),
      });
    } finally {
      await session.shutdown().catch(() => undefined);
    }
  }

  async #noteSeenFiles(seen: readonly string[]): Promise<boolean> {
    const known = this.#choices.seenFiles ?? [];
    const all = [...new Set([...known, ...seen])].sort();
    if (all.length === known.length) return false;
    await this.#choose({ seenFiles: all });
    return true;
  }

  #cleanPython(task: TaskContext, lock: string, python: string): Promise<string> {
    const { home } = this.#needs;
    const pythonVersion = this.#made?.python ?? '';
    task.progress(0.5, 'Looking for the clean environment');
    return ensureCleanEnvironment({ home, lock, python, pythonVersion, uv: () => this.#needs.uv(task) }, task);
  }

  async #runSteps(
    task: TaskContext,
    python: string,
    runFolder: string,
    parameters: Readonly<Record<string, string>>,
    source: PackageSource,
  ): Promise<void> {
    await mkdir(runFolder, { recursive: true });
    const numbers = new Map(source.cells.map((cell, index) => [cell.id, index + 1]));
    let finished = 0;
    await runSteps({
      python,
      packageFolder: this.#folder(),
      packageName: this.#name(),
      runFolder,
      seed: SEED,
      parameters,
      signal: task.signal,
      originOf: (path, line) => {
        const origin = this.#files.find((file) => file.path === path.split(sep).join('/'))?.origins[line - 1] ?? null;
        return origin && { ...origin, cellNumber: numbers.get(origin.cellId) ?? 0 };
      },
      onStep: (change) => {
        const steps = this.#current().steps.map((step) => (step.stepId === change.stepId ? { ...step, ...change, stepId: step.stepId } : step));
        this.#change({ run: { ...this.#current(), steps } });
        if (change.state === 'done') finished += 1;
        task.progress(0.55 + (0.3 * finished) / Math.max(1, steps.length), `Step ${change.stepId}: ${change.state}`);
      },
      onLine: (line) => task.log(line),
    });
  }

  async #compare(task: TaskContext, python: string, folder: string): Promise<void> {
    task.progress(0.88, 'Comparing the outputs with the notebook’s');
    const comparisons = await compareOutputs({
      python,
      resources: this.#needs.resources,
      packageFolder: this.#folder(),
      packageName: this.#name(),
      referenceFolder: join(folder, 'reference'),
      runFolder: join(folder, 'package'),
      signal: task.signal,
    });
    await this.#record({ comparisons });
  }

  /** Puts the model into the package and measures the service, where one is chosen. */
  async #serveFrom(task: TaskContext, python: string, runFolder: string): Promise<void> {
    const serve = this.#choices.serve ?? null;
    if (!serve) return;
    const steps = this.#current().steps;
    const artifact = steps.find((step) => step.stepId === serve.stepId)?.artifacts.find((each) => each.name === serve.name);
    const wish = {
      python,
      packageFolder: this.#folder(),
      packageName: this.#name(),
      sampleRow: artifact?.predictor?.sampleRow ?? null,
      signal: task.signal,
      log: (line: string) => task.log(line),
    };
    task.progress(0.92, 'Putting the model into the package');
    await exportModel(wish, runFolder);
    task.progress(0.95, 'Measuring the service');
    await this.#record({ serviceMeasurement: await measureService(wish) });
    await this.#showFiles();
  }

  // ── making ──

  async #generate(task: TaskContext): Promise<{ lock: string; data: DataFile[] }> {
    const source = await this.#source();
    const environment = await this.#needs.environment();
    task.progress(null, 'Looking at the data the cells read');
    const data = await findDataFiles(dirname(source.path), source.facts, this.#choices.seenFiles ?? []);
    task.progress(null, 'Making the lock file from the notebook’s environment');
    const { lock, distributions } = await this.#lock(task, source, environment.python, data.modules);
    const { python } = distributions;
    const templates = await loadTemplates(this.#needs.resources);
    const minor = python.split('.').slice(0, 2).join('.');
    const made = generatePackage({
      name: this.#name(),
      notebookName: basename(source.path),
      cells: source.cells,
      facts: source.facts,
      pipeline: source.pipeline,
      serve: await this.#servedBy(source),
      lock: lock.text,
      requirements: lock.requirements,
      python: minor,
      dataFiles: data.files.map((file) => file.path),
      templates,
      seed: SEED,
    });
    const missing = missingModules(source, distributions.modules);
    this.#change({ problems: [...made.problems, ...data.problems, ...missing] });
    refuseProblems(made, source);
    const content: FolderContent = { files: made.files, data: data.files };
    await this.#write(content, source, minor, lock);
    return { lock: lock.text, data: data.files };
  }

  /** The choice, moved to the last step that gives the output where steps were renamed or cut anew. */
  async #servedBy({ pipeline }: PackageSource): Promise<ServeChoice | null> {
    const serve = this.#choices.serve ?? null;
    if (!serve) return null;
    const gives = pipeline.steps.filter((step) => step.outputs.includes(serve.name));
    const owner = gives.find((step) => step.id === serve.stepId) ?? gives.at(-1);
    if (!owner || owner.id === serve.stepId) return serve;
    await this.#choose({ serve: { ...serve, stepId: owner.id } });
    this.#change({ serve: this.#choices.serve ?? null });
    return this.#choices.serve ?? null;
  }

  async #lock(task: TaskContext, source: PackageSource, python: string, local: readonly string[]): Promise<{ lock: Lock; distributions: Distributions }> {
    const modules = [...new Set(source.facts.flatMap((each) => [...each.imports.map(({ module }) => module), ...each.starImports.map(({ module }) => module.split('.')[0] ?? '')]))];
    const wanted = modules.filter((module) => module !== '' && !local.includes(module)).sort();
    const distributions = await listDistributions(python, this.#needs.resources, wanted, task.signal);
    const extras = this.#choices.serve ? ['fastapi', 'uvicorn'] : [];
    if (wanted.includes('pandas')) extras.push('pyarrow');
    const key = createHash('sha256').update(JSON.stringify([distributions, extras])).digest('hex').slice(0, 16);
    const cached = join(dirname(source.path), '.slipway', 'locks', `${key}.json`);
    const known = (await readJson(cached)) as Lock | null;
    if (known) return { lock: known, distributions };
    const lock = await makeLock(await this.#needs.uv(task), { distributions, extras, signal: task.signal });
    await writeJson(cached, lock);
    return { lock, distributions };
  }

  async #write(content: FolderContent, source: PackageSource, python: string, lock: Lock): Promise<void> {
    const hash = await contentHash(content);
    this.#files = content.files;
    const folder = this.#folder();
    if (this.#made?.hash !== hash || !isOurs(folder)) await writePackage(folder, content);
    const at = this.#made?.hash === hash ? this.#made.at : Date.now();
    const code = content.files.filter((file) => /^src\/.*\.py$/.test(file.path) && !/\/(service|predict|__main__)\.py$/.test(file.path));
    const codeHash = await contentHash({ files: code, data: content.data });
    this.#made = { hash, codeHash, inputHash: this.#inputHash(source), at, python, packages: lock.packages };
    await writeJson(this.#madePath(), { name: this.#name(), made: this.#made, files: content.files });
    await this.#showFiles();
  }

  async #showFiles(): Promise<void> {
    const made = this.#made;
    const folder = this.#folder();
    if (!made || !isOurs(folder)) return this.#change({ generated: null });
    const files = await listFiles(folder, (path) => {
      const id = /^src\/[^/]+\/steps\/(\w+)\.py$/.exec(path)?.[1];
      return id && id !== '__init__' ? StepId(id) : null;
    });
    const { hash, at, python, packages } = made;
    this.#change({ generated: { hash, at, python, files, packages: [...packages], isStale: false }, error: null });
  }

  /** What an earlier session made, as far as it still lies there. */
  async #readMade(): Promise<void> {
    const saved = (await readJson(this.#madePath())) as { name: string; made: Made; files: PackageFile[] } | null;
    const fits = saved !== null && saved.name === this.#name() && isOurs(this.#folder());
    this.#made = fits ? saved.made : null;
    this.#files = fits ? saved.files : [];
    await this.#showFiles();
  }

  async #source(): Promise<PackageSource> {
    const source = await this.#needs.source();
    return source ?? fail('precondition', 'Open a notebook first.');
  }

  #inputHash({ cells, pipeline }: PackageSource): string {
    const code = cells.filter((cell) => cell.type === 'code').map(({ id, source }) => [id, source]);
    const { steps, parameters, helpers, imports } = pipeline;
    const input = [this.#name(), this.#choices.serve ?? null, code, steps, parameters, helpers, imports];
    return createHash('sha256').update(JSON.stringify(input)).digest('hex');
  }

  // ── state ──

  #current(): PackageRun {
    return this.state.value.run ?? fail('precondition', 'The package has not been run.');
  }

  async #record(change: Partial<PackageRun>): Promise<PackageRun> {
    const run = 'runId' in change ? (change as PackageRun) : { ...this.#current(), ...change };
    this.#change({ run });
    await this.#runs?.write(run);
    return run;
  }

  async #during<T>(activity: PackageState['activity'], work: () => Promise<T>): Promise<T> {
    if (this.state.value.activity.kind !== 'idle') {
      return fail('conflict', 'The package is being made or run already. Wait for it, or cancel it.');
    }
    this.#change({ activity, error: null });
    let error: StudioError | null = null;
    try {
      return await work();
    } catch (thrown) {
      error = toStudioError(thrown);
      throw thrown;
    } finally {
      this.#change({ activity: { kind: 'idle' }, error: error?.kind === 'cancelled' ? null : error });
    }
  }

  #change(change: Partial<PackageState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }

  async #choose(change: Choices): Promise<void> {
    this.#choices = { ...this.#choices, ...change };
    await writeJson(this.#choicesPath(), this.#choices);
  }

  #name(): string {
    return this.#choices.name ?? packageNameFor(basename(this.#path ?? 'notebook'));
  }

  #folder(): string {
    return join(dirname(this.#path ?? ''), `${this.#name()}_package`);
  }

  #choicesPath(): string {
    return join(dirname(this.#path ?? ''), '.slipway', `${basename(this.#path ?? '')}.package.json`);
  }

  #madePath(): string {
    return join(dirname(this.#path ?? ''), '.slipway', `${basename(this.#path ?? '')}.generated.json`);
  }
}

const MAKE = { label: 'Make the package', command: 'package.generate' } as const;

function describeOutcome(run: PackageRun): string {
  const { identical, withinTolerance, different, notCompared } = countVerdicts(run.comparisons);
  const equal = identical + withinTolerance;
  if (run.comparisons.length === 0) return 'The package ran to its end';
  if (different > 0) return `The package ran; ${different} of ${equal + different} outputs differ from the notebook’s`;
  const rest = notCompared > 0 ? `, ${notCompared} can’t be compared` : '';
  return `The package gives what the notebook gives: ${equal} of ${equal} outputs${rest}`;
}

function unfinished(step: StepRun, isCancelled: boolean): StepRun {
  if (step.state !== 'running' && step.state !== 'waiting') return step;
  return { ...step, state: isCancelled ? 'cancelled' : step.state === 'running' ? 'failed' : 'waiting' };
}

function refuseProblems(made: GeneratedPackage, source: PackageSource): void {
  const problem = made.problems.find((each) => each.severity === 'error');
  if (!problem) return;
  const number = source.cells.findIndex((cell) => cell.id === problem.cellId) + 1;
  throw new StudioFailure({
    kind: 'analysis',
    message: problem.message,
    ...(problem.cellId ? { place: { cellId: problem.cellId, cellNumber: number, ...(problem.line ? { line: problem.line } : {}) } } : {}),
    nextSteps: problem.cellId
      ? [
          { label: 'Show the cell', command: 'notebook.reveal', argument: problem.cellId },
          { label: 'Skip the cell', command: 'pipeline.skip', argument: problem.cellId },
        ]
      : [{ label: 'Open the pipeline', command: 'pipeline.open' }],
  });
}

/** Imports that the environment cannot answer: the notebook would fail there too, unless it only tries them. */
function missingModules(source: PackageSource, modules: Distributions['modules']): PackageState['problems'] {
  return source.facts.flatMap((each) =>
    each.imports
      .filter(({ module }) => modules[module]?.length === 0)
      .map(({ module, line }) => ({
        severity: 'warning' as const,
        message: `Cell ${each.index + 1} imports ${module}, which is not in the notebook’s environment, so it is not in the lock file.`,
        cellId: each.cellId,
        line,
      })),
  );
}
