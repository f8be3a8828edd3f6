/** Runs long work so that it can be seen, cancelled and told about. */
import { randomUUID } from 'node:crypto';
import { TaskId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { done, err, ok } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { type StudioError, studioError, toStudioError } from '../../shared/base/studio-error';
import type { Stage } from '../../shared/stages';
import { TASK_LOG_LINES, type Task, type TaskLog } from '../../shared/task/task';

export interface TaskContext {
  readonly id: TaskId;
  readonly signal: AbortSignal;
  /** `fraction` from 0 to 1, or null where the amount of work cannot be known. */
  progress(fraction: number | null, message: string): void;
  log(line: string): void;
}

export interface TaskSpec<T> {
  readonly stage: Stage;
  readonly label: string;
  readonly outcome?: (value: T) => string;
}

export interface StartedTask<T> {
  readonly id: TaskId;
  readonly result: Promise<Result<T>>;
}

export class TaskRunner {
  readonly list = new Store<Task[]>([]);
  readonly #logs = new Map<TaskId, Store<TaskLog>>();
  readonly #aborts = new Map<TaskId, AbortController>();

  run<T>(spec: TaskSpec<T>, work: (task: TaskContext) => Promise<T>): StartedTask<T> {
    const id = TaskId(randomUUID());
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#logs.set(id, new Store<TaskLog>({ dropped: 0, lines: [] }));
    this.list.update((tasks) => [newTask(id, spec), ...tasks]);
    return { id, result: this.#settle(id, spec, () => work(this.#context(id, abort.signal))) };
  }

  cancel(id: TaskId): Result<null> {
    const abort = this.#aborts.get(id);
    if (!abort) return err(studioError('not-found', 'That task has already ended.'));
    abort.abort();
    return done;
  }

  log(id: TaskId): Store<TaskLog> | undefined {
    return this.#logs.get(id);
  }

  /** Forgets the ended tasks and their logs. */
  clear(): void {
    for (const task of this.list.value) if (task.state !== 'running') this.#logs.delete(task.id);
    this.list.update((tasks) => tasks.filter((task) => task.state === 'running'));
  }

  dispose(): void {
    for (const abort of this.#aborts.values()) abort.abort();
  }

  async #settle<T>(id: TaskId, spec: TaskSpec<T>, work: () => Promise<T>): Promise<Result<T>> {
    try {
      const value = await work();
      this.#change(id, { state: 'succeeded', outcome: spec.outcome?.(value), endedAt: Date.now() });
      return ok(value);
    } catch (thrown) {
      const wasCancelled = this.#aborts.get(id)?.signal.aborted ?? false;
      const error = wasCancelled ? studioError('cancelled', 'Cancelled.') : toStudioError(thrown);
      this.#change(id, ended(error));
      return err(error);
    } finally {
      this.#aborts.delete(id);
    }
  }

  #context(id: TaskId, signal: AbortSignal): TaskContext {
    return {
      id,
      signal,
      progress: (fraction, message) => this.#change(id, { progress: { fraction, message } }),
      log: (line) => this.#logs.get(id)?.update((log) => appendLine(log, line)),
    };
  }

  #change(id: TaskId, change: Partial<Task>): void {
    this.list.update((tasks) =>
      tasks.map((task) => (task.id === id ? { ...task, ...change } : task)),
    );
  }
}

function newTask<T>(id: TaskId, spec: TaskSpec<T>): Task {
  return {
    id,
    stage: spec.stage,
    label: spec.label,
    state: 'running',
    progress: { fraction: null, message: '' },
    startedAt: Date.now(),
  };
}

function ended(error: StudioError): Partial<Task> {
  return error.kind === 'cancelled'
    ? { state: 'cancelled', endedAt: Date.now() }
    : { state: 'failed', error, endedAt: Date.now() };
}

function appendLine(log: TaskLog, line: string): TaskLog {
  const lines = [...log.lines, line];
  const surplus = Math.max(0, lines.length - TASK_LOG_LINES);
  return { dropped: log.dropped + surplus, lines: lines.slice(surplus) };
}
