/** Keeps one open notebook safe: saves it, journals what is unsaved, and notices other programs' changes. */
import { watch } from 'chokidar';
import type { CellId } from '../../shared/base/ids';
import { done, err, type Result } from '../../shared/base/result';
import {
  type StudioError,
  StudioFailure,
  studioError,
  toStudioError,
} from '../../shared/base/studio-error';
import {
  type Conflict,
  type NotebookDocument,
  type NotebookSource,
  rebaseSource,
  type SaveState,
  serializeNotebook,
} from '../../shared/notebook';
import { hashOf, hashOnDisk } from './notebook-file';
import type { RecoveryJournal } from './recovery-journal';

export interface KeeperNeeds {
  readonly document: () => NotebookDocument;
  readonly journal: RecoveryJournal;
  readonly write: (path: string, text: string) => Promise<void>;
  readonly isAutosaveOn: () => boolean;
  readonly autosaveMs: number;
  readonly onSave: (save: SaveState) => void;
  readonly onConflict: (conflict: Conflict | null) => void;
  /** The file has another content and there is nothing unsaved here: show that. */
  readonly onChangedOnDisk: () => Promise<void>;
}

/** The journal is written this soon after an edit, or after ten times as long as the last writing took. */
const JOURNAL_MS = 400;
/** Typing without a pause is saved at least this often (in units of the autosave delay). */
const LONGEST_WAIT = 5;

export class NotebookKeeper {
  #source: NotebookSource;
  #hash: string;
  #savedDocument: NotebookDocument | null;
  #save: SaveState = { status: 'saved', savedAt: null };
  #conflict: Conflict | null = null;
  #writing: Promise<unknown> = Promise.resolve();
  #autosave: NodeJS.Timeout | null = null;
  #unsavedSince: number | null = null;
  #journalTimer: NodeJS.Timeout | null = null;
  #journalCost = 0;
  #watcher: ReturnType<typeof watch> | null = null;

  constructor(
    private readonly path: string,
    base: { readonly source: NotebookSource; readonly hash: string },
    private readonly needs: KeeperNeeds,
  ) {
    this.#source = base.source;
    this.#hash = base.hash;
    this.#savedDocument = needs.document();
  }

  get save(): SaveState {
    return this.#save;
  }

  get conflict(): Conflict | null {
    return this.#conflict;
  }

  get isUnsaved(): boolean {
    return this.needs.document() !== this.#savedDocument;
  }

  text(): string {
    return serializeNotebook(this.#source, this.needs.document());
  }

  watchDisk(): void {
    this.#watcher = watch(this.path, { ignoreInitial: true });
    this.#watcher.on('all', () => void this.checkDisk());
    this.#watcher.on('error', () => undefined);
  }

  /** What the document holds is not what the file held when it was read. */
  markUnsaved(): void {
    this.#savedDocument = null;
  }

  /** To be called after every change of the document. */
  noticeChange(): void {
    if (this.#save.status !== 'unsaved') this.#setSave({ status: 'unsaved' });
    this.#unsavedSince ??= Date.now();
    this.#scheduleJournal();
    this.#scheduleAutosave();
  }

  /** Writes the file unless another program changed it; whatever goes wrong, the edits stay in the journal. */
  saveNow(): Promise<Result<null>> {
    return this.#inTurn(() => this.#saveChecked(false));
  }

  /** Over whatever is on disk. */
  saveOver(): Promise<Result<null>> {
    return this.#inTurn(() => this.#saveChecked(true));
  }

  /** What is on disk now is the base, and the document shows it. */
  adopt(source: NotebookSource, hash: string, document: NotebookDocument): void {
    this.#source = source;
    this.#hash = hash;
    this.#setConflict(null);
    this.#settle(document);
  }

  /** Recovered edits that were made to another content than the file has now. */
  reportConflict(kind: Conflict['kind']): void {
    this.#setConflict({ kind, message: conflictMessage(kind), noticedAt: Date.now() });
  }

  async checkDisk(): Promise<void> {
    await this.#inTurn(async () => {
      const hash = await hashOnDisk(this.path);
      if (hash === this.#hash) this.#setConflict(null);
      else if (hash === null) this.reportConflict('deleted');
      else if (this.isUnsaved) this.reportConflict('changed');
      else await this.needs.onChangedOnDisk();
    }).catch(() => undefined);
  }

  /** Before the host ends: what is unsaved is saved, or journaled where autosave is off. */
  async flush(): Promise<void> {
    if (!this.isUnsaved) return;
    if (this.needs.isAutosaveOn() && !this.#conflict) await this.saveNow();
    else await this.#inTurn(() => this.#writeJournal());
  }

  /** Nothing is written any more; the journal stays as it is unless `forget`. */
  async dispose(forget: boolean): Promise<void> {
    this.#cancelTimers();
    await this.#watcher?.close();
    await this.#writing;
    if (forget) await this.needs.journal.remove();
  }

  async #saveChecked(isForced: boolean): Promise<Result<null>> {
    this.#cancelTimers();
    const document = this.needs.document();
    try {
      if (!isForced) await this.#refuseConflict();
      this.#setSave({ status: 'saving' });
      await this.#write(document);
      this.#setConflict(null);
      if (this.needs.document() === document) this.#settle(document);
      else this.noticeChange();
      await this.needs.journal.remove();
      if (this.isUnsaved) await this.#writeJournal();
      return done;
    } catch (thrown) {
      return err(await this.#failed(toStudioError(thrown)));
    }
  }

  async #write(document: NotebookDocument): Promise<void> {
    const text = serializeNotebook(this.#source, document);
    const hash = hashOf(text);
    if ((await hashOnDisk(this.path)) !== hash) await this.needs.write(this.path, text);
    this.#source = rebaseSource(text, this.path, document.cells);
    this.#hash = hash;
  }

  async #refuseConflict(): Promise<void> {
    const hash = await hashOnDisk(this.path);
    if (hash === this.#hash) return;
    const kind = hash === null ? 'deleted' : 'changed';
    this.reportConflict(kind);
    throw new StudioFailure(conflictError(this.path, kind));
  }

  async #failed(error: StudioError): Promise<StudioError> {
    const isKept = await this.#writeJournal();
    const kept = isKept ? ' Your edits are safe in the recovery folder.' : '';
    const nextSteps = error.nextSteps.length > 0 ? error.nextSteps : SAVE_STEPS;
    const told = { ...error, message: `${error.message}${kept}`, nextSteps };
    if (error.kind === 'conflict') this.#setSave({ status: 'unsaved' });
    else this.#setSave({ status: 'failed', error: told });
    return told;
  }

  #settle(document: NotebookDocument): void {
    this.#cancelTimers();
    this.#savedDocument = document;
    this.#unsavedSince = null;
    this.#setSave({ status: 'saved', savedAt: Date.now() });
  }

