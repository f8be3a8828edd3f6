/** An expected failure is data: every call across the contract answers with one of these. */
import { z } from 'zod';
import { type StudioError, studioErrorSchema } from './studio-error';

export type Result<T, E = StudioError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

export const done = ok(null);

/** The schema of a `Result` whose value has the given schema. */
export function resultOf<S extends z.ZodType>(value: S) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: studioErrorSchema }),
  ]);
}

/** For verbs that answer nothing but whether they worked. */
export const doneOrError = resultOf(z.null());
