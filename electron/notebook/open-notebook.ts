/** One open notebook: its editor, keeper and runner, and the stream a window follows. */
import { readFile } from 'node:fs/promises';
import { Emitter } from '../../shared/base/emitter';
import type { CellId } from '../../shared/base/ids';
import { done, err, ok, type Result } from '../../shared/base/result';
import { StudioFailure, studioError, toStudioError } from '../../shared/base/studio-error';
import {
  type Cell,
  type ConflictChoice,
  carriesLargeOutputs,
  type NotebookDocument,
  type NotebookEvent,
  type NotebookSource,
  type NotebookState,
  type Output,
  parseNotebook,
  type Recovery,
  type RunSelection,
  rebaseSource,
  type UserEdit,
  viewDocument,
} from '../../shared/notebook';
import type { TaskRunner } from '../task';
import { CellRunner } from './cell-runner';
import type { KernelSession } from './kernel-session';
import { type Edited, NotebookEditor } from './notebook-editor';
import { hashOf, readNotebookFile } from './notebook-file';
import { NotebookKeeper } from './notebook-keeper';
import { type Journal, RecoveryJournal } from './recovery-journal';

export interface NotebookNeeds {
  readonly home: string;
  readonly tasks: TaskRunner;
  /** The kernel that is connected now, null while none is. */
  readonly session: () => KernelSession | null;
  readonly isAutosaveOn: () => boolean;
  readonly autosaveMs: number;
  readonly write: (path: string, text: string) => Promise<void>;
}

interface Base {
  readonly document: NotebookDocument;
  readonly source: NotebookSource;
  readonly hash: string;
}

export class OpenNotebook {
  readonly events = new Emitter<NotebookEvent>();
  readonly editor: NotebookEditor;
  readonly runner: CellRunner;
  #keeper: NotebookKeeper;
  #path: string;
  #recovery: Recovery | null = null;
  /** What the file had before recovered edits were put on it. */
  #beforeRecovery: NotebookDocument | null = null;

  constructor(
    path: string,
    base: Base,
    private readonly needs: NotebookNeeds,
  ) {
    this.#path = path;
    this.editor = new NotebookEditor(
      base.document,
      (edited) => this.#tellEdit(edited),
      () => this.keeper.noticeChange(),
    );
    this.#keeper = this.#makeKeeper(base);
    this.runner = new CellRunner({
      editor: this.editor,
      session: needs.session,
      tasks: needs.tasks,
      events: {
        runs: (runs) => this.events.emit({ type: 'runs', runs }),
        outputs: (changes) => this.events.emit({ type: 'outputs', changes }),
        input: (request) => this.events.emit({ type: 'input', request }),
      },
    });
  }

  /** Opens a valid notebook, with the unsaved edits of a session that was killed. */
  static async open(path: string, needs: NotebookNeeds): Promise<OpenNotebook> {
    const unsaved = await new RecoveryJournal(needs.home, path).read();
    const base = await readBase(path, unsaved);
    const notebook = new OpenNotebook(path, base, needs);
    if (unsaved) await notebook.#recover(unsaved, base);
    notebook.keeper.watchDisk();
    return notebook;
  }

  get path(): string {
    return this.#path;
  }

  get keeper(): NotebookKeeper {
    return this.#keeper;
  }

  get state(): NotebookState {
    return {
      document: viewDocument(this.editor.document),
      ...this.editor.position,
      runs: this.runner.runs,
      save: this.keeper.save,
      conflict: this.keeper.conflict,
      recovery: this.#recovery,
      inputRequest: this.runner.inputRequest,
    };
  }

