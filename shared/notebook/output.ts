/** What a cell printed or showed, as nbformat has it, with multi-line strings joined. */
import { z } from 'zod';

/** MIME type to value; text is one string, JSON types are values. */
export const mimeBundleSchema = z.record(z.string(), z.unknown());
export type MimeBundle = z.infer<typeof mimeBundleSchema>;

const metadataSchema = z.record(z.string(), z.unknown());

export const streamOutputSchema = z.looseObject({
  output_type: z.literal('stream'),
  name: z.string(),
  text: z.string(),
});
export const displayOutputSchema = z.looseObject({
  output_type: z.literal('display_data'),
  data: mimeBundleSchema,
  metadata: metadataSchema,
});
export const resultOutputSchema = z.looseObject({
  output_type: z.literal('execute_result'),
  data: mimeBundleSchema,
  metadata: metadataSchema,
  execution_count: z.number().int().nullable(),
});
export const errorOutputSchema = z.looseObject({
  output_type: z.literal('error'),
  ename: z.string(),
  evalue: z.string(),
  traceback: z.array(z.string()),
});

export const outputSchema = z.discriminatedUnion('output_type', [
  streamOutputSchema,
  displayOutputSchema,
  resultOutputSchema,
  errorOutputSchema,
]);
export type Output = z.infer<typeof outputSchema>;
export type StreamOutput = z.infer<typeof streamOutputSchema>;
export type DisplayOutput = z.infer<typeof displayOutputSchema>;
export type ResultOutput = z.infer<typeof resultOutputSchema>;
export type ErrorOutput = z.infer<typeof errorOutputSchema>;

/** Outputs above this many bytes of JSON stay in the host until they are asked for. */
export const LARGE_OUTPUT_BYTES = 256_000;

/** Stands for a large output; `fetchOutput({ path, cellId, index })` gives the real one. */
export const outputReferenceSchema = z.object({
  output_type: z.literal('reference'),
  stands_for: z.enum(['stream', 'display_data', 'execute_result', 'error']),
  bytes: z.number().int(),
  mimeTypes: z.array(z.string()),
  /** The first characters of its text, so that something is there at once. */
  preview: z.string(),
  /** Grows with each change of the output it stands for. */
  version: z.number().int(),
});
export type OutputReference = z.infer<typeof outputReferenceSchema>;

export const outputViewSchema = z.union([outputSchema, outputReferenceSchema]);
export type OutputView = z.infer<typeof outputViewSchema>;
