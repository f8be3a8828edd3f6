/** All open notebooks by path: what the contract offers, and what the CLI and later stages use. */
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { CellId } from '../../shared/base/ids';
import { done, err, ok, type Result } from '../../shared/base/result';
import {
  type StudioError,
  StudioFailure,
  studioError,
  toStudioError,
} from '../../shared/base/studio-error';
import {
  type Completion,
  type ConflictChoice,
  type MimeBundle,
  type NotebookDocument,
  type NotebookEvent,
  parseNotebook,
  type RunSelection,
  readOnlyNotebook,
  type UserEdit,
} from '../../shared/notebook';
import { answer } from '../base/answer';
import { writeAtomic } from '../base/files';
import type { TaskRunner } from '../task';
import { kernelProblem, noKernel } from './cell-failure';
import type { KernelSession } from './kernel-session';
import { hashOnDisk, readNotebookFile } from './notebook-file';
import { type NotebookNeeds, OpenNotebook } from './open-notebook';
import { ReadOnlyNotebook } from './read-only-notebook';

export interface NotebookServiceNeeds {
  readonly home: string;
  readonly tasks: TaskRunner;
  readonly connect: { readonly session: KernelSession | null };
  /** Saved this long after the last edit; on unless the setting says otherwise. */
  readonly isAutosaveOn?: () => boolean;
  readonly autosaveMs?: number;
  readonly write?: (path: string, text: string) => Promise<void>;
}

const AUTOSAVE_MS = 2000;

export class NotebookService {
  readonly #open = new Map<string, Promise<OpenNotebook>>();
  readonly #readOnly = new Map<string, ReadOnlyNotebook>();
  readonly #needs: NotebookNeeds;

