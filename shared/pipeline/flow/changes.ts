/**
 * What came to be bound or held anew while one cell is followed, in order. A loop is followed until a round brings
 * nothing new, and a function again where what it looks at is no longer what it was.
 */
import { idOf, type ObjectId } from './objects';
import { isSameRoom, type Value } from './value';

/** Rounds of a loop or a recursion: beyond it a cell is too entangled to follow. */
export const MOST_ROUNDS = 24;
export const ANY: ObjectId = Number.POSITIVE_INFINITY;
const NONE: ObjectId = -1;

export class Changes {
  /** The name that was bound, or null where one object came to hold another. */
  #names: (string | null)[] = [];
  /** The youngest object of each: what a later round makes stands for what an earlier one made at the same place. */
  #newest: ObjectId[] = [];
  /** When the function at hand began whose variable it is, 0 for what is the notebook's. */
  #rooms: ObjectId[] = [];
  /** What came to hold another, 0 for a name. */
  #holders: ObjectId[] = [];

  begin(): void {
    if (this.#names.length === 0) return;
    this.#names = [];
    this.#newest = [];
    this.#rooms = [];
    this.#holders = [];
  }

  get now(): number {
    return this.#names.length;
  }

  noteName(name: string, newest: ObjectId, room: ObjectId = 0): void {
    this.#names.push(name);
    this.#newest.push(newest);
    this.#rooms.push(room);
    this.#holders.push(0);
  }

  noteHolding(holder: ObjectId, held: ObjectId): void {
    this.#names.push(null);
    this.#newest.push(Math.max(holder, held));
    this.#rooms.push(0);
    this.#holders.push(holder);
  }

  /** A name whose old value may still hold. */
  noteMerged(name: string, old: Value | undefined, made: Value, room: ObjectId): void {
    const newest = newestOf(old ?? null, made);
    if (newest !== NONE) this.noteName(name, newest, room);
  }

  /** Whether anything is new among objects as old as these, the variables of functions that began later aside. */
  hasSince(then: number, oldest: ObjectId, room: ObjectId): boolean {
    for (let at = then; at < this.#newest.length; at += 1) {
      if ((this.#newest[at] ?? ANY) <= oldest && (this.#rooms[at] ?? 0) <= room) return true;
    }
    return false;
  }

  /** Whether one of the names was bound, or an object as old as these came to hold another. */
  concernsSince(then: number, names: ReadonlySet<string>, oldest: ObjectId): boolean {
    for (let at = then; at < this.#names.length; at += 1) {
      const name = this.#names[at] ?? null;
      if (name === null ? (this.#holders[at] ?? 0) <= oldest : names.has(name)) return true;
    }
    return false;
  }
}

/** The youngest object that the one stands for and the other did not, 0 for something without any, -1 for nothing new. */
export function newestOf(old: Value | null, made: Value): ObjectId {
  if (old === made) return NONE;
  let newest = old?.module === made.module && old.text === made.text ? NONE : 0;
  for (const { closure, role } of made.code) {
    if (old?.code.some((each) => each.role === role && isSameRoom(each.closure, closure))) continue;
    newest = Math.max(newest, closure.members?.birth ?? closure.frame?.birth ?? 0);
  }
  const known = old?.objects ?? [];
  if (known === made.objects) return newest;
  for (const share of made.objects) {
    if (!known.includes(share)) newest = Math.max(newest, idOf(share));
  }
  return newest;
}
