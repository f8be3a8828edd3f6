/** The notebook's names as they stand after the cells followed so far. */
import type { Mutation } from '../facts';
import type { CellRecord } from './cell-record';
import { Heap } from './heap';
import type { Stream } from './library';
import { merge, type ObjectId, objectValue, type Strength, type Value } from './value';

interface Binding {
  readonly value: Value;
  /** The last cell that bound it. */
  readonly cell: number;
  /** Whether a binding of an earlier cell may still hold. */
  readonly isEarlier: boolean;
}

export class World {
  readonly heap = new Heap();
  readonly names = new Map<string, Binding>();
  readonly #holders = new Map<ObjectId, Set<string>>();
  readonly seeded = new Set<Stream>();
  cell = 0;

  bind(name: string, value: Value, isSure: boolean): void {
    const old = this.names.get(name);
    const isEarlier = !isSure && old !== undefined && (old.isEarlier || old.cell < this.cell);
    const kept = isSure || !old ? value : merge([old.value, value]);
    const whole = kept.objects.size === 0 && needsObject(kept) ? this.#withObject(kept) : kept;
    if (old && isSure) this.#forget(name, old.value);
    for (const id of whole.objects.keys()) {
      const holders = this.#holders.get(id);
      if (holders) holders.add(name);
      else this.#holders.set(id, new Set([name]));
    }
    this.names.set(name, { value: whole, cell: this.cell, isEarlier });
  }

  #withObject(value: Value): Value {
    return { ...value, objects: objectValue(this.heap.make()).objects };
  }

  unbind(name: string): void {
    const old = this.names.get(name);
    if (old) this.#forget(name, old.value);
    this.names.delete(name);
  }

  #forget(name: string, value: Value): void {
    for (const id of value.objects.keys()) this.#holders.get(id)?.delete(name);
  }

  /** Whether reading the name now may read what an earlier cell bound. */
  isFromEarlier(name: string): boolean {
    const binding = this.names.get(name);
    return binding === undefined || binding.isEarlier || binding.cell < this.cell;
  }

  /** Notes every name that shares the changed objects and that this cell did not surely bind. */
  mutate(value: Value, record: CellRecord, change: Omit<Mutation, 'name'>, except?: string): void {
    for (const [id, strength] of value.objects) {
      this.#mutateHolders(id, strength, record, change, except);
      for (const outer of this.heap.holdersOf(id))
        this.#mutateHolders(outer, 'part', record, change, except);
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
      if (name === except || record.sure.has(name) || !this.isFromEarlier(name)) continue;
      const isSame = strength === 'same' && this.names.get(name)?.value.objects.get(id) === 'same';
      const certainty = isSame ? change.certainty : 'possibly';
      record.noteMutation(name, change.line, change.how, certainty);
    }
  }

  /** Names that stand for the same object as this one. */
  sharing(name: string): Set<string> {
    const found = new Set<string>();
    for (const [id] of this.names.get(name)?.value.objects ?? []) {
      for (const other of this.#holders.get(id) ?? []) if (other !== name) found.add(other);
    }
    return found;
  }
}

/** A name bound to something unknown has an identity, so that a later change of it is seen. */
function needsObject(value: Value): boolean {
  return value.module === null && value.text === null;
}