  constructor(needs: NotebookServiceNeeds) {
    this.#needs = {
      home: needs.home,
      tasks: needs.tasks,
      session: () => needs.connect.session,
      isAutosaveOn: needs.isAutosaveOn ?? (() => true),
      autosaveMs: needs.autosaveMs ?? AUTOSAVE_MS,
      write: needs.write ?? writeAtomic,
    };
  }

  /** Opens it, or finds it open; a file that is no valid notebook is an error with its place. */
  async open(path: string): Promise<Result<{ path: string }>> {
    const absolute = resolve(path);
    const known = this.#open.get(absolute);
    const opening = known ?? OpenNotebook.open(absolute, this.#needs);
    this.#open.set(absolute, opening);
    try {
      await opening;
      this.#readOnly.get(absolute)?.close();
      this.#readOnly.delete(absolute);
      return ok({ path: absolute });
    } catch (thrown) {
      this.#open.delete(absolute);
      return err(toStudioError(thrown));
    }
  }

  openReadOnly(path: string): Promise<Result<{ path: string }>> {
    return answer(async () => {
      const absolute = resolve(path);
      const { text } = await readNotebookFile(absolute);
      this.#readOnly.set(absolute, new ReadOnlyNotebook(readOnlyNotebook(text, absolute)));
      return { path: absolute };
    });
  }

  /** A notebook's content without opening it: for the CLI, analysis and packaging. */
  read(path: string): Promise<Result<NotebookDocument>> {
    return answer(async () => {
      const absolute = resolve(path);
      const opened = this.#open.get(absolute);
      if (opened) return (await opened).editor.document;
      const parsed = parseNotebook((await readNotebookFile(absolute)).text, absolute);
      if (!parsed.ok) throw new StudioFailure(parsed.error);
      return parsed.value.document;
    });
  }

  /** The state, then each event; opens the notebook where it is not open. */
  async *watch(path: string, signal?: AbortSignal): AsyncGenerator<NotebookEvent, void, void> {
    const view = this.#readOnly.get(resolve(path));
    if (view) {
      yield* view.watch(signal);
      return;
    }
    const opened = await this.open(path);
    if (!opened.ok) throw new StudioFailure(opened.error);
    const notebook = await this.#open.get(opened.value.path);
    if (notebook) yield* notebook.watch(signal);
  }

  edit(path: string, edit: UserEdit, origin: string | null = null) {
    return this.#with(path, (notebook) => notebook.edit(edit, origin));
  }

  undo(path: string) {
    return this.#with(path, (notebook) => notebook.editor.undo());
  }

  redo(path: string) {
    return this.#with(path, (notebook) => notebook.editor.redo());
  }

  save(path: string): Promise<Result<null>> {
    return this.#with(path, (notebook) => notebook.keeper.saveNow());
  }

  saveAs(path: string, to: string, overwrite = false): Promise<Result<{ path: string }>> {
    return this.#with(path, async (notebook) => {
      const target = resolve(to);
      if (target === notebook.path) {
        const saved = await notebook.keeper.saveNow();
        return saved.ok ? ok({ path: target }) : saved;
      }
      if (this.#open.has(target)) return err(alreadyOpen(target));
      if (!overwrite && (await hashOnDisk(target)) !== null) return err(alreadyThere(target));
      await this.#move(notebook, target);
      return ok({ path: target });
    });
  }

  /** Saves first; with `discard` the unsaved edits and the running cell are given up. */
  close(path: string, discard = false): Promise<Result<null>> {
    const absolute = resolve(path);
    const view = this.#readOnly.get(absolute);
    if (view) {
      view.close();
      this.#readOnly.delete(absolute);
      return Promise.resolve(done);
    }
    return this.#with(path, async (notebook) => {
      if (notebook.runner.isRunning && !discard) return err(stillRunning(absolute));
      if (notebook.runner.isRunning) await notebook.runner.interrupt();
      if (!discard && notebook.keeper.isUnsaved) {
        const saved = await notebook.keeper.saveNow();
        if (!saved.ok) return saved;
      }
      this.#open.delete(absolute);
      await notebook.dispose(true);
      return done;
    });
  }

  resolveConflict(path: string, choice: ConflictChoice): Promise<Result<{ path: string }>> {
    return this.#with(path, async (notebook) => {
      if (choice !== 'save-copy') return await notebook.resolveConflict(choice, '');
      const copy = await this.#freeCopyName(notebook.path);
      if (notebook.keeper.conflict?.kind !== 'deleted') {
        return await notebook.resolveConflict(choice, copy);
      }
      await this.#move(notebook, copy);
      return ok({ path: copy });
    });
  }

  resolveRecovery(path: string, choice: 'keep' | 'discard'): Promise<Result<null>> {
    return this.#with(path, (notebook) => notebook.resolveRecovery(choice));
  }

  /** Answers when the cells are queued. */
  run(path: string, selection: RunSelection): Promise<Result<null>> {
    return this.#with(path, (notebook) => notebook.run(selection));
  }

  /** Answers when they have ended: the first failure, or done. */
  runToEnd(path: string, selection: RunSelection): Promise<Result<null>> {
    return this.#with(path, async (notebook) => {
      const queued = notebook.run(selection);
      return queued.ok ? await notebook.runner.ended() : queued;
    });
  }

  interrupt(path: string): Promise<Result<null>> {
    return this.#with(path, (notebook) => notebook.runner.interrupt());
  }

  restart(path: string): Promise<Result<null>> {
    return this.#with(path, (notebook) => notebook.runner.restart());
  }

  answerInput(path: string, text: string): Promise<Result<null>> {
    return this.#with(path, (notebook) => notebook.runner.answerInput(text));
  }

  fetchOutput(path: string, cellId: CellId, index: number) {
    return this.#with(path, (notebook) => notebook.fetchOutput(cellId, index));
  }

  complete(code: string, offset: number): Promise<Result<Completion>> {
    return this.#ask(async (session) => {
      const { matches, types, start, end } = await session.complete(code, offset);
      const typed = matches.map((text, index) => ({ text, type: types[index] ?? null }));
      return { start, end, matches: typed };
    });
  }

  inspect(code: string, offset: number): Promise<Result<MimeBundle | null>> {
    return this.#ask(async (session) => {
      const { found, data } = await session.inspect(code, offset);
      return found ? { ...data } : null;
    });
  }

  /** Before the host ends: nothing unsaved is lost. */
  async dispose(): Promise<void> {
    const all = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const opened of all) {
      if (opened.status === 'rejected') continue;
      await opened.value.keeper.flush();
      await opened.value.dispose(false);
    }
    for (const view of this.#readOnly.values()) view.close();
  }

  async #with<T>(
    path: string,
    work: (notebook: OpenNotebook) => Result<T> | Promise<Result<T>>,
  ): Promise<Result<T>> {
    const absolute = resolve(path);
    if (this.#readOnly.has(absolute)) return err(readOnly(absolute));
    const opened = this.#open.get(absolute);
    if (!opened) return err(notOpen(absolute));
    try {
      return await work(await opened);
    } catch (thrown) {
      return err(toStudioError(thrown));
    }
  }

  async #ask<T>(work: (session: KernelSession) => Promise<T>): Promise<Result<T>> {
    const session = this.#needs.session();
    const problem = session ? kernelProblem(session.state.value) : noKernel();
    if (!session || problem) return err(problem ?? noKernel());
    return await answer(() => work(session));
  }

  async #move(notebook: OpenNotebook, target: string): Promise<void> {
    const before = notebook.path;
    this.#open.set(target, Promise.resolve(notebook));
    try {
      await notebook.moveTo(target);
      this.#open.delete(before);
    } catch (thrown) {
      this.#open.delete(target);
      throw thrown;
    }
  }

  async #freeCopyName(path: string): Promise<string> {
    const stem = join(dirname(path), basename(path, extname(path)));
    for (let count = 1; ; count += 1) {
      const copy = `${stem} (mine${count === 1 ? '' : ` ${count}`})${extname(path)}`;
      if ((await hashOnDisk(copy)) === null) return copy;
    }
  }
}

function notOpen(path: string): StudioError {
  return studioError('precondition', `${basename(path)} is not open.`, {
    place: { path },
    nextSteps: [{ label: 'Open it', command: 'project.open', argument: { path } }],
  });
}

function readOnly(path: string): StudioError {
  return studioError(
    'precondition',
    `${basename(path)} is shown read-only: it is no valid notebook.`,
    {
      place: { path },
    },
  );
}

function alreadyOpen(path: string): StudioError {
  return studioError(
    'conflict',
    `${basename(path)} is open itself. Close it first, or choose another name.`,
    {
      place: { path },
    },
  );
}

function alreadyThere(path: string): StudioError {
  return studioError(
    'conflict',
    `There is a file ${path} already. Choose another name, or overwrite it.`,
    {
      place: { path },
      nextSteps: [
        {
          label: 'Overwrite it',
          command: 'notebook.saveAs',
          argument: { to: path, overwrite: true },
        },
      ],
    },
  );
}

function stillRunning(path: string): StudioError {
  return studioError(
    'precondition',
    `A cell of ${basename(path)} is still running. Interrupt it first.`,
    {
      place: { path },
      nextSteps: [{ label: 'Interrupt', command: 'notebook.interrupt', argument: { path } }],
    },
  );
}
