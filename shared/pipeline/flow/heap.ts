/** Which objects hold which, and what is special about some. Objects are made up, one per place that makes a new one. */
import { isSameSet } from './equal';
import { Ledger } from './ledger';
import { type ObjectId, PLAIN, type Strength, type Value } from './value';

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
  #last: ObjectId = 0;
  #end: ObjectId = MOST_OBJECTS;
  readonly #contents = new Ledger<ObjectId, Set<ObjectId>>(isSameSet);
  readonly #containers = new Ledger<ObjectId, Set<ObjectId>>(isSameSet);
  readonly #kinds = new Ledger<ObjectId, ObjectKind>((a, b) => a === b);
  readonly ledgers = [this.#contents, this.#containers, this.#kinds];

  make(kind?: ObjectKind): ObjectId {
    if (this.#last + 1 < this.#end) this.#last += 1;
    if (kind) this.#kinds.set(this.#last, kind);
    return this.#last;
  }

  /** The objects of a cell have the same numbers each time it is followed. */
  begin(cell: number): void {
    this.#last = cell * MOST_OBJECTS;
    this.#end = this.#last + MOST_OBJECTS;
    this.#steps = 0;
  }

  get isWorn(): boolean {
    return this.#steps > MOST_STEPS;
  }

  hasKind(value: Value, kind: ObjectKind): boolean {
    for (const [id, strength] of value.objects) {
      if (strength === 'same' && this.#kinds.get(id) === kind) return true;
    }
    return false;
  }

  kindOf(value: Value): ObjectKind | null {
    for (const [id, strength] of value.objects) {
      const kind = this.#kinds.get(id);
      if (kind && strength === 'same') return kind;
    }
    return null;
  }

  /** Nothing but figures, axes and what is drawn on them. */
  isDrawing(value: Value): boolean {
    if (value.objects.size === 0) return false;
    for (const id of value.objects.keys()) if (this.#kinds.get(id) !== 'drawing') return false;
    return true;
  }

  /** From now on the container holds what the value stands for. */
  put(container: ObjectId, value: Value): void {
    this.#steps += value.objects.size;
    for (const id of value.objects.keys()) {
      if (id === container) continue;
      this.#contents.own(container, copied).add(id);
      this.#containers.own(id, copied).add(container);
    }
  }

  putInto(container: Value, value: Value): void {
    if (value.objects.size === 0) return;
    for (const id of container.objects.keys()) this.put(id, value);
  }

  /** A piece of the value: a view of it, or something it holds. */
  part(value: Value): Value {
    if (value.objects.size === 0) return { ...value, text: null };
    const objects = new Map<ObjectId, Strength>();
    for (const id of value.objects.keys()) {
      objects.set(id, 'part');
      if (this.isWorn) continue;
      for (const inner of this.#contents.get(id) ?? []) objects.set(inner, 'part');
    }
    this.#steps += objects.size;
    const hasInstance = value.code.some((each) => each.role === 'instance');
    const code = hasInstance ? value.code.filter((each) => each.role !== 'instance') : value.code;
    return { ...PLAIN, objects, code };
  }

  /** Adds all that holds the object, however deep. */
  addHolders(id: ObjectId, found: Set<ObjectId>): void {
    if (this.isWorn) return;
    const waiting = [id];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const outer of this.#containers.get(at) ?? []) {
        this.#steps += 1;
        if (found.has(outer)) continue;
        found.add(outer);
        waiting.push(outer);
      }
    }
  }
}

const copied = (ids: Set<ObjectId> | undefined) => new Set(ids);
