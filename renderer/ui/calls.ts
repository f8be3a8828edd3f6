/** Calls of the host from buttons: one at a time, with the failure as data or as a notification. */
import { notifications } from '@mantine/notifications';
import { createElement, useCallback, useRef, useState } from 'react';
import type { Result } from '../../shared/base/result';
import { type StudioError, studioError } from '../../shared/base/studio-error';
import { isStudioLost, type Studio, studio } from '../studio';
import { ErrorNotice } from './notice';
import { untilKnown } from './tasks';

export interface Call<A extends readonly unknown[], T> {
  readonly isPending: boolean;
  /** Of the last call; null once the next one begins. */
  readonly error: StudioError | null;
  run(...args: A): Promise<Result<T>>;
}

/** For places that show the error themselves. */
export function useCall<A extends readonly unknown[], T>(
  verb: (studio: Studio, ...args: A) => Promise<Result<T>>,
): Call<A, T> {
  const latest = useRef(verb);
  latest.current = verb;
  const [state, setState] = useState<{ isPending: boolean; error: StudioError | null }>({
    isPending: false,
    error: null,
  });
  const run = useCallback(async (...args: A) => {
    setState({ isPending: true, error: null });
    const result = await settle(() => latest.current(studio(), ...args));
    if (result.ok && startsTask(result.value)) await untilKnown(result.value.taskId);
    setState({ isPending: false, error: result.ok ? null : result.error });
    return result;
  }, []);
  return { ...state, run };
}

function startsTask(value: unknown): value is { readonly taskId: string } {
  return typeof value === 'object' && value !== null && 'taskId' in value;
}

/** For everything else: a failure becomes a notification with its buttons. Answers the value, or null. */
export async function callOrNotify<T>(
  verb: (studio: Studio) => Promise<Result<T>>,
): Promise<T | null> {
  const result = await settle(() => verb(studio()));
  if (result.ok) return result.value;
  notifyError(result.error);
  return null;
}

export function notifyError(error: StudioError): void {
  if (error.kind === 'cancelled') return;
  const id = `${error.kind} ${error.message}`;
  const onAct = () => notifications.hide(id);
  notifications.show({
    id,
    message: createElement(ErrorNotice, { error, isBare: true, onAct }),
    // What asks for a choice stays until it is made or closed.
    autoClose: error.nextSteps.length > 0 ? false : 12_000,
    color: 'red',
  });
}

/** A call that could not even travel (the host is gone) is an error with a sentence too. */
async function settle<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    if (isStudioLost()) throw new Error('The studio host is gone.');
    return await call();
  } catch (thrown) {
    const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return {
      ok: false,
      error: studioError(
        'unexpected',
        "The studio's engine did not answer. It restarts by itself; then try again.",
        { detail },
      ),
    };
  }
}
