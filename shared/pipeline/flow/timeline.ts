/**
 * The cells in their order, with what each asked of the notebook's names and did to them. After an edit the cells
 * before it stand, and of those behind it only what asked for something that is different now is followed again.
 * What comes out is what following all of them would give.
 */
import type { ReadCell } from '../python/read-cell';
import { type CellLog, World } from './world';

export interface Followed<Made, Last> {
  readonly made: Made;
  /** Answers when all cells were followed; null where there is nothing more to say. */
  readonly finish: (() => Last) | null;
}

interface Cell<Made, Last> extends Followed<Made, Last> {
  readonly id: string;
  readonly program: ReadCell;
  readonly slot: number;
  readonly log: CellLog;
  end: { readonly last: Last; readonly log: CellLog } | null;
}

interface Wanted {
  readonly id: string;
  readonly program: ReadCell | null;
}

/** No cell's slot: at the end of the notebook every name comes from an earlier one. */
const AFTER_ALL = 0;

export class Timeline<Made, Last> {
  #world = new World();
  #cells: Cell<Made, Last>[] = [];
  #lastSlot = AFTER_ALL;
  /** The first analysis: there is nothing it could differ from. */
  #isFresh = true;

  constructor(
    readonly follow: (program: ReadCell, world: World) => Followed<Made, Last>,
    readonly nothing: Last,
  ) {}

  /** One answer for each cell, null for what is no code. */
  run(wanted: readonly Wanted[]): ({ made: Made; last: Last } | null)[] {
    if (this.#world.isWide) this.#forgetAll();
    const code = wanted.flatMap(({ id, program }) => (program ? [{ id, program }] : []));
    const start = this.#firstChange(code);
    this.#isFresh = this.#cells.length === start && this.#cells.every((cell) => cell.end === null);
    const old = this.#cells.splice(start);
    for (const cell of [...old].reverse()) this.#world.undo(cell.log);
    this.#walk(old, code.slice(start));
    const answers = this.#finishAll();
    this.#world.settle();
    let at = 0;
    return wanted.map(({ program }) => (program ? (answers[at++] ?? null) : null));
  }

  #forgetAll(): void {
    this.#world = new World();
    this.#cells = [];
  }

  #firstChange(code: readonly { program: ReadCell }[]): number {
    let at = 0;
    while (at < code.length && this.#cells[at]?.program === code[at]?.program) at += 1;
    return Math.min(at, this.#cells.length);
  }

  #walk(old: readonly Cell<Made, Last>[], code: readonly { id: string; program: ReadCell }[]) {
    const partners = paired(
      old.map((cell) => cell.id),
      code.map((cell) => cell.id),
    );
    let next = 0;
    code.forEach((cell, index) => {
      const at = partners[index] ?? null;
      if (at === null) {
        this.#add(cell, null);
        return;
      }
      for (; next < at; next += 1) this.#drop(old[next]);
      next = at + 1;
      this.#again(cell, old[at] ?? null);
    });
    for (; next < old.length; next += 1) this.#drop(old[next]);
  }

  #drop(gone: Cell<Made, Last> | undefined): void {
    this.#world.compare(gone?.log ?? null, null);
  }

  #again(cell: { id: string; program: ReadCell }, old: Cell<Made, Last> | null): void {
    if (!old || old.program !== cell.program || this.#world.readsStale(old.log)) {
      this.#add(cell, old);
      return;
    }
    this.#world.redo(old.log);
    this.#cells.push(old);
  }

  #add({ id, program }: { id: string; program: ReadCell }, old: Cell<Made, Last> | null): void {
    this.#lastSlot += old ? 0 : 1;
    const slot = old?.slot ?? this.#lastSlot;
    this.#world.begin(slot);
    const { made, finish } = this.follow(program, this.#world);
    const log = this.#world.commit();
    if (!this.#isFresh) this.#world.compare(old?.log ?? null, log);
    this.#cells.push({ id, program, slot, log, made, finish, end: null });
  }

  /** What a definition needs in the end changes nothing: each looks at the same last state. */
  #finishAll(): { made: Made; last: Last }[] {
    return this.#cells.map((cell) => {
      if (cell.finish === null) return { made: cell.made, last: this.nothing };
      if (cell.end === null || this.#world.readsStale(cell.end.log)) {
        this.#world.begin(AFTER_ALL, true);
        const last = cell.finish();
        const log = this.#world.commit();
        this.#world.undo(log);
        cell.end = { last, log };
      }
      return { made: cell.made, last: cell.end.last };
    });
  }
}

/** For each new one the place of the old one it goes on from: the longest row that keeps its order. */
function paired(old: readonly string[], now: readonly string[]): (number | null)[] {
  const places = new Map(old.map((id, at) => [id, at]));
  const used = new Set<number>();
  const wanted = now.map((id) => {
    const at = places.get(id) ?? null;
    if (at === null || used.has(at)) return null;
    used.add(at);
    return at;
  });
  const kept = longestRise(wanted);
  return wanted.map((at, index) => (kept.has(index) ? at : null));
}

/** Indices of a longest rising row, by patience sorting. */
function longestRise(values: readonly (number | null)[]): ReadonlySet<number> {
  const tails: number[] = [];
  const before: (number | null)[] = values.map(() => null);
  values.forEach((value, index) => {
    if (value === null) return;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (tails[low - 1] ?? null) : null;
    tails[low] = index;
  });
  const kept = new Set<number>();
  for (let at = tails.at(-1) ?? null; at !== null; at = before[at] ?? null) kept.add(at);
  return kept;
}
