/**
 * A studio host in the page, for looking at the window without one: a notebook that can be edited and "run", and
 * streams of states a caller sets. Whatever is not set answers with an error that says so.
 */
import { TaskId } from '../../shared/base/ids';
import { done, err, ok } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { studioError } from '../../shared/base/studio-error';
import type { EnvironmentList, KernelState } from '../../shared/connect';
import {
  applyNotebookEvent,
  type CellRun,
  type NotebookEvent,
  type NotebookState,
  type RunSelection,
  type UserEdit,
} from '../../shared/notebook';
import type { PipelineView } from '../../shared/pipeline';
import type { ProjectState } from '../../shared/project';
import type { Task, TaskLog } from '../../shared/task/task';
import type { Studio } from '../studio';

export interface FakeStates {
  readonly project: Store<ProjectState>;
  readonly tasks: Store<Task[]>;
  readonly taskLog: TaskLog;
  readonly kernel: Store<KernelState>;
  readonly environments: Store<EnvironmentList>;
  readonly pipeline: Store<PipelineView>;
  readonly notebook: FakeNotebook;
}

type Options = { readonly signal?: AbortSignal };

/** Holds one notebook as the host would: edits are applied, then told. */
export class FakeNotebook {
  state: NotebookState;
  readonly #listeners = new Set<(event: NotebookEvent) => void>();

  constructor(state: NotebookState) {
    this.state = state;
  }

  tell(event: NotebookEvent): void {
    this.state = applyNotebookEvent(this.state, event) ?? this.state;
    for (const listener of [...this.#listeners]) listener(event);
  }

  edit(edit: UserEdit, origin: string | null): void {
    const revision = this.state.revision + 1;
    this.tell({ type: 'edited', revision, edit, origin, canUndo: true, canRedo: false });
    this.tell({ type: 'save', save: { status: 'saved', savedAt: Date.now() } });
  }

  run(selection: RunSelection): void {
    const ids =
      selection.kind === 'cells'
        ? selection.cellIds
        : this.state.document.cells.filter(({ type }) => type === 'code').map(({ id }) => id);
    const runs = Object.fromEntries(
      ids.map((id): [string, CellRun] => [id, { state: 'succeeded', ms: 40, endedAt: Date.now() }]),
    );
    this.tell({ type: 'runs', runs });
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<NotebookEvent, void, void> {
    const queue: NotebookEvent[] = [{ type: 'snapshot', state: this.state }];
    let wake: (() => void) | null = null;
    const listener = (event: NotebookEvent) => {
      queue.push(event);
      wake?.();
    };
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => wake?.());
    while (!signal?.aborted) {
      const next = queue.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    this.#listeners.delete(listener);
  }
}

/** A stream that says nothing until it is given up. */
async function* silent(signal?: AbortSignal): AsyncGenerator<never, void, void> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
}

const unset = () => err(studioError('unexpected', 'The preview has no engine behind it.'));

function verbs(states: FakeStates): Record<string, Record<string, unknown>> {
  const { notebook, project } = states;
  const taskId = TaskId('preview');
  return {
    project: {
      watch: async (_: unknown, { signal }: Options) => project.watch(signal),
      setSettings: async (change: Partial<ProjectState['settings']>) => {
        project.update((state) => ({ ...state, settings: { ...state.settings, ...change } }));
        return done;
      },
      close: async () => {
        project.update((state) => ({ ...state, open: null }));
        return done;
      },
    },
    task: {
      watch: async (_: unknown, { signal }: Options) => states.tasks.watch(signal),
      watchLog: async (_: unknown, { signal }: Options) => new Store(states.taskLog).watch(signal),
      clear: async () => done,
    },
    connect: {
      watchKernel: async (_: unknown, { signal }: Options) => states.kernel.watch(signal),
      watchEnvironments: async (_: unknown, { signal }: Options) =>
        states.environments.watch(signal),
      refreshEnvironments: async () => done,
      checkImports: async () => done,
      connectLocal: async () => ok({ taskId }),
    },
    notebook: {
      open: async ({ path }: { path: string }) => ok({ path }),
      watch: async (_: unknown, { signal }: Options) => notebook.watch(signal),
      edit: async ({ edit, origin }: { edit: UserEdit; origin: string | null }) => {
        notebook.edit(edit, origin);
        return ok({ revision: notebook.state.revision });
      },
      run: async ({ selection }: { selection: RunSelection }) => {
        notebook.run(selection);
        return done;
      },
      save: async () => done,
      interrupt: async () => done,
      restart: async () => done,
      complete: async ({ offset }: { offset: number }) =>
        ok({ start: offset, end: offset, matches: [{ text: 'fit', type: 'function' }] }),
      inspect: async () => ok({ 'text/plain': 'Signature: fit(X, y)' }),
    },
    pipeline: {
      watch: async (_: unknown, { signal }: Options) => states.pipeline.watch(signal),
    },
  };
}

export function fakeStudio(states: FakeStates): Studio {
  const known = verbs(states);
  const slice = (name: string) =>
    new Proxy(known[name] ?? {}, {
      get: (target, verb: string) =>
        target[verb] ??
        (verb.startsWith('watch') || verb.startsWith('follow')
          ? async (_: unknown, options?: Options) => silent(options?.signal)
          : async () => unset()),
    });
  const studio = new Proxy({}, { get: (_, name: string) => slice(name) });
  return studio as Studio;
}
