/** What a window follows of an open notebook: one snapshot, then events; `applyNotebookEvent` folds them. */
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';
import { cellEditSchema } from './cell-edit';
import { notebookViewSchema } from './notebook';
import { outputViewSchema } from './output';

const time = z.number();

export const cellRunSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('idle') }),
  z.object({ state: z.literal('queued') }),
  z.object({ state: z.literal('running'), startedAt: time }),
  z.object({ state: z.literal('succeeded'), ms: z.number(), endedAt: time }),
  z.object({ state: z.literal('failed'), ms: z.number(), endedAt: time, error: studioErrorSchema }),
  /** It ran, and since then its source changed or the kernel that ran it is gone. */
  z.object({ state: z.literal('stale'), reason: z.enum(['edited', 'kernel-restarted']) }),
]);
export type CellRun = z.infer<typeof cellRunSchema>;

export const saveStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('saved'), savedAt: time.nullable() }),
  z.object({ status: z.literal('unsaved') }),
  z.object({ status: z.literal('saving') }),
  /** Nothing is lost: the edits are in the recovery folder. */
  z.object({ status: z.literal('failed'), error: studioErrorSchema }),
]);
export type SaveState = z.infer<typeof saveStateSchema>;

/** Another program changed (or deleted) the file while it was open here with unsaved edits. */
export const conflictSchema = z.object({
  kind: z.enum(['changed', 'deleted']),
  message: z.string(),
  noticedAt: time,
});
export type Conflict = z.infer<typeof conflictSchema>;
export const conflictChoiceSchema = z.enum(['keep-mine', 'take-theirs', 'save-copy']);
export type ConflictChoice = z.infer<typeof conflictChoiceSchema>;

/** Edits of a session that ended without saving were applied again on opening. */
export const recoverySchema = z.object({ message: z.string(), editedAt: time });
export type Recovery = z.infer<typeof recoverySchema>;

export const inputRequestSchema = z.object({
  cellId: cellIdSchema,
  prompt: z.string(),
  isPassword: z.boolean(),
});
export type InputRequest = z.infer<typeof inputRequestSchema>;

export const notebookStateSchema = z.object({
  document: notebookViewSchema,
  /** Grows by one with each edit. */
  revision: z.number().int(),
  /** Cells that are idle may be missing. */
  runs: z.record(z.string(), cellRunSchema),
  save: saveStateSchema,
  conflict: conflictSchema.nullable(),
  recovery: recoverySchema.nullable(),
  inputRequest: inputRequestSchema.nullable(),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type NotebookState = z.infer<typeof notebookStateSchema>;

export const outputChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('clear'), cellId: cellIdSchema }),
  /** Adds it at the end when `index` is the number of outputs. */
  z.object({
    kind: z.literal('set'),
    cellId: cellIdSchema,
    index: z.number().int(),
    output: outputViewSchema,
  }),
  /** To the text of the stream output at `index`. */
  z.object({
    kind: z.literal('append-text'),
    cellId: cellIdSchema,
    index: z.number().int(),
    text: z.string(),
  }),
  z.object({
    kind: z.literal('execution-count'),
    cellId: cellIdSchema,
    executionCount: z.number().int().nullable(),
  }),
]);
export type OutputChange = z.infer<typeof outputChangeSchema>;

export const notebookEventSchema = z.discriminatedUnion('type', [
  /** First of all, and again when the whole document was replaced (theirs taken, recovery discarded). */
  z.object({ type: z.literal('snapshot'), state: notebookStateSchema }),
  z.object({
    type: z.literal('edited'),
    revision: z.number().int(),
    edit: cellEditSchema,
    /** What the caller of `edit` passed, so that a window knows its own; null for undo and redo. */
    origin: z.string().nullable(),
    canUndo: z.boolean(),
    canRedo: z.boolean(),
  }),
  z.object({ type: z.literal('runs'), runs: z.record(z.string(), cellRunSchema) }),
  z.object({ type: z.literal('outputs'), changes: z.array(outputChangeSchema) }),
  z.object({ type: z.literal('save'), save: saveStateSchema }),
  z.object({ type: z.literal('conflict'), conflict: conflictSchema.nullable() }),
  z.object({ type: z.literal('recovery'), recovery: recoverySchema.nullable() }),
  z.object({ type: z.literal('input'), request: inputRequestSchema.nullable() }),
  /** Saved under another name: follow that path from now on; this stream ends. */
  z.object({ type: z.literal('moved'), path: z.string() }),
  z.object({ type: z.literal('closed') }),
]);
export type NotebookEvent = z.infer<typeof notebookEventSchema>;
