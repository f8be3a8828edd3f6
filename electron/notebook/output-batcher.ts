/** Gathers what kernels send, so that a window hears of it once a frame or two, not once a line. */

/** Two frames of a 60 Hz screen. */
export const FLUSH_MS = 32;

export class OutputBatcher<K> {
  readonly #waiting = new Set<K>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly flushKeys: (keys: readonly K[]) => void) {}

  add(key: K): void {
    this.#waiting.add(key);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const keys = [...this.#waiting];
    this.#waiting.clear();
    if (keys.length > 0) this.flushKeys(keys);
  }
}
