/** The notebook's names as they stand after the cells followed so far. */
import type { Mutation } from '../facts';
import type { CellRecord } from './cell-record';
import { Heap } from './heap';
import type { Stream } from './library';
import { merge, type ObjectId, type Strength, type Value } from './value';

interface Binding {
  readonly value: Value;
  /** The last cell that bound it. */
  readonly cell: number;
  /** Whether a binding of an earlier cell may still hold. */
  readonly isEarlier: boolean;
}

const MANY_OBJECTS = 8;

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
    const whole = needsObject(kept) ? this.#withObject(this.#slim(kept)) : this.#slim(kept);
    if (old && isSure) this.#forget(name, old.value);
    for (const id of whole.objects.keys()) {
      const holders = this.#holders.get(id);
      if (holders) holders.add(name);
      else this.#holders.set(id, new Set([name]));
    }
    this.names.set(name, { value: whole, cell: this.cell, isEarlier });
  }

  /** Pieces that no name stands for are forgotten where there are many: nothing would be seen to change. */
  #slim(value: Value): Value {
    if (value.objects.size <= MANY_OBJECTS) return value;
    const objects = [...value.objects].filter(
      ([id, strength]) => strength === 'same' || (this.#holders.get(id)?.size ?? 0) > 0,
    );
    return { ...value, objects: new Map(objects) };
  }

  #withObject(value: Value): Value {
    const own = this.heap.make(this.heap.isDrawing(value) ? 'drawing' : undefined);
    return { ...value, objects: new Map([...value.objects, [own, 'same']]) };
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
    const outer = new Set<ObjectId>();
    for (const [id, strength] of value.objects) {
      this.#mutateHolders(id, strength, record, change, except);
      this.heap.addHolders(id, outer);
    }
    for (const id of outer) {
      if (!value.objects.has(id)) this.#mutateHolders(id, 'part', record, change, except);
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
      if (record.sure.has(name) || !this.isFromEarlier(name)) {
        record.changedOwn.add(name);
        continue;
      }
      const isSame = strength === 'same' && this.names.get(name)?.value.objects.get(id) === 'same';
      const certainty = isSame ? change.certainty : 'possibly';
      record.noteMutation(name, change.line, change.how, certainty);
    }
  }

  /** Names that stand for the very object of this one: `df2 = df`. */
  sharing(name: string): Set<string> {
    const found = new Set<string>();
    for (const [id, strength] of this.names.get(name)?.value.objects ?? []) {
      if (strength !== 'same') continue;
      for (const other of this.#holders.get(id) ?? []) {
        if (other !== name && this.names.get(other)?.value.objects.get(id) === 'same')
          found.add(other);
      }
    }
    return found;
  }
}

/** A name has an object of its own, so that a later change of it is seen; a piece may be a copy. */
function needsObject(value: Value): boolean {
  if (value.module !== null || value.isConstant) return false;
  for (const strength of value.objects.values()) if (strength === 'same') return false;
  return true;
}