  #scheduleAutosave(): void {
    if (this.#autosave) clearTimeout(this.#autosave);
    this.#autosave = null;
    if (!this.needs.isAutosaveOn() || this.#conflict) return;
    const waited = Date.now() - (this.#unsavedSince ?? Date.now());
    const longest = this.needs.autosaveMs * LONGEST_WAIT - waited;
    const delay = Math.max(0, Math.min(this.needs.autosaveMs, longest));
    this.#autosave = setTimeout(() => void this.saveNow(), delay);
  }

  #scheduleJournal(): void {
    const delay = Math.max(JOURNAL_MS, 10 * this.#journalCost);
    this.#journalTimer ??= setTimeout(() => {
      this.#journalTimer = null;
      void this.#inTurn(() => this.#writeJournal());
    }, delay);
  }

  /** Whether the unsaved edits are on disk now. */
  async #writeJournal(): Promise<boolean> {
    if (!this.isUnsaved) return true;
    const startedAt = performance.now();
    const document = this.needs.document();
    const ids: CellId[] = document.cells.map((cell) => cell.id);
    const text = serializeNotebook(this.#source, document);
    try {
      await this.needs.journal.write({ baseHash: this.#hash, editedAt: Date.now(), text, ids });
      return true;
    } catch (thrown) {
      this.#setSave({ status: 'failed', error: toStudioError(thrown) });
      return false;
    } finally {
      this.#journalCost = performance.now() - startedAt;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => undefined);
    return result;
  }

  #cancelTimers(): void {
    if (this.#autosave) clearTimeout(this.#autosave);
    if (this.#journalTimer) clearTimeout(this.#journalTimer);
    this.#autosave = null;
    this.#journalTimer = null;
  }

  #setSave(save: SaveState): void {
    this.#save = save;
    this.needs.onSave(save);
  }

  #setConflict(conflict: Conflict | null): void {
    if (conflict?.kind === this.#conflict?.kind) return;
    this.#conflict = conflict;
    this.needs.onConflict(conflict);
  }
}

const SAVE_STEPS: StudioError['nextSteps'] = [
  { label: 'Save again', command: 'notebook.save' },
  { label: 'Save as…', command: 'notebook.save-as' },
];

function conflictMessage(kind: Conflict['kind']): string {
  return kind === 'changed'
    ? 'Another program changed this notebook while it was open here. Keep yours, take theirs, or save yours as a copy.'
    : 'Another program deleted or moved this notebook’s file. Keep yours to write it again, or save it as a copy.';
}

function conflictError(path: string, kind: Conflict['kind']): StudioError {
  const step = (label: string, choice: string) => ({
    label,
    command: 'notebook.resolveConflict',
    argument: { path, choice },
  });
  return studioError('conflict', conflictMessage(kind), {
    place: { path },
    nextSteps: [
      step('Keep mine', 'keep-mine'),
      ...(kind === 'changed' ? [step('Take theirs', 'take-theirs')] : []),
      step('Save mine as a copy', 'save-copy'),
    ],
  });
}
