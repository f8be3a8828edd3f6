import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { userEditSchema } from './cell-edit';
import { conflictChoiceSchema, notebookEventSchema } from './notebook-state';
import { mimeBundleSchema, outputSchema } from './output';

const path = z.string().min(1);
const one = z.object({ path });
const withRevision = resultOf(z.object({ revision: z.number().int() }));
const offset = z.number().int().nonnegative();

/** Which cells to run; `above` leaves the cell itself out, `below` takes it in. */
export const runSelectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cells'), cellIds: z.array(cellIdSchema) }),
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('above'), cellId: cellIdSchema }),
  z.object({ kind: z.literal('below'), cellId: cellIdSchema }),
]);
export type RunSelection = z.infer<typeof runSelectionSchema>;

export const completionSchema = z.object({
  /** The span of the code, in characters, that a match replaces. */
  start: offset,
  end: offset,
  /** `type` is the kernel's word (function, module, statement, magic, ...), null where it gives none. */
  matches: z.array(z.object({ text: z.string(), type: z.string().nullable() })),
});
export type Completion = z.infer<typeof completionSchema>;

export const notebookContract = {
  /** Answers with the absolute path, the key of every other call. Opening it twice is the same notebook. */
  open: oc.input(one).output(resultOf(z.object({ path }))),
  /** The text of a file that is no valid notebook. */
  openReadOnly: oc.input(one).output(resultOf(z.object({ path }))),
  watch: oc.input(one).output(eventIterator(notebookEventSchema)),
  edit: oc
    .input(z.object({ path, edit: userEditSchema, origin: z.string().nullable().default(null) }))
    .output(withRevision),
  undo: oc.input(one).output(withRevision),
  redo: oc.input(one).output(withRevision),
  save: oc.input(one).output(doneOrError),
  saveAs: oc
    .input(z.object({ path, to: path, overwrite: z.boolean().default(false) }))
    .output(resultOf(z.object({ path }))),
  /** With unsaved edits it saves first; `discard` drops them. */
  close: oc.input(z.object({ path, discard: z.boolean().default(false) })).output(doneOrError),
  /** `save-copy` writes mine beside the file, answers with its path, and then shows theirs. */
  resolveConflict: oc
    .input(z.object({ path, choice: conflictChoiceSchema }))
    .output(resultOf(z.object({ path }))),
  /** Recovered edits are applied on opening; this keeps them (the message goes) or drops them. */
  resolveRecovery: oc
    .input(z.object({ path, choice: z.enum(['keep', 'discard']) }))
    .output(doneOrError),

  /** Answers when the cells are queued; the stream tells the rest. */
  run: oc.input(z.object({ path, selection: runSelectionSchema })).output(doneOrError),
  /** Stops the running cell and empties the queue. */
  interrupt: oc.input(one).output(doneOrError),
  restart: oc.input(one).output(doneOrError),
  answerInput: oc.input(z.object({ path, text: z.string() })).output(doneOrError),
  fetchOutput: oc
    .input(z.object({ path, cellId: cellIdSchema, index: offset }))
    .output(resultOf(outputSchema)),
  complete: oc
    .input(z.object({ path, code: z.string(), offset }))
    .output(resultOf(completionSchema)),
  /** What the kernel knows about the name at the offset; null when it knows nothing. */
  inspect: oc
    .input(z.object({ path, code: z.string(), offset }))
    .output(resultOf(mimeBundleSchema.nullable())),
};
