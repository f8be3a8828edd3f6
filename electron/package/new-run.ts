/** The record of a run as it begins, how it ends badly, and what is said of it when it ends well. */
import { randomBytes } from 'node:crypto';
import { RunId } from '../../shared/base/ids';
import type { StudioError } from '../../shared/base/studio-error';
import { countVerdicts, type PackageRun, type StepRun } from '../../shared/package';
import { lockedVersions } from './lock-text';
import type { PackageMemory } from './package-memory';
import { type PackageSource, SEED } from './package-needs';

export function newRun(
  memory: PackageMemory,
  source: PackageSource,
  parameters: Readonly<Record<string, string>>,
  folderOf: (runId: string) => string,
): PackageRun {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const runId = RunId(`${stamp}-${randomBytes(2).toString('hex')}`);
  return {
    runId,
    packageHash: memory.made?.hash ?? '',
    codeHash: memory.made?.codeHash ?? '',
    packageName: memory.name,
    notebookName: memory.notebookName,
    folder: folderOf(runId),
    state: 'running',
    startedAt: Date.now(),
    endedAt: null,
    seed: SEED,
    parameters: { ...parameters },
    steps: source.pipeline.steps.map(({ id }) => waiting(id)),
    comparisons: [],
    environment: null,
    serviceMeasurement: null,
    error: null,
  };
}

function waiting(stepId: StepRun['stepId']): StepRun {
  return {
    stepId,
    state: 'waiting',
    wallMs: null,
    cpuMs: null,
    peakMemoryBytes: null,
    artifacts: [],
    outputTail: '',
    error: null,
  };
}

export function endedBadly(run: PackageRun, error: StudioError, isCancelled: boolean): PackageRun {
  return {
    ...run,
    state: isCancelled ? 'cancelled' : 'failed',
    endedAt: Date.now(),
    error: isCancelled ? null : error,
    steps: run.steps.map((step) =>
      step.state === 'running' || (isCancelled && step.state === 'waiting')
        ? { ...step, state: isCancelled ? 'cancelled' : 'failed' }
        : step,
    ),
  };
}

/** Whether the run would give the same with this lock file: only the choice of what to serve has come after it. */
export function isStillTrue(
  run: PackageRun,
  memory: PackageMemory,
  lock: string,
  parameters: Readonly<Record<string, string>>,
): boolean {
  if (run.state !== 'succeeded' || run.onlySteps || !memory.made) return false;
  if (run.packageHash === memory.made.hash || run.codeHash !== memory.made.codeHash) return false;
  if (JSON.stringify(run.parameters) !== JSON.stringify(parameters)) return false;
  const locked = new Map(lockedVersions(lock).map(({ name, version }) => [name, version]));
  const before = run.environment?.packages ?? [];
  return before.every(({ name, version }) => locked.get(name) === version);
}

export function describeOutcome({ comparisons }: PackageRun): string {
  const { identical, withinTolerance, different, notCompared } = countVerdicts(comparisons);
  const compared = identical + withinTolerance + different;
  if (comparisons.length === 0) return 'The package ran to its end';
  if (different > 0) {
    return `The package ran; ${different} of ${compared} outputs differ from the notebook’s`;
  }
  const rest = notCompared > 0 ? `, ${notCompared} can’t be compared` : '';
  return `The package gives what the notebook gives: ${compared} of ${compared} outputs${rest}`;
}