  /** The state, then each event; ends when the notebook is closed or goes on under another path. */
  async *watch(signal?: AbortSignal): AsyncGenerator<NotebookEvent, void, void> {
    for await (const event of this.events.follow(() => this.#snapshot(), signal)) {
      yield event;
      if (event.type === 'closed' || event.type === 'moved') return;
    }
  }

  edit(edit: UserEdit, origin: string | null): Result<{ revision: number }> {
    return this.editor.edit(edit, origin);
  }

  run(selection: RunSelection): Result<null> {
    const cells = this.#selected(selection);
    return cells.ok ? this.runner.run(cells.value) : cells;
  }

  fetchOutput(cellId: CellId, index: number): Result<Output> {
    const output = this.editor.cell(cellId)?.outputs[index];
    return output ? ok(output) : err(studioError('not-found', 'That output is no longer there.'));
  }

  /** Answers with the path the notebook has afterwards, and with a copy's path where one was made. */
  async resolveConflict(choice: ConflictChoice, copy: string): Promise<Result<{ path: string }>> {
    const answer = (result: Result<null>, path = this.path): Result<{ path: string }> =>
      result.ok ? ok({ path }) : result;
    if (choice === 'keep-mine') return answer(await this.keeper.saveOver());
    if (choice === 'take-theirs') return answer(await this.#showTheirs());
    try {
      await this.needs.write(copy, this.keeper.text());
    } catch (thrown) {
      return err(toStudioError(thrown));
    }
    return answer(await this.#showTheirs(), copy);
  }

  async resolveRecovery(choice: 'keep' | 'discard'): Promise<Result<null>> {
    const before = this.#beforeRecovery;
    this.#recovery = null;
    this.#beforeRecovery = null;
    if (choice === 'discard' && before) {
      this.editor.replaceAll(before);
      this.keeper.noticeChange();
      this.events.emit(this.#snapshot());
      return done;
    }
    this.events.emit({ type: 'recovery', recovery: null });
    return choice === 'discard' ? await this.#showTheirs() : done;
  }

  /** Writes it under another name and goes on there; the old file stays as it was last saved. */
  async moveTo(path: string): Promise<void> {
    const text = this.keeper.text();
    await this.needs.write(path, text);
    await this.keeper.dispose(true);
    this.#path = path;
    this.editor.rename(path);
    const { document } = this.editor;
    const source = rebaseSource(text, path, document.cells);
    this.#keeper = this.#makeKeeper({ document, source, hash: hashOf(text) });
    this.keeper.watchDisk();
    this.events.emit({ type: 'moved', path });
  }

  async dispose(forget: boolean): Promise<void> {
    await this.keeper.dispose(forget);
    this.events.emit({ type: 'closed' });
  }

  #makeKeeper(base: Base): NotebookKeeper {
    return new NotebookKeeper(this.path, base, {
      ...this.needs,
      document: () => this.editor.document,
      journal: new RecoveryJournal(this.needs.home, this.path),
      onSave: (save) => this.events.emit({ type: 'save', save }),
      onConflict: (conflict) => this.events.emit({ type: 'conflict', conflict }),
      onChangedOnDisk: async () => void (await this.#showTheirs()),
    });
  }

  async #recover(unsaved: Journal, base: Base): Promise<void> {
    const disk = await readFile(this.path, 'utf8').catch(() => null);
    if (disk === unsaved.text) return new RecoveryJournal(this.needs.home, this.path).remove();
    const mine = parseNotebook(unsaved.text, this.path, unsaved.ids);
    if (!mine.ok) return;
    if (base.source.text !== unsaved.text) {
      this.#beforeRecovery = this.editor.document;
      this.editor.replaceAll(mine.value.document);
    }
    const time = new Date(unsaved.editedAt).toLocaleString();
    this.#recovery = {
      message: `Edits of ${time} had not been saved when Slipway ended. They are here again.`,
      editedAt: unsaved.editedAt,
    };
    this.keeper.markUnsaved();
    await this.keeper.checkDisk();
    this.keeper.noticeChange();
  }

  async #showTheirs(): Promise<Result<null>> {
    try {
      const { text, hash } = await readNotebookFile(this.path);
      const theirs = parseNotebook(text, this.path);
      if (!theirs.ok) {
        this.keeper.reportConflict('changed');
        return theirs;
      }
      const before = this.editor.document.cells;
      this.editor.replaceAll(theirs.value.document);
      this.keeper.adopt(theirs.value.source, hash, theirs.value.document);
      this.runner.noticeEdit(before, theirs.value.document.cells);
      this.events.emit(this.#snapshot());
      return done;
    } catch (thrown) {
      return err(toStudioError(thrown));
    }
  }

  #snapshot(): NotebookEvent {
    return { type: 'snapshot', state: this.state };
  }

  #tellEdit({ before, edit, origin }: Edited): void {
    this.runner.noticeEdit(before.cells, this.editor.document.cells);
    if (carriesLargeOutputs(edit)) this.events.emit(this.#snapshot());
    else this.events.emit({ type: 'edited', edit, origin, ...this.editor.position });
  }

  #selected(selection: RunSelection): Result<Cell[]> {
    const { cells } = this.editor.document;
    if (selection.kind === 'all') return ok(cells);
    if (selection.kind === 'cells') {
      return ok(selection.cellIds.flatMap((id) => this.editor.cell(id) ?? []));
    }
    const index = cells.findIndex((cell) => cell.id === selection.cellId);
    if (index < 0) return err(studioError('not-found', 'That cell is no longer in the notebook.'));
    return ok(selection.kind === 'above' ? cells.slice(0, index) : cells.slice(index));
  }
}

/** The file, or, where it is gone and unsaved edits are left, the notebook they were made in. */
async function readBase(path: string, unsaved: Journal | null): Promise<Base> {
  const file = await readNotebookFile(path).catch((thrown: unknown) => {
    if (unsaved) return null;
    throw thrown;
  });
  const isSameFile = file !== null && (unsaved === null || unsaved.baseHash === file.hash);
  const isSaved = file !== null && file.text === unsaved?.text;
  if (file && (isSameFile || isSaved)) return parsed(file.text, path, file.hash);
  if (unsaved) return parsed(unsaved.text, path, unsaved.baseHash, unsaved.ids);
  throw new Error('unreachable: a file that could not be read has thrown');
}

function parsed(text: string, path: string, hash: string, ids: readonly CellId[] = []): Base {
  const result = parseNotebook(text, path, ids);
  if (!result.ok) throw new StudioFailure(result.error);
  return { ...result.value, hash };
}
