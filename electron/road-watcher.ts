/** Keeps the rail true: whenever a stage's state changes, all stages' states are told to the project anew. */
import { applyNotebookEvent, type NotebookState } from '../shared/notebook';
import type { PipelineView } from '../shared/pipeline';
import { type NotebookCounts, type RoadFacts, roadStates } from '../shared/road';
import type { StageStates } from '../shared/stages';
import type { NotebookService } from './notebook';
import type { PipelineService } from './pipeline';

export interface RoadNeeds {
  readonly notebook: Pick<NotebookService, 'watch'>;
  readonly pipeline: Pick<PipelineService, 'watch'>;
  /** Everything but the notebook and its pipeline, as it is now. */
  readonly facts: () => Omit<RoadFacts, 'notebook' | 'pipeline'>;
  readonly tell: (stages: StageStates) => void;
  /** The pipeline of the open notebook changed. */
  readonly onDidChangePipeline: () => void;
}

/** Several changes of one moment are told once. */
const SETTLE_MS = 40;

export class RoadWatcher {
  readonly #needs: RoadNeeds;
  #following = new AbortController();
  #notebook: NotebookState | null = null;
  #pipeline: PipelineView | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(needs: RoadNeeds) {
    this.#needs = needs;
  }

  /** Another notebook was opened, or none. */
  follow(path: string | null): void {
    this.#following.abort();
    this.#following = new AbortController();
    this.#notebook = null;
    this.#pipeline = null;
    if (path !== null) {
      void this.#followNotebook(path, this.#following.signal);
      void this.#followPipeline(path, this.#following.signal);
    }
    this.changed();
  }

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const notebook = this.#notebook && countCells(this.#notebook);
      this.#needs.tell(roadStates({ ...this.#needs.facts(), notebook, pipeline: this.#pipeline }));
    }, SETTLE_MS);
  }

  dispose(): void {
    this.#following.abort();
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #followNotebook(path: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.#needs.notebook.watch(path, signal)) {
        if (signal.aborted) return;
        this.#notebook =
          event.type === 'snapshot'
            ? event.state
            : this.#notebook && applyNotebookEvent(this.#notebook, event);
        this.changed();
      }
    } catch {
      // A notebook that cannot be followed has nothing to tell; who opened it was told why.
    }
  }

  async #followPipeline(path: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const view of this.#needs.pipeline.watch(path, signal)) {
        if (signal.aborted) return;
        this.#pipeline = view;
        this.#needs.onDidChangePipeline();
        this.changed();
      }
    } catch {
      // As above.
    }
  }
}

function countCells({ document, runs }: NotebookState): NotebookCounts {
  const code = document.cells.filter(({ type, source }) => type === 'code' && source.trim() !== '');
  const inState = (...states: readonly string[]) =>
    code.filter(({ id }) => states.includes(runs[id]?.state ?? 'idle')).length;
  return {
    cells: document.cells.length,
    code: code.length,
    succeeded: inState('succeeded'),
    failed: inState('failed'),
    running: inState('queued', 'running'),
  };
}
