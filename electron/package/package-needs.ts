/** What the package stage needs of the rest of the studio. */
import type { EnvironmentId } from '../../shared/base/ids';
import type {
  CellSource,
  NotebookFacts,
  OtherNotebook,
  Pipeline,
  Recording,
} from '../../shared/pipeline';
import type { KernelSession } from '../connect';
import type { TaskContext, TaskRunner } from '../task';
import type { Uv } from './uv-lock';

/** The notebook as the package is made from it. */
export interface PackageSource {
  readonly path: string;
  readonly cells: readonly CellSource[];
  readonly facts: NotebookFacts;
  readonly pipeline: Pipeline;
  /** Further notebooks of the pipeline, each a step. */
  readonly others?: readonly OtherNotebook[];
}

export interface PackageNeeds {
  readonly home: string;
  readonly resources: string;
  readonly tasks: TaskRunner;
  /** The open notebook as it is now, or null. */
  readonly source: () => Promise<PackageSource | null>;
  /** The environment of the notebook's kernel; throws a StudioFailure that says what to do where there is none. */
  readonly environment: () => Promise<{ readonly id: EnvironmentId; readonly python: string }>;
  /** Hears what a run of the notebook as it stands has shown. */
  readonly recorded?: (path: string, recording: Recording) => Promise<void>;
  readonly uv: (task: TaskContext) => Promise<Uv>;
  readonly startFreshSession: (
    id: EnvironmentId,
    folder: string,
    signal: AbortSignal,
  ) => Promise<KernelSession>;
}

/** Both the notebook and the package begin their random streams here, so that unseeded draws can be compared. */
export const SEED = 20_260_101;
