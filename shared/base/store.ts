/** A value that can be watched: a late subscriber reads the current value first and then follows. */

export type Unsubscribe = () => void;

export class Store<T> {
  readonly #listeners = new Set<(value: T) => void>();
  #value: T;

  constructor(initial: T) {
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  set(next: T): void {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The current value, then each later one; a slow reader sees only the newest (values are states, not events). */
  async *watch(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    let wake: (() => void) | null = null;
    let isPending = true;
    const notify = () => {
      isPending = true;
      wake?.();
    };
    const unsubscribe = this.subscribe(notify);
    signal?.addEventListener('abort', notify);
    try {
      while (!signal?.aborted) {
        if (isPending) {
          isPending = false;
          yield this.#value;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
        }
      }
    } finally {
      unsubscribe();
      signal?.removeEventListener('abort', notify);
    }
  }
}
