/** Which objects hold which, and what is special about some. Objects are made up, one per place that makes a new one. */

import type { Changes } from './changes';
import { isSameSet } from './equal';
import { Ledger } from './ledger';
import { idOf, isSame, type ObjectId, partOf, type Share, type Shares } from './objects';
import type { Value } from './value';

/** `random`: a generator with a stream of its own; `handle`: an open file or connection; `iterator`: used up by reading; `drawing`: part of a figure. */
export type ObjectKind = 'random' | 'handle' | 'iterator' | 'unseeded' | 'drawing';

/**
 * Steps along the edges between objects that one cell may take. A cell that needs more is so entangled that only the
 * objects nearest to a change are looked at from there on: it stays fast, and says so.
 */
const MOST_STEPS = 100_000;
/** Numbers kept for the objects of one cell; what it makes beyond them counts as its last. */
const MOST_OBJECTS = 2 ** 14;

export class Heap {
  #steps = 0;
  /** Who only wants to know which names are read need not know what holds what. */
  #isReading = false;
  /** Objects of the cell at hand have numbers above it. */
  #start: ObjectId = 0;
  #last: ObjectId = 0;
  #end: ObjectId = MOST_OBJECTS;
  readonly #contents = new Ledger<ObjectId, Set<ObjectId>>(isSameSet);
  readonly #containers = new Ledger<ObjectId, Set<ObjectId>>(isSameSet);
  readonly #kinds = new Ledger<ObjectId, ObjectKind>((a, b) => a === b);
  readonly ledgers = [this.#contents, this.#containers, this.#kinds];

  /** How often it was asked what holds what. */
  looks = 0;

  constructor(readonly changes: Changes) {}

  /** The youngest object. */
  get last(): ObjectId {
    return this.#last;
  }

  make(kind?: ObjectKind): ObjectId {
    if (this.#last + 1 < this.#end) this.#last += 1;
    if (kind) this.#kinds.set(this.#last, kind);
    return this.#last;
  }

  /** The objects of a cell have the same numbers each time it is followed. */
  begin(cell: number, isReading: boolean): void {
    this.#isReading = isReading;
    this.#start = cell * MOST_OBJECTS;
    this.#last = this.#start;
    this.#end = this.#last + MOST_OBJECTS;
    this.#steps = 0;
  }

  /** What the cell at hand made no other cell has written to, so nothing depends on what is asked of it. */
  #get<V>(ledger: Ledger<ObjectId, V>, id: ObjectId): V | undefined {
    return id > this.#start && id <= this.#last ? ledger.glance(id) : ledger.get(id);
  }

  /** What objects hold is not looked at. */
  get #isFlat(): boolean {
    return this.#isReading || this.isWorn;
  }

  get isWorn(): boolean {
    return this.#steps > MOST_STEPS;
  }

  hasKind(value: Value, kind: ObjectKind): boolean {
    for (const share of value.objects) {
      if (isSame(share) && this.#get(this.#kinds, idOf(share)) === kind) return true;
    }
    return false;
  }

  kindOf(value: Value): ObjectKind | null {
    for (const share of value.objects) {
      const kind = this.#get(this.#kinds, idOf(share));
      if (kind && isSame(share)) return kind;
    }
    return null;
  }

  /** Nothing but figures, axes and what is drawn on them. */
  isDrawing(value: Value): boolean {
    if (value.objects.length === 0) return false;
    return value.objects.every((share) => this.#get(this.#kinds, idOf(share)) === 'drawing');
  }

  /** From now on the container, just made, holds what the value stands for. */
  put(container: ObjectId, value: Value): void {
    if (this.#isReading) return;
    this.#steps += value.objects.length;
    for (const share of value.objects) {
      const id = idOf(share);
      if (id === container) continue;
      this.#contents.own(container, copied).add(id);
      this.#containers.own(id, copied).add(container);
    }
  }

  #putMore(container: ObjectId, value: Value): void {
    if (this.#isReading) return;
    this.#steps += value.objects.length;
    for (const share of value.objects) {
      const id = idOf(share);
      if (id === container) continue;
      const held = this.#contents.own(container, copied);
      if (held.has(id)) continue;
      held.add(id);
      this.#containers.own(id, copied).add(container);
      this.changes.noteHolding(container, id);
    }
  }

  putInto(container: Value, value: Value): void {
    if (value.objects.length === 0) return;
    for (const share of container.objects) this.#putMore(idOf(share), value);
  }

  /** A piece of the value: a view of it, or something it holds. */
  part(value: Value): Value {
    if (value.objects.length === 0) return value.text === null ? value : { ...value, text: null };
    this.looks += 1;
    const objects = this.#partsOf(value.objects);
    this.#steps += objects.length;
    const hasInstance = value.code.some((each) => each.role === 'instance');
    const code = hasInstance ? value.code.filter((each) => each.role !== 'instance') : value.code;
    return { objects, code, module: null, text: null, isConstant: false };
  }

  /** The objects, each followed by what it holds. */
  #partsOf(shares: Shares): Shares {
    const [only] = shares;
    if (only === undefined) return shares;
    if (shares.length === 1) {
      const found = [partOf(idOf(only))];
      if (this.#isFlat) return found;
      for (const inner of this.#get(this.#contents, idOf(only)) ?? NOTHING)
        found.push(partOf(inner));
      return found;
    }
    const found = new Set<Share>();
    for (const share of shares) {
      found.add(partOf(idOf(share)));
      if (this.#isFlat) continue;
      for (const inner of this.#get(this.#contents, idOf(share)) ?? NOTHING)
        found.add(partOf(inner));
    }
    return [...found];
  }

  /** Adds all that holds the object, however deep. */
  addHolders(id: ObjectId, found: Set<ObjectId>): void {
    this.looks += 1;
    if (this.isWorn || !this.#get(this.#containers, id)) return;
    const waiting = [id];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const outer of this.#get(this.#containers, at) ?? []) {
        this.#steps += 1;
        if (found.has(outer)) continue;
        found.add(outer);
        waiting.push(outer);
      }
    }
  }
}

const NOTHING: readonly ObjectId[] = [];
const copied = (ids: Set<ObjectId> | undefined) => new Set(ids);
