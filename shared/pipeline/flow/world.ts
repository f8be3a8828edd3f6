/** The notebook's names as they stand after the cells followed so far. */
import type { Mutation } from '../facts';
import type { CellRecord } from './cell-record';
import { Changes, newestOf } from './changes';
import { isSameSet, isSameValue } from './equal';
import { Heap } from './heap';
import { type Entry, Ledger } from './ledger';
import type { Stream } from './library';
import { idOf, isSame, type ObjectId, type Strength, sameAs } from './objects';
import { merge, type Value } from './value';

interface Binding {
  readonly value: Value;
  /** The slot of the last cell that bound it. */
  readonly cell: number;
  /** Whether a binding of an earlier cell may still hold. */
  readonly isEarlier: boolean;
}

const MANY_OBJECTS = 8;

export class World {
  readonly changes = new Changes();
  readonly heap = new Heap(this.changes);
  readonly names = new Ledger<string, Binding>(
    (a, b) => a.cell === b.cell && a.isEarlier === b.isEarlier && isSameValue(a.value, b.value),
  );
  readonly #holders = new Ledger<ObjectId, Set<string>>(isSameSet);
  readonly #seeds = new Ledger<Stream, true>(() => true);
  readonly seeded = {
    has: (stream: Stream) => this.#seeds.get(stream) === true,
    add: (stream: Stream) => this.#seeds.set(stream, true),
  };
  /** The slot of the cell at hand: a number that stays its own wherever it moves. */
  cell = 0;
  /** A function changed the variables of another that an earlier cell called: that is in no ledger. */
  isWide = false;
  readonly #ledgers: readonly Ledger<unknown, unknown>[] = [
    this.names,
    this.#holders,
    this.#seeds,
    ...this.heap.ledgers,
  ] as readonly Ledger<unknown, unknown>[];

  /** `isReading`: only names that are read count, and all that is done is taken back. */
  begin(cell: number, isReading = false): void {
    this.cell = cell;
    this.heap.begin(cell, isReading);
    this.changes.begin();
    for (const ledger of this.#ledgers) ledger.begin();
  }

  /** What the cell asked and did. */
  commit(): CellLog {
    return this.#ledgers.map((ledger) => ledger.commit());
  }

  undo(log: CellLog): void {
    this.#ledgers.forEach((ledger, at) => {
      const entry = log[at];
      if (entry) ledger.undo(entry);
    });
  }

  redo(log: CellLog): void {
    this.#ledgers.forEach((ledger, at) => {
      const entry = log[at];
      if (entry) ledger.redo(entry);
    });
  }

  readsStale(log: CellLog): boolean {
    return this.#ledgers.some((ledger, at) => {
      const entry = log[at];
      return entry !== undefined && ledger.readsStale(entry);
    });
  }

  compare(old: CellLog | null, made: CellLog | null): void {
    this.#ledgers.forEach((ledger, at) => {
      ledger.compare(old?.[at] ?? null, made?.[at] ?? null);
    });
  }

  /** From here on nothing is stale. */
  settle(): void {
    for (const ledger of this.#ledgers) ledger.settle();
  }

  bind(name: string, value: Value, isSure: boolean): void {
    const old = this.names.get(name);
    const isEarlier = !isSure && old !== undefined && (old.isEarlier || old.cell !== this.cell);
    const kept = isSure || !old ? value : merge([old.value, value]);
    const whole = needsObject(kept) ? this.#withObject(this.#slim(kept)) : this.#slim(kept);
    if (old && isSure) this.#forget(name, old.value);
    for (const share of whole.objects) this.#holders.own(idOf(share), copied).add(name);
    if (isSure) this.changes.noteName(name, newestOf(null, whole));
    else this.changes.noteMerged(name, old?.value, whole, 0);
    this.names.set(name, { value: whole, cell: this.cell, isEarlier });
  }

  /** Pieces that no name stands for are forgotten where there are many: nothing would be seen to change. */
  #slim(value: Value): Value {
    if (value.objects.length <= MANY_OBJECTS) return value;
    const objects = value.objects.filter(
      (share) => isSame(share) || (this.#holders.get(idOf(share))?.size ?? 0) > 0,
    );
    return { ...value, objects };
  }

  #withObject(value: Value): Value {
    const own = this.heap.make(this.heap.isDrawing(value) ? 'drawing' : undefined);
    return { ...value, objects: [...value.objects, sameAs(own)] };
  }

  unbind(name: string): void {
    const old = this.names.get(name);
    if (old) this.#forget(name, old.value);
    this.changes.noteName(name, 0);
    this.names.delete(name);
  }

  #forget(name: string, value: Value): void {
    for (const share of value.objects) this.#holders.own(idOf(share), copied).delete(name);
  }

  /** Whether reading the name now may read what an earlier cell bound. */
  isFromEarlier(name: string): boolean {
    const binding = this.names.get(name);
    return binding === undefined || binding.isEarlier || binding.cell !== this.cell;
  }

  /** Notes every name that shares the changed objects and that this cell did not surely bind. */
  mutate(value: Value, record: CellRecord, change: Omit<Mutation, 'name'>, except?: string): void {
    const { objects } = value;
    if (objects.length === 0) return;
    const outer = new Set<ObjectId>();
    for (const share of objects) {
      this.#mutateHolders(idOf(share), isSame(share) ? 'same' : 'part', record, change, except);
      this.heap.addHolders(idOf(share), outer);
    }
    if (outer.size === 0) return;
    const own = new Set(objects.map(idOf));
    for (const id of outer) {
      if (!own.has(id)) this.#mutateHolders(id, 'part', record, change, except);
    }
  }

  #mutateHolders(
    id: ObjectId,
    strength: Strength,
    record: CellRecord,
    change: Omit<Mutation, 'name'>,
    except?: string,
  ): void {
    for (const name of this.#holders.get(id) ?? []) {
      if (name === except) continue;
      if (record.sure.has(name) || !this.isFromEarlier(name)) continue;
      const isIt = strength === 'same' && this.#isVery(name, id);
      const certainty = isIt ? change.certainty : 'possibly';
      record.noteMutation(name, change.line, change.how, certainty);
    }
  }

  #isVery(name: string, id: ObjectId): boolean {
    return this.names.get(name)?.value.objects.includes(sameAs(id)) === true;
  }

  /** Names that stand for the very object of this one: `df2 = df`. */
  sharing(name: string): Set<string> {
    const found = new Set<string>();
    for (const share of this.names.get(name)?.value.objects ?? []) {
      if (!isSame(share)) continue;
      for (const other of this.#holders.get(idOf(share)) ?? []) {
        if (other !== name && this.#isVery(other, idOf(share))) found.add(other);
      }
    }
    return found;
  }
}

export type CellLog = readonly Entry<unknown, unknown>[];

const copied = (names: Set<string> | undefined) => new Set(names);

/** A name has an object of its own, so that a later change of it is seen; a piece may be a copy. */
function needsObject(value: Value): boolean {
  if (value.module !== null || value.isConstant) return false;
  return !value.objects.some(isSame);
}
