/** One run of the package: the notebook in a fresh kernel, the steps in a clean environment, the comparison, the service. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentId, StepId } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import { Milliseconds } from '../../shared/base/units';
import {
  cellsWithParameters,
  inOrderOfCells,
  type PackageRun,
  type StepRun,
  wholeNotebookText,
} from '../../shared/package';
import { notebooksAround, type Pipeline, type Recording, type Step } from '../../shared/pipeline';
import type { TaskContext } from '../task';
import { describeEnvironment, ensureCleanEnvironment } from './clean-environment';
import { compareOutputs } from './compare';
import { findCauses } from './find-causes';
import { handOver } from './hand-over';
import { lockedVersions } from './lock-text';
import { type MadePackage, makePackage } from './make-package';
import { exportModel, measureService } from './measure-service';
import type { NotebookPlace } from './notebook-place';
import type { PackageMemory } from './package-memory';
import { type PackageNeeds, type PackageSource, SEED } from './package-needs';
import {
  notebookFolderIn,
  prepareRunFiles,
  prepareWorkspace,
  runReference,
  type Seen,
} from './reference-run';

import { originsIn, runSteps } from './run-steps';
import { runWholeReference } from './whole-reference';

export interface ProofWish {
  readonly isCompared: boolean;
  /** Only these, with the notebook's values as their inputs. */
  readonly steps?: readonly StepId[];
}

export interface ProverNeeds {
  readonly studio: PackageNeeds;
  readonly memory: PackageMemory;
  readonly source: PackageSource;
  readonly task: TaskContext;
  readonly run: () => PackageRun;
  /** Shown at once; `record` also writes it to the disk. */
  readonly show: (run: PackageRun) => void;
  readonly record: (change: Partial<PackageRun>) => Promise<void>;
}

type Part = 'reference' | 'again';

/** Shares of the progress bar. */
const REFERENCE_FROM = 0.1;
const REFERENCE_TO = 0.45;
const STEPS_FROM = 0.55;
const STEPS_TO = 0.85;

export class PackageProver {
  readonly #needs: ProverNeeds;

  constructor(needs: ProverNeeds) {
    this.#needs = needs;
  }

  async prove(made: MadePackage, { isCompared, steps }: ProofWish): Promise<void> {
    const { studio, memory, source, task } = this.#needs;
    if (source.pipeline.whole) return this.#proveWhole(made, isCompared);
    const environment = await studio.environment();
    let current = made;
    let seen: Seen | null = null;
    if (isCompared) {
      seen = await this.#runNotebooks(environment, made, 'reference', steps);
      await this.#noteRecording(seen.recording, steps);
      if (await noteSeen(memory, seen)) {
        current = await makePackage(studio, memory, source, task, () => undefined);
      }
    }
    const python = await this.#cleanPython(current.lock, environment.python);
    const { hash: packageHash = '', codeHash = '' } = memory.made ?? {};
    const described = await describeEnvironment(python, current.lock);
    await this.#needs.record({ packageHash, codeHash, environment: described });
    await this.#runSteps(python, seen, current.place, steps);
    if (seen) {
      const again = () => this.#runNotebooks(environment, current, 'again', steps);
      await this.#compare(python, seen, again, steps);
    }
    if (!steps) await this.#serve(python);
  }

