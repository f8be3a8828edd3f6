/**
 * A map that knows, cell by cell, what was asked of it and what was changed. So an edit of one cell takes back what
 * the cells from there on did, and does again, without following them, what does not depend on the change.
 */
export interface Entry<K, V> {
  /** Asked for and not written before by the same cell. */
  readonly reads: Set<K>;
  readonly before: Map<K, V | undefined>;
  readonly after: Map<K, V | undefined>;
}

export class Ledger<K, V> {
  readonly #now = new Map<K, V>();
  #reads = new Set<K>();
  #before = new Map<K, V | undefined>();
  /** Keys that differ from the last analysis at the cell at hand, with what they were then. */
  readonly #stale = new Map<K, V | undefined>();

  constructor(readonly isEqual: (a: V, b: V) => boolean) {}

  get(key: K): V | undefined {
    if (!this.#before.has(key)) this.#reads.add(key);
    return this.#now.get(key);
  }

  /** Whether it was there before this cell. */
  had(key: K): boolean {
    if (this.#before.has(key)) return this.#before.get(key) !== undefined;
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    if (!this.#before.has(key)) this.#before.set(key, this.#now.get(key));
    this.#now.set(key, value);
  }

  delete(key: K): void {
    if (!this.#before.has(key)) this.#before.set(key, this.#now.get(key));
    this.#now.delete(key);
  }

  /** A value that this cell may change in place: the first time it is copied. */
  own(key: K, copy: (value: V | undefined) => V): V {
    const known = this.#now.get(key);
    if (known !== undefined && this.#before.has(key)) return known;
    this.#reads.add(key);
    const made = copy(known);
    this.set(key, made);
    return made;
  }

  begin(): void {
    this.#reads = new Set();
    this.#before = new Map();
  }

  commit(): Entry<K, V> {
    const after = new Map<K, V | undefined>();
    for (const key of this.#before.keys()) after.set(key, this.#now.get(key));
    const entry = { reads: this.#reads, before: this.#before, after };
    this.begin();
    return entry;
  }

  undo({ before }: Entry<K, V>): void {
    for (const [key, value] of before) this.#put(key, value);
  }

  /** Does again what the cell did; only for a cell that reads nothing stale. */
  redo({ before, after }: Entry<K, V>): void {
    for (const [key, value] of after) {
      before.set(key, this.#now.get(key));
      this.#put(key, value);
      this.#stale.delete(key);
    }
  }

  #put(key: K, value: V | undefined): void {
    if (value === undefined) this.#now.delete(key);
    else this.#now.set(key, value);
  }

  settle(): void {
    this.#stale.clear();
  }

  readsStale({ reads }: Entry<K, V>): boolean {
    if (this.#stale.size === 0) return false;
    for (const key of this.#stale.keys()) if (reads.has(key)) return true;
    return false;
  }

  /** What the cell did the last time, and what it does now; null where it was not there or is gone. */
  compare(old: Entry<K, V> | null, made: Entry<K, V> | null): void {
    const was = new Map<K, V | undefined>();
    for (const [key, before] of made?.before ?? []) {
      was.set(key, this.#stale.has(key) ? this.#stale.get(key) : before);
    }
    for (const [key, after] of old?.after ?? []) was.set(key, after);
    for (const [key, value] of was) {
      const now = this.#now.get(key);
      const isSame =
        value === now || (value !== undefined && now !== undefined && this.isEqual(value, now));
      if (isSame) this.#stale.delete(key);
      else this.#stale.set(key, value);
    }
  }
}
