/** Events that must all arrive, in order: each subscriber has its own queue. */

export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  emit(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  subscribe(listener: (event: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `first` (the state so far) and then every event from this moment on. `first` is taken when reading starts. */
  async *follow<S>(first: () => S, signal?: AbortSignal): AsyncGenerator<S | T, void, void> {
    const queue: (S | T)[] = [];
    let wake: (() => void) | null = null;
    const unsubscribe = this.subscribe((event) => {
      queue.push(event);
      wake?.();
    });
    const stop = () => wake?.();
    signal?.addEventListener('abort', stop);
    queue.unshift(first());
    try {
      while (!signal?.aborted) {
        const next = queue.shift();
        if (next !== undefined) {
          yield next;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    } finally {
      unsubscribe();
      signal?.removeEventListener('abort', stop);
    }
  }
}
