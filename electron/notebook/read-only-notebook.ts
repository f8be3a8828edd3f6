/** The text of a file that is no valid notebook: one state, followed until it is closed. */
import { Emitter } from '../../shared/base/emitter';
import {
  type NotebookDocument,
  type NotebookEvent,
  type NotebookState,
  viewDocument,
} from '../../shared/notebook';

export class ReadOnlyNotebook {
  readonly #events = new Emitter<NotebookEvent>();

  constructor(private readonly document: NotebookDocument) {}

  async *watch(signal?: AbortSignal): AsyncGenerator<NotebookEvent, void, void> {
    const state: NotebookState = {
      document: viewDocument(this.document),
      revision: 0,
      runs: {},
      save: { status: 'saved', savedAt: null },
      conflict: null,
      recovery: null,
      inputRequest: null,
      canUndo: false,
      canRedo: false,
    };
    const first = (): NotebookEvent => ({ type: 'snapshot', state });
    for await (const event of this.#events.follow(first, signal)) {
      yield event;
      if (event.type === 'closed') return;
    }
  }

  close(): void {
    this.#events.emit({ type: 'closed' });
  }
}
