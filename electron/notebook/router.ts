import { implement } from '@orpc/server';
import { notebookContract } from '../../shared/notebook';
import type { NotebookService } from './notebook-service';

export function notebookRouter(notebooks: NotebookService) {
  const os = implement(notebookContract);
  return os.router({
    open: os.open.handler(({ input }) => notebooks.open(input.path)),
    openReadOnly: os.openReadOnly.handler(({ input }) => notebooks.openReadOnly(input.path)),
    watch: os.watch.handler(({ input, signal }) => notebooks.watch(input.path, signal)),
    edit: os.edit.handler(({ input }) => notebooks.edit(input.path, input.edit, input.origin)),
    undo: os.undo.handler(({ input }) => notebooks.undo(input.path)),
    redo: os.redo.handler(({ input }) => notebooks.redo(input.path)),
    save: os.save.handler(({ input }) => notebooks.save(input.path)),
    saveAs: os.saveAs.handler(({ input }) =>
      notebooks.saveAs(input.path, input.to, input.overwrite),
    ),
    close: os.close.handler(({ input }) => notebooks.close(input.path, input.discard)),
    resolveConflict: os.resolveConflict.handler(({ input }) =>
      notebooks.resolveConflict(input.path, input.choice),
    ),
    resolveRecovery: os.resolveRecovery.handler(({ input }) =>
      notebooks.resolveRecovery(input.path, input.choice),
    ),
    run: os.run.handler(({ input }) => notebooks.run(input.path, input.selection)),
    interrupt: os.interrupt.handler(({ input }) => notebooks.interrupt(input.path)),
    restart: os.restart.handler(({ input }) => notebooks.restart(input.path)),
    answerInput: os.answerInput.handler(({ input }) =>
      notebooks.answerInput(input.path, input.text),
    ),
    fetchOutput: os.fetchOutput.handler(({ input }) =>
      notebooks.fetchOutput(input.path, input.cellId, input.index),
    ),
    complete: os.complete.handler(({ input }) => notebooks.complete(input.code, input.offset)),
    inspect: os.inspect.handler(({ input }) => notebooks.inspect(input.code, input.offset)),
  });
}