  /** The notebook among the further ones of its pipeline, in their order, in one copy of the folder. */
  async #runNotebooks(
    { id, python }: { readonly id: EnvironmentId; readonly python: string },
    made: MadePackage,
    part: Part,
    steps?: readonly StepId[],
  ): Promise<Seen> {
    const folder = this.#folder(part);
    await prepareWorkspace(folder, made.place, made.data);
    const { before, after } = notebooksAround(this.#needs.source.pipeline);
    const later = steps ? after.filter((each) => steps.includes(each.id)) : after;
    const isOneOfSeveral = before.length + after.length > 0;
    const clean = isOneOfSeveral ? await this.#cleanPython(made.lock, python) : '';
    await this.#runWholes(clean, part, before);
    // A notebook after this one has need of all that this one leaves.
    const seen = await this.#runNotebook(id, made, part, later.length > 0 ? undefined : steps);
    await this.#runWholes(clean, part, later);
    return seen;
  }

  /** The notebook is one step: its own kernel runs it, once as it is and once in the package. */
  async #proveWhole(made: MadePackage, isCompared: boolean): Promise<void> {
    const { studio, memory } = this.#needs;
    const environment = await studio.environment();
    const python = await this.#cleanPython(made.lock, environment.python);
    const { hash: packageHash = '', codeHash = '' } = memory.made ?? {};
    const described = await describeEnvironment(python, made.lock);
    await this.#needs.record({ packageHash, codeHash, environment: described });
    const seen = isCompared ? await this.#runWhole(python, made, 'reference') : null;
    await this.#runSteps(python, seen, made.place);
    if (seen) await this.#compare(python, seen, () => this.#runWhole(python, made, 'again'));
  }

  async #runWhole(python: string, made: MadePackage, part: Part): Promise<Seen> {
    const folder = this.#folder(part);
    await prepareWorkspace(folder, made.place, made.data);
    await this.#runWholes(python, part, this.#needs.source.pipeline.steps);
    const recording = { format: 1 as const, recordedAt: Date.now(), python: '', cells: [] };
    return { files: [], modules: [], recording };
  }

  async #runWholes(python: string, part: Part, steps: readonly Step[]): Promise<void> {
    const { studio, memory, task } = this.#needs;
    for (const { id: stepId, notebook } of steps) {
      const name = notebook?.path ?? memory.notebookName;
      task.progress(REFERENCE_FROM, `${name} as it is, by its own kernel`);
      const { python: notebookPython } = await studio.environment();
      const folder = this.#folder(part);
      const file = notebook ? join(memory.notebookFolder, name) : await this.#asItIs(folder);
      await runWholeReference({
        ...this.#program(python),
        ...{ resources: studio.resources, folder, stepId, notebook: file, notebookPython },
      });
    }
  }

  /** The open notebook, with edits that are not saved yet. */
  async #asItIs(folder: string): Promise<string> {
    const { memory, source } = this.#needs;
    const { kernel = '', language = '' } = source.pipeline.whole ?? {};
    const file = join(folder, memory.notebookName);
    await writeFile(file, wholeNotebookText({ cells: source.cells, kernel, language }));
    return file;
  }

  /** Kept beside the notebook where it is the notebook as it stands: all of it, with its own parameters. */
  async #noteRecording(recording: Recording, steps?: readonly StepId[]): Promise<void> {
    const { studio, source, run, record } = this.#needs;
    const sum = (pick: (cell: Recording['cells'][number]) => number) =>
      recording.cells.reduce((total, cell) => total + pick(cell), 0);
    const wallMs = Milliseconds(sum((cell) => cell.wallMs));
    const recorderMs = Milliseconds(sum((cell) => cell.recorderMs));
    await record({
      reference: { python: recording.python, wallMs, recorderMs, isRepeatable: null },
    });
    const isPlain = !steps && Object.keys(run().parameters).length === 0;
    if (isPlain) await studio.recorded?.(source.path, recording);
  }

  /** The steps have been run already and only the choice of what to serve is new. */
  async serveOnly(made: MadePackage): Promise<void> {
    const { studio, memory } = this.#needs;
    const environment = await studio.environment();
    const python = await this.#cleanPython(made.lock, environment.python);
    await this.#needs.record({
      packageHash: memory.made?.hash ?? '',
      environment: await describeEnvironment(python, made.lock),
      serviceMeasurement: null,
    });
    await this.#serve(python);
  }

  /** The Python of the clean environment, made if it is not there yet. */
  async environment(made: MadePackage): Promise<string> {
    const environment = await this.#needs.studio.environment();
    return this.#cleanPython(made.lock, environment.python);
  }

  async #runNotebook(
    id: EnvironmentId,
    made: MadePackage,
    part: Part,
    steps?: readonly StepId[],
  ): Promise<Seen> {
    const { studio, source, task } = this.#needs;
    const folder = this.#folder(part);
    const once = part === 'reference' ? '' : ' once more';
    await prepareRunFiles(folder, made.place, source.cells);
    task.progress(REFERENCE_FROM, `Starting a fresh kernel for the notebook${once}`);
    const session = await studio.startFreshSession(
      id,
      notebookFolderIn(folder, made.place),
      task.signal,
    );
    try {
      return await runReference({
        session,
        cells: source.cells,
        pipeline: source.pipeline,
        resources: studio.resources,
        place: made.place,
        folder,
        seed: SEED,
        texts: cellsWithParameters(source.cells, source.pipeline, this.#needs.run().parameters),
        ...(steps ? { steps } : {}),
        locked: lockedVersions(made.lock).map(({ name }) => name),
        signal: task.signal,
        onCell: (number, total) =>
          task.progress(
            REFERENCE_FROM + ((REFERENCE_TO - REFERENCE_FROM) * number) / total,
            `The notebook in a fresh kernel${once}: cell ${number} of ${total}`,
          ),
        log: (line) => task.log(line),
      });
    } finally {
      await session.shutdown().catch(() => undefined);
    }
  }

  #cleanPython(lock: string, python: string): Promise<string> {
    const { studio, memory, task } = this.#needs;
    task.progress(0.5, 'Looking for the clean environment');
    const pythonVersion = memory.made?.python ?? '';
    const uv = () => studio.uv(task);
    return ensureCleanEnvironment({ home: studio.home, lock, python, pythonVersion, uv }, task);
  }

  async #runSteps(
    python: string,
    seen: Seen | null,
    place: NotebookPlace,
    steps?: readonly StepId[],
  ): Promise<void> {
    await mkdir(this.#folder('package'), { recursive: true });
    if (!steps) return this.#runPackage(python);
    const { pipeline } = this.#needs.source;
    if (seen) {
      const { recording } = seen;
      const folders = {
        referenceFolder: this.#folder('reference'),
        runFolder: this.#folder('package'),
      };
      await handOver({ pipeline, recording, steps, place, ...folders });
    }
    for (const { id } of pipeline.steps) {
      if (!steps.includes(id)) this.#showStep({ stepId: id, state: 'skipped' });
    }
    for (const step of steps) await this.#runPackage(python, step);
  }

  async #runPackage(python: string, only?: StepId): Promise<void> {
    const { source, memory, task } = this.#needs;
    await runSteps({
      ...(only ? { only } : {}),
      ...this.#program(python),
      runFolder: this.#folder('package'),
      seed: SEED,
      parameters: this.#needs.run().parameters,
      originOf: originsIn(memory.made?.files ?? [], source.cells),
      onStep: (change) => this.#showStep(change),
      onLine: (line) => task.log(line),
    });
  }

  #showStep(change: Partial<StepRun> & { readonly stepId: string }): void {
    const { run, show, task } = this.#needs;
    const steps = run().steps.map((step) =>
      step.stepId === change.stepId ? { ...step, ...change, stepId: step.stepId } : step,
    );
    show({ ...run(), steps });
    const share = steps.filter((step) => step.state === 'done').length / Math.max(1, steps.length);
    const word = change.state === 'running' ? 'running' : (change.state ?? '');
    task.progress(STEPS_FROM + (STEPS_TO - STEPS_FROM) * share, `Step ${change.stepId}: ${word}`);
  }

  async #compare(
    python: string,
    seen: Seen,
    again: () => Promise<Seen>,
    steps?: readonly StepId[],
  ): Promise<void> {
    const { studio, task, record, run, memory, source } = this.#needs;
    task.progress(0.88, 'Comparing the outputs with the notebook’s');
    const compareWith = (runFolder: string, golden?: string) =>
      compareOutputs({
        ...this.#program(python),
        resources: studio.resources,
        referenceFolder: this.#folder('reference'),
        runFolder,
        ...(steps ? { steps } : {}),
        ...(golden ? { golden } : {}),
      });
    const isPlain = !steps && Object.keys(run().parameters).length === 0;
    const golden = isPlain ? join(memory.folder, 'tests', 'golden') : undefined;
    const compared = await compareWith(this.#folder('package'), golden);
    const comparisons = inOrderOfCells(compared, source.pipeline, source.facts);
    await record({ comparisons });
    const found = await findCauses({
      source,
      comparisons,
      recording: seen.recording,
      wholeMs: wholeMs(run(), source.pipeline),
      packagePython: run().environment?.python ?? '',
      packageFolder: memory.folder,
      files: memory.made?.files ?? [],
      again: async () => {
        const { recording } = await again();
        task.progress(0.9, 'Comparing the notebook with itself');
        return { recording, comparisons: await compareWith(this.#folder('again')) };
      },
    });
    const { reference } = run();
    await record({
      comparisons: found.comparisons,
      ...(reference ? { reference: { ...reference, isRepeatable: found.isRepeatable } } : {}),
    });
  }

  /** Puts the model into the package and measures the service, where one is chosen. */
  async #serve(python: string): Promise<void> {
    const { memory, task, run, record } = this.#needs;
    const { serve } = memory.choices;
    if (!serve) return;
    const step = run().steps.find((each) => each.stepId === serve.stepId);
    const served = step?.artifacts.find((each) => each.name === serve.name);
    task.progress(0.92, 'Putting the model into the package');
    await exportModel(this.#program(python), this.#folder('package'));
    task.progress(0.95, 'Measuring the service');
    const sampleRow = served?.predictor?.sampleRow ?? null;
    await record({ serviceMeasurement: await measureService(this.#program(python), sampleRow) });
  }

  #program(python: string) {
    const { memory, task } = this.#needs;
    return { python, packageFolder: memory.folder, packageName: memory.name, signal: task.signal };
  }

  #folder(part: Part | 'package'): string {
    const folder = this.#needs.run().folder ?? fail('unexpected', 'The run has no folder.');
    return join(folder, part);
  }
}

const wholeMs = ({ steps }: PackageRun, { whole, ...pipeline }: Pipeline): number => {
  const isWhole = new Set(
    pipeline.steps.flatMap(({ id, notebook }) => (notebook || whole ? [id] : [])),
  );
  return steps.reduce(
    (sum, { stepId, wallMs }) => sum + (isWhole.has(stepId) ? (wallMs ?? 0) : 0),
    0,
  );
};

/** Whether the package has to be made anew with what the run showed. */
async function noteSeen(memory: PackageMemory, seen: Seen): Promise<boolean> {
  const { seenFiles = [], seenModules = [] } = memory.choices;
  const files = [...new Set([...seenFiles, ...seen.files])].sort();
  const modules = [...new Set([...seenModules, ...seen.modules])].sort();
  if (files.length === seenFiles.length && modules.length === seenModules.length) return false;
  await memory.choose({ seenFiles: files, seenModules: modules });
  return true;
}

export function hasSteps(run: PackageRun): boolean {
  return run.folder !== undefined && existsSync(join(run.folder, 'package'));
}
