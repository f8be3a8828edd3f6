/** Runs the cells of one notebook in order, whoever is watching, and keeps what they show. */
import type { CellId } from '../../shared/base/ids';
import { done, err, type Result } from '../../shared/base/result';
import {
  type StudioError,
  StudioFailure,
  studioError,
  toStudioError,
} from '../../shared/base/studio-error';
import type { ExecutionResult, KernelOutput } from '../../shared/connect';
import {
  type Cell,
  type CellRun,
  type CollectedOutputs,
  collectOutput,
  type InputRequest,
  NO_OUTPUTS,
  type OutputChange,
  outputChanges,
  updateDisplay,
} from '../../shared/notebook';
import type { TaskContext, TaskRunner } from '../task';
import { cellFailure, kernelProblem, noKernel } from './cell-failure';
import type { KernelSession } from './kernel-session';
import type { NotebookEditor } from './notebook-editor';
import { OutputBatcher } from './output-batcher';

export interface RunnerEvents {
  runs(runs: Record<string, CellRun>): void;
  outputs(changes: OutputChange[]): void;
  input(request: InputRequest | null): void;
}

interface Needs {
  readonly editor: NotebookEditor;
  readonly session: () => KernelSession | null;
  readonly tasks: TaskRunner;
  readonly events: RunnerEvents;
  readonly now?: () => number;
}

export class CellRunner {
  readonly #runs = new Map<CellId, CellRun>();
  readonly #collected = new Map<CellId, CollectedOutputs>();
  readonly #batcher = new OutputBatcher<CellId>((ids) => this.#show(ids));
  #queue: CellId[] = [];
  #current: CellId | null = null;
  #draining: Promise<Result<null>> | null = null;
  #answer: ((text: string) => void) | null = null;
  #inputRequest: InputRequest | null = null;
  #wasInterrupted = false;

  constructor(private readonly needs: Needs) {}

  get runs(): Record<string, CellRun> {
    return Object.fromEntries(this.#runs);
  }

  get inputRequest(): InputRequest | null {
    return this.#inputRequest;
  }

  get isRunning(): boolean {
    return this.#draining !== null;
  }

  /** Queues the code cells among `cells` that are neither queued nor running. */
  run(cells: readonly Cell[]): Result<null> {
    const session = this.needs.session();
    const problem = session ? kernelProblem(session.state.value) : noKernel();
    if (problem) return err(problem);
    const code = cells.filter((cell) => cell.type === 'code');
    const ids = code
      .map((cell) => cell.id)
      .filter((id) => id !== this.#current && !this.#queue.includes(id));
    this.#queue.push(...ids);
    this.#setRuns(ids, { state: 'queued' });
    if (this.#queue.length > 0 && !this.#draining) this.#begin();
    return done;
  }

  /** Waits for the queue to end: the first failure, or done. */
  async ended(): Promise<Result<null>> {
    return (await this.#draining) ?? done;
  }

  async interrupt(): Promise<Result<null>> {
    this.#wasInterrupted = true;
    this.#dropQueue();
    return this.#attempt((session) => session.interrupt());
  }

  async restart(): Promise<Result<null>> {
    this.#wasInterrupted = true;
    this.#dropQueue();
    const result = await this.#attempt((session) => session.restart());
    await this.#draining;
    if (result.ok) this.#outdate([...this.#runs.keys()], 'kernel-restarted');
    return result;
  }

  answerInput(text: string): Result<null> {
    if (!this.#answer) return err(studioError('precondition', 'No cell is waiting for input.'));
    this.#answer(text);
    this.#setInput(null, null);
    return done;
  }

  /** After an edit: cells with another source than the one that ran are stale. */
  noticeEdit(before: readonly Cell[], after: readonly Cell[]): void {
    const old = new Map(before.map((cell) => [cell.id, cell]));
    const changed = after.filter((cell) => old.get(cell.id)?.source !== cell.source);
    this.#outdate(
      changed.map((cell) => cell.id),
      'edited',
    );
    for (const cell of after) {
      if (old.get(cell.id)?.outputs !== cell.outputs) this.#forget(cell);
    }
  }

  #begin(): void {
    const total = this.#queue.length;
    const label = total === 1 ? 'Run a cell' : `Run ${total} cells`;
    this.#draining = this.needs.tasks
      .run({ stage: 'notebook', label }, (task) => this.#drain(task))
      .result.then((result) => (result.ok ? done : result))
      .finally(() => {
        this.#draining = null;
        if (this.#queue.length > 0) this.#begin();
      });
  }

  async #drain(task: TaskContext): Promise<void> {
    this.#wasInterrupted = false;
    const cancel = () => void this.interrupt();
    task.signal.addEventListener('abort', cancel, { once: true });
    let count = 0;
    try {
      for (let id = this.#queue.shift(); id; id = this.#queue.shift()) {
        task.progress(count / (count + this.#queue.length + 1), this.#numberOf(id));
        this.#current = id;
        await this.#runCell(id);
        count += 1;
      }
    } finally {
      task.signal.removeEventListener('abort', cancel);
      this.#current = null;
      this.#dropQueue();
      this.#setInput(null, null);
      this.#batcher.flush();
    }
  }

  /** Throws what went wrong, so that the queue ends there. */
  async #runCell(id: CellId): Promise<void> {
    const cell = this.needs.editor.cell(id);
    const session = this.needs.session();
    if (cell?.type !== 'code') return void this.#runs.delete(id);
    const startedAt = this.#now();
    this.#setRuns([id], { state: 'running', startedAt });
    this.#clear(cell);
    const ended = await this.#execute(session, cell);
    this.#batcher.flush();
    const ms = this.#now() - startedAt;
    const endedAt = this.#now();
    if (ended === null) this.#setRuns([id], { state: 'idle' });
    else if (ended === 'ok') this.#setRuns([id], this.#succeeded(cell, ms, endedAt));
    else {
      this.#setRuns([id], { state: 'failed', ms, endedAt, error: ended });
      throw new StudioFailure(ended);
    }
  }

  /** An edit in mid-run leaves a result of a source that is no longer there. */
  #succeeded(ran: Cell, ms: number, endedAt: number): CellRun {
    const isSame = this.needs.editor.cell(ran.id)?.source === ran.source;
    return isSame ? { state: 'succeeded', ms, endedAt } : { state: 'stale', reason: 'edited' };
  }

  /** Null when the kernel did not run it. */
  async #execute(session: KernelSession | null, cell: Cell): Promise<StudioError | 'ok' | null> {
    if (!session) return noKernel();
    const problem = kernelProblem(session.state.value);
    if (problem) return problem;
    const place = { cellId: cell.id, cellNumber: this.#indexOf(cell.id) + 1 };
    try {
      const reply = await session.execute(cell.source, {
        onOutput: (output) => this.#collect(cell.id, output),
        onInputRequest: (request) => this.#ask({ cellId: cell.id, ...request }),
      });
      if (reply.failure) return { ...reply.failure, place };
      this.#count(cell.id, reply.executionCount);
      if (reply.status !== 'error') return reply.status === 'ok' ? 'ok' : null;
      this.#showFailure(cell.id, reply);
      return cellFailure(reply.error, place, this.#wasInterrupted);
    } catch (thrown) {
      return { ...toStudioError(thrown), place };
    }
  }

  /** Some failures (`% matplotlib`) come with the reply only. */
  #showFailure(id: CellId, { error }: ExecutionResult): void {
    const shown = this.#collected.get(id)?.outputs ?? [];
    if (!error || shown.some((output) => output.output_type === 'error')) return;
    this.#collect(id, { output_type: 'error', ...error });
  }

  #collect(id: CellId, message: KernelOutput): void {
    if (message.output_type === 'update_display_data') {
      for (const [other, before] of this.#collected) {
        const after = updateDisplay(before, message);
        if (after !== before) this.#keep(other, after);
      }
      return;
    }
    this.#keep(id, collectOutput(this.#collected.get(id) ?? NO_OUTPUTS, message));
  }

  #keep(id: CellId, collected: CollectedOutputs): void {
    this.#collected.set(id, collected);
    this.#batcher.add(id);
  }

  #show(ids: readonly CellId[]): void {
    const changes = ids.flatMap((id) => {
      const cell = this.needs.editor.cell(id);
      const outputs = this.#collected.get(id)?.outputs;
      if (!cell || !outputs) return [];
      this.needs.editor.setOutputs(id, outputs, cell.executionCount);
      return outputChanges(id, cell.outputs, outputs);
    });
    if (changes.length > 0) this.needs.events.outputs(changes);
  }

  #clear(cell: Cell): void {
    this.#collected.set(cell.id, NO_OUTPUTS);
    this.needs.editor.setOutputs(cell.id, [], null);
    this.needs.events.outputs([
      { kind: 'clear', cellId: cell.id },
      { kind: 'execution-count', cellId: cell.id, executionCount: null },
    ]);
  }

