/** One expected failure: a kind, a sentence a user understands, the place, and a next step. */
import { z } from 'zod';

export const ERROR_KINDS = [
  'not-found',
  'invalid-file',
  'invalid-input',
  'conflict',
  'permission',
  'disk-full',
  'environment',
  'kernel-dead',
  'server-unreachable',
  'unauthorized',
  'cell-failed',
  'analysis',
  'package-index',
  'step-failed',
  'engine-missing',
  'build-failed',
  'port-in-use',
  'estimate-needed',
  'precondition',
  'cancelled',
  'unexpected',
] as const;

/** A button (an app command with its argument) or a shell command to type. */
export const nextStepSchema = z.object({
  label: z.string(),
  command: z.string().optional(),
  argument: z.unknown().optional(),
  shell: z.string().optional(),
});
export type NextStep = z.infer<typeof nextStepSchema>;

export const placeSchema = z.object({
  cellId: z.string().optional(),
  /** Counted from 1 as a person counts code and markdown cells together. */
  cellNumber: z.number().int().optional(),
  path: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
});
export type Place = z.infer<typeof placeSchema>;

export const studioErrorSchema = z.object({
  kind: z.enum(ERROR_KINDS),
  message: z.string(),
  place: placeSchema.optional(),
  nextSteps: z.array(nextStepSchema).default([]),
  /** The raw text (traceback, server answer), one click away. Never holds a secret. */
  detail: z.string().optional(),
});
export type StudioError = z.infer<typeof studioErrorSchema>;
export type ErrorKind = StudioError['kind'];

export function studioError(
  kind: ErrorKind,
  message: string,
  more: Partial<Omit<StudioError, 'kind' | 'message'>> = {},
): StudioError {
  return { kind, message, nextSteps: [], ...more };
}

/** Carries a StudioError through code that must throw; `runAsTask` and `answer` turn it back into data. */
export class StudioFailure extends Error {
  constructor(readonly error: StudioError) {
    super(error.message);
    this.name = 'StudioFailure';
  }
}

export function fail(
  kind: ErrorKind,
  message: string,
  more: Partial<Omit<StudioError, 'kind' | 'message'>> = {},
): never {
  throw new StudioFailure(studioError(kind, message, more));
}

/** Any thrown value as a StudioError; what was not expected says so and keeps its text as detail. */
export function toStudioError(thrown: unknown): StudioError {
  if (thrown instanceof StudioFailure) return thrown.error;
  if (isAbort(thrown)) return studioError('cancelled', 'Cancelled.');
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const summary = thrown instanceof Error ? thrown.message : String(thrown);
  return studioError('unexpected', `Something unexpected happened: ${summary}`, { detail });
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
