/** Edits as data: what a person (or a run) changes in a notebook. Undo, autosave, recovery and the window share them. */
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import { cellSchema, cellTypeSchema } from './notebook';
import { outputSchema } from './output';

const index = z.number().int().nonnegative();

/** The edits a window may ask for. Ids of new cells are made by who asks: 1 to 64 letters, digits, `-` or `_`. */
export const userEditSchema = z.discriminatedUnion('kind', [
  /** `index` is where the cell will stand. */
  z.object({ kind: z.literal('insert'), index, cell: cellSchema }),
  z.object({ kind: z.literal('delete'), cellId: cellIdSchema }),
  /** `index` is where the cell will stand afterwards. */
  z.object({ kind: z.literal('move'), cellId: cellIdSchema, index }),
  z.object({ kind: z.literal('set-source'), cellId: cellIdSchema, source: z.string() }),
  z.object({ kind: z.literal('set-type'), cellId: cellIdSchema, type: cellTypeSchema }),
  z.object({ kind: z.literal('set-tags'), cellId: cellIdSchema, tags: z.array(z.string()) }),
  /** Of the named cells, or of all when `cellIds` is null. */
  z.object({ kind: z.literal('clear-outputs'), cellIds: z.array(cellIdSchema).nullable() }),
  /** At a character offset; the first half keeps the id and the tags, the second half keeps the outputs. */
  z.object({
    kind: z.literal('split'),
    cellId: cellIdSchema,
    offset: index,
    newCellId: cellIdSchema,
  }),
  /** With the cell below it; sources joined by a line break; keeps the first cell's id, type and tags. */
  z.object({ kind: z.literal('merge'), cellId: cellIdSchema }),
]);
export type UserEdit = z.infer<typeof userEditSchema>;

/** The edits a run and an inverse need besides. */
export const cellEditSchema = z.union([
  userEditSchema,
  z.object({
    kind: z.literal('set-outputs'),
    cellId: cellIdSchema,
    outputs: z.array(outputSchema),
    executionCount: z.number().int().nullable(),
  }),
  /** `removed` cells from `index` on make place for `cells`. */
  z.object({ kind: z.literal('replace'), index, removed: index, cells: z.array(cellSchema) }),
  z.object({
    kind: z.literal('batch'),
    get edits() {
      return z.array(cellEditSchema);
    },
  }),
]);
export type CellEdit = z.infer<typeof cellEditSchema>;
