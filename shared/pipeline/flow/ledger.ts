/**
 * A map that knows, cell by cell, what was asked of it and what was changed. So an edit of one cell takes back what
 * the cells from there on did, and does again, without following them, what does not depend on the change.
 */
export interface Entry<K, V> {
  /** Asked for and not written before by the same cell. */
  readonly reads: readonly K[];
  readonly written: readonly K[];
  /** In the order of `written`; undefined where there was nothing. */
  readonly before: (V | undefined)[];
  readonly after: readonly (V | undefined)[];
}

interface Place<V> {
  value: V | undefined;
  /** The last cell's turn in which it was asked for, and written. */
  readIn: number;
  writtenIn: number;
}

export class Ledger<K, V> {
  readonly #places = new Map<K, Place<V>>();
  #turn = 1;
  #reads: K[] = [];
  #written: Place<V>[] = [];
  #keys: K[] = [];
  #before: (V | undefined)[] = [];
  /** Keys that differ from the last analysis at the cell at hand, with what they were then. */
  readonly #stale = new Map<K, V | undefined>();

  constructor(readonly isEqual: (a: V, b: V) => boolean) {}

  #place(key: K): Place<V> {
    const known = this.#places.get(key);
    if (known) return known;
    const made = { value: undefined, readIn: 0, writtenIn: 0 };
    this.#places.set(key, made);
    return made;
  }

  get(key: K): V | undefined {
    const place = this.#place(key);
    this.#noteRead(key, place);
    return place.value;
  }

  #noteRead(key: K, place: Place<V>): void {
    if (place.readIn === this.#turn || place.writtenIn === this.#turn) return;
    place.readIn = this.#turn;
    this.#reads.push(key);
  }

  /** Without noting it: for what no cell but the one at hand can have written. */
  glance(key: K): V | undefined {
    return this.#places.get(key)?.value;
  }

  /** Whether it was there before this cell. */
  had(key: K): boolean {
    const place = this.#place(key);
    this.#noteRead(key, place);
    if (place.writtenIn !== this.#turn) return place.value !== undefined;
    return this.#before[this.#written.indexOf(place)] !== undefined;
  }

  set(key: K, value: V): void {
    this.#write(key, this.#place(key), value);
  }

  delete(key: K): void {
    this.#write(key, this.#place(key), undefined);
  }

  #write(key: K, place: Place<V>, value: V | undefined): void {
    if (place.writtenIn !== this.#turn) {
      place.writtenIn = this.#turn;
      this.#written.push(place);
      this.#keys.push(key);
      this.#before.push(place.value);
    }
    place.value = value;
  }

  /** A value that this cell may change in place: the first time it is copied. */
  own(key: K, copy: (value: V | undefined) => V): V {
    const place = this.#place(key);
    if (place.writtenIn === this.#turn && place.value !== undefined) return place.value;
    this.#noteRead(key, place);
    const made = copy(place.value);
    this.#write(key, place, made);
    return made;
  }

  begin(): void {
    this.#turn += 1;
    this.#reads = [];
    this.#written = [];
    this.#keys = [];
    this.#before = [];
  }

  commit(): Entry<K, V> {
    const after = this.#written.map((place) => place.value);
    const entry = { reads: this.#reads, written: this.#keys, before: this.#before, after };
    this.begin();
    return entry;
  }

  undo({ written, before }: Entry<K, V>): void {
    written.forEach((key, at) => {
      this.#place(key).value = before[at];
    });
  }

  /** Does again what the cell did; only for a cell that reads nothing stale. */
  redo({ written, before, after }: Entry<K, V>): void {
    written.forEach((key, at) => {
      const place = this.#place(key);
      before[at] = place.value;
      place.value = after[at];
    });
    if (this.#stale.size > 0) for (const key of written) this.#stale.delete(key);
  }

  settle(): void {
    this.#stale.clear();
  }

  readsStale({ reads }: Entry<K, V>): boolean {
    if (this.#stale.size === 0) return false;
    return reads.some((key) => this.#stale.has(key));
  }

  /** What the cell did the last time, and what it does now; null where it was not there or is gone. */
  compare(old: Entry<K, V> | null, made: Entry<K, V> | null): void {
    const was = new Map<K, V | undefined>();
    made?.written.forEach((key, at) => {
      was.set(key, this.#stale.has(key) ? this.#stale.get(key) : made.before[at]);
    });
    old?.written.forEach((key, at) => {
      was.set(key, old.after[at]);
    });
    for (const [key, value] of was) {
      const now = this.#place(key).value;
      const isSame =
        value === now || (value !== undefined && now !== undefined && this.isEqual(value, now));
      if (isSame) this.#stale.delete(key);
      else this.#stale.set(key, value);
    }
  }
}
