/** The notebook as the studio holds it: the host owns one of these per open file, the window sees a copy. */
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import { outputSchema, outputViewSchema } from './output';

export const CELL_TYPES = ['code', 'markdown', 'raw'] as const;
export const cellTypeSchema = z.enum(CELL_TYPES);
export type CellType = z.infer<typeof cellTypeSchema>;

export const cellSchema = z.object({
  id: cellIdSchema,
  type: cellTypeSchema,
  source: z.string(),
  tags: z.array(z.string()),
  /** Always empty for markdown and raw cells. */
  outputs: z.array(outputSchema),
  executionCount: z.number().int().nullable(),
  /** The rest of the cell's metadata, without its tags; absent when there is none. */
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** Pictures pasted into a markdown cell: file name, then MIME type, then base64. */
  attachments: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
export type Cell = z.infer<typeof cellSchema>;

/** A cell as the window gets it: outputs above 256 kB are references, fetched when they come into view. */
export const cellViewSchema = cellSchema.extend({ outputs: z.array(outputViewSchema) });
export type CellView = z.infer<typeof cellViewSchema>;

/** Something in the file that is not right and yet does not keep it from being opened. */
export const notebookProblemSchema = z.object({
  message: z.string(),
  cellId: cellIdSchema.optional(),
  /** Counted from 1 over all cells. */
  cellNumber: z.number().int().optional(),
});
export type NotebookProblem = z.infer<typeof notebookProblemSchema>;

const documentFields = {
  /** Absolute. */
  path: z.string(),
  nbformat: z.number().int(),
  nbformatMinor: z.number().int(),
  /** `python` where the file does not say. */
  language: z.string(),
  /** The kernel named in the file's metadata, null where it names none. */
  kernelName: z.string().nullable(),
  /** A read-only view of a file that is no valid notebook: no cells, the text in `rawText`. */
  isReadOnly: z.boolean(),
  rawText: z.string().nullable(),
  problems: z.array(notebookProblemSchema),
};

export const notebookDocumentSchema = z.object({ ...documentFields, cells: z.array(cellSchema) });
export type NotebookDocument = z.infer<typeof notebookDocumentSchema>;

export const notebookViewSchema = z.object({ ...documentFields, cells: z.array(cellViewSchema) });
export type NotebookView = z.infer<typeof notebookViewSchema>;

/** An empty cell, for the verbs that insert one. */
export function emptyCell(id: Cell['id'], type: CellType = 'code', source = ''): Cell {
  return { id, type, source, tags: [], outputs: [], executionCount: null };
}
