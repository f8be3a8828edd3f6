/**
 * The window's one way to the studio host: a typed client over a message port.
 * The preload hands over a fresh port each time a host starts; open streams are then subscribed again.
 */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { useEffect, useReducer, useSyncExternalStore } from 'react';
import { Store } from '../shared/base/store';
import { isAbort } from '../shared/base/studio-error';
import type { studioContract } from '../shared/studio-api';
import { native } from './native';

export type Studio = ContractRouterClient<typeof studioContract>;

export type Connection =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected'; readonly studio: Studio; readonly generation: number }
  | { readonly status: 'lost'; readonly studio: Studio; readonly generation: number };

const connection = new Store<Connection>({ status: 'connecting' });

/** Tests and the plain-browser preview connect a fake here. */
export function connectStudio(studio: Studio): void {
  const generation = hostNumber() + 1;
  connection.set({ status: 'connected', studio, generation });
}

/** Counts the hosts since the window was opened. */
export function hostNumber(): number {
  return connection.value.status === 'connecting' ? 0 : connection.value.generation;
}

/** Marks the client as lost; the places stay on the screen with what they last knew. */
export function loseStudio(): void {
  const now = connection.value;
  if (now.status === 'connected') connection.set({ ...now, status: 'lost' });
  endPort();
}

/** Whether the host is gone and no other has taken its place yet: a call would never be answered. */
export function isStudioLost(): boolean {
  return connection.value.status === 'lost';
}

/** Fails the calls that wait on the last port: not every engine tells a port that its other end is gone. */
let endPort: () => void = () => undefined;

/** Listens for the ports the preload posts. Called once, before the first render. */
export function listenForStudio(): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== window) return;
    if (isMessage(event.data, 'slipway-host-gone')) loseStudio();
    const port = event.ports[0];
    if (isMessage(event.data, 'slipway-port') && port !== undefined) adoptPort(port);
  });
  native()?.ready();
}

function adoptPort(port: MessagePort): void {
  endPort();
  const studio: Studio = createORPCClient(new RPCLink({ port }));
  port.start();
  endPort = () => {
    endPort = () => undefined;
    port.dispatchEvent(new Event('close'));
  };
  connectStudio(studio);
  port.addEventListener('close', () => {
    const now = connection.value;
    if (now.status === 'connected' && now.studio === studio) loseStudio();
  });
}

function isMessage(data: unknown, type: string): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type;
}

const subscribeConnection = (listener: () => void) => connection.subscribe(listener);
const readConnection = () => connection.value;

export function useConnection(): Connection {
  return useSyncExternalStore(subscribeConnection, readConnection);
}

/** The client of the current host, for commands and event handlers. */
export function studio(): Studio {
  const now = connection.value;
  if (now.status === 'connecting') throw new Error('studio() before the first connection');
  return now.studio;
}

export type OpenStream<T> = (
  studio: Studio,
  options: { signal: AbortSignal },
) => Promise<AsyncIterable<T>>;

/** A stream that breaks off while the host lives is asked for again, less and less often. */
const RETRY_MS = 500;
const MOST_RETRY_MS = 15_000;

/** Follows a stream over every reconnection until `signal` aborts. `onRestart` runs before each subscription. */
export async function followStream<T>(
  open: OpenStream<T>,
  onValue: (value: T) => void,
  signal: AbortSignal,
  onRestart?: () => void,
): Promise<void> {
  let wait = RETRY_MS;
  while (!signal.aborted) {
    const current = await connected(signal);
    if (current === null) return;
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener('abort', stop);
    const unsubscribe = connection.subscribe(stop);
    try {
      const stream = await open(current.studio, { signal: attempt.signal });
      onRestart?.();
      for await (const value of stream) {
        if (attempt.signal.aborted) break;
        wait = RETRY_MS;
        onValue(value);
      }
    } catch (thrown) {
      if (!attempt.signal.aborted && !isAbort(thrown)) console.warn('A stream broke off.', thrown);
    } finally {
      unsubscribe();
      signal.removeEventListener('abort', stop);
    }
    if (attempt.signal.aborted) wait = RETRY_MS;
    else {
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, MOST_RETRY_MS);
    }
  }
}

/** Resolves with the next live connection; null when aborted. */
function connected(
  signal: AbortSignal,
): Promise<Extract<Connection, { status: 'connected' }> | null> {
  return new Promise((resolve) => {
    const settle = () => {
      const now = connection.value;
      if (signal.aborted) finish(null);
      else if (now.status === 'connected') finish(now);
    };
    const finish = (value: Extract<Connection, { status: 'connected' }> | null) => {
      unsubscribe();
      signal.removeEventListener('abort', settle);
      resolve(value);
    };
    const unsubscribe = connection.subscribe(settle);
    signal.addEventListener('abort', settle);
    settle();
  });
}

/**
 * A stream of states: the newest one, `initial` until the first arrives. It opens again when `deps` change or a
 * new host comes. `open` may close over nothing but `deps`.
 */
export function useStream<T, I = T>(
  open: OpenStream<T>,
  initial: I,
  deps: readonly unknown[] = [],
): T | I {
  return useReducedStream<T, T | I>(open, (_state, value) => value, initial, deps);
}

/** A stream of a first state and then events: folds them with `reduce`. */
export function useReducedStream<E, S>(
  open: OpenStream<E>,
  reduce: (state: S, event: E) => S,
  initial: S,
  deps: readonly unknown[] = [],
): S {
  const [state, dispatch] = useReducer(
    (now: S, action: { event: E } | { reset: true }) =>
      'reset' in action ? initial : reduce(now, action.event),
    initial,
  );
  useEffect(() => {
    const ending = new AbortController();
    dispatch({ reset: true });
    void followStream(open, (event) => dispatch({ event }), ending.signal);
    return () => ending.abort();
    // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what `open` depends on.
  }, deps);
  return state;
}

/** A hook on one stream shared by all who use it; it is subscribed once, at first use, for the window's life. */
export function sharedStream<T, I>(open: OpenStream<T>, initial: I): SharedStream<T | I> {
  const store = new Store<T | I>(initial);
  let isFollowing = false;
  const subscribe = (listener: () => void) => {
    if (!isFollowing) {
      isFollowing = true;
      void followStream(open, (value) => store.set(value), new AbortController().signal);
    }
    return store.subscribe(listener);
  };
  const read = () => store.value;
  return { use: () => useSyncExternalStore(subscribe, read), read, subscribe };
}

export interface SharedStream<T> {
  use(): T;
  read(): T;
  subscribe(listener: () => void): () => void;
}