  #count(cellId: CellId, executionCount: number | null): void {
    this.#batcher.flush();
    const cell = this.needs.editor.cell(cellId);
    if (!cell) return;
    this.needs.editor.setOutputs(cellId, cell.outputs, executionCount);
    this.needs.events.outputs([{ kind: 'execution-count', cellId, executionCount }]);
  }

  /** A person cleared or restored the outputs: what comes now goes on from there. */
  #forget(cell: Cell): void {
    if (!this.#collected.has(cell.id)) return;
    const displayIds = cell.outputs.map(() => null);
    this.#collected.set(cell.id, { outputs: cell.outputs, displayIds, clearsOnNext: false });
  }

  #ask(request: InputRequest): Promise<string> {
    this.#batcher.flush();
    return new Promise((resolve) => this.#setInput(request, resolve));
  }

  #setInput(request: InputRequest | null, answer: ((text: string) => void) | null): void {
    const isNews = request !== this.#inputRequest;
    this.#inputRequest = request;
    this.#answer = answer;
    if (isNews) this.needs.events.input(request);
  }

  #dropQueue(): void {
    const dropped = this.#queue.splice(0);
    this.#setRuns(dropped, { state: 'idle' });
  }

  #outdate(ids: readonly CellId[], reason: 'edited' | 'kernel-restarted'): void {
    const ran = ids.filter((id) => {
      const state = this.#runs.get(id)?.state;
      return state === 'succeeded' || state === 'failed';
    });
    this.#setRuns(ran, { state: 'stale', reason });
  }

  #setRuns(ids: readonly CellId[], run: CellRun): void {
    if (ids.length === 0) return;
    for (const id of ids) this.#runs.set(id, run);
    this.needs.events.runs(Object.fromEntries(ids.map((id) => [id, run])));
  }

  async #attempt(work: (session: KernelSession) => Promise<void>): Promise<Result<null>> {
    const session = this.needs.session();
    if (!session) return err(noKernel());
    try {
      await work(session);
      return done;
    } catch (thrown) {
      return err(toStudioError(thrown));
    }
  }

  #indexOf(id: CellId): number {
    return this.needs.editor.document.cells.findIndex((cell) => cell.id === id);
  }

  #numberOf(id: CellId): string {
    return `Cell ${this.#indexOf(id) + 1}`;
  }

  #now(): number {
    return (this.needs.now ?? Date.now)();
  }
}
