/** What a run of the notebook in a fresh kernel showed of each cell; beside what its text says. */
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import { bytesSchema, millisecondsSchema } from '../base/units';

/** The line of the cell (or of the function it called) where it happened first; null where no line did it. */
const use = z.object({ name: z.string(), line: z.number().int().nullable() });
const strings = z.array(z.string());

export const cellRecordingSchema = z.object({
  cellId: cellIdSchema,
  /** Of this cell's text and that of all code cells before it: with another text it says nothing any more. */
  key: z.string(),
  wallMs: millisecondsSchema,
  cpuMs: millisecondsSchema,
  peakMemoryBytes: bytesSchema.nullable(),
  /** What recording this cell cost, on top of `wallMs`. */
  recorderMs: millisecondsSchema,
  /** Why nothing more is known of this cell. */
  lost: z.string().optional(),
  /** Names it took from earlier cells, within functions too. */
  reads: z.array(use).default([]),
  writes: z.array(use).default([]),
  deletes: z.array(use).default([]),
  /** Names that keep their object, which is another value now. */
  mutates: strings.default([]),
  /** Names of which it can't be said whether their object changed. */
  unsure: z.array(z.object({ name: z.string(), reason: z.string() })).default([]),
  /** Names that hold one object (`isSame`) or share one within, of those the cell bound or changed. */
  aliases: z.array(z.object({ names: strings, isSame: z.boolean() })).default([]),
  /** What the cell bound or changed; the digest is the same in another process. */
  objects: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        bytes: bytesSchema.nullable(),
        digest: z.string().nullable(),
      }),
    )
    .default([]),
  /** Calls that make runs differ: the clock, a generator without a seed. Only where Python is 3.12 or later. */
  calls: z.array(z.object({ line: z.number().int(), what: z.string() })).default([]),
  /** Global random streams it drew from or seeded. */
  streams: strings.default([]),
  filesRead: strings.default([]),
  filesWritten: strings.default([]),
  sockets: strings.default([]),
  commands: strings.default([]),
  modules: strings.default([]),
  /** Why reads may be missing from here on in this cell, null where all were seen. */
  namesGaveUp: z.string().nullable().default(null),
});
export type CellRecording = z.infer<typeof cellRecordingSchema>;

export const recordingSchema = z.object({
  format: z.literal(1),
  recordedAt: z.number(),
  python: z.string(),
  /** In the order they ran. */
  cells: z.array(cellRecordingSchema),
});
export type Recording = z.infer<typeof recordingSchema>;
