/**
 * The objects a value may share, as a short row of numbers: most values have none or one, and a map for each was half
 * of what an analysis left to the garbage collector.
 */
export type ObjectId = number;
/** `same`: it is this object. `part`: it may be a piece or a view of it, or hold it. */
export type Strength = 'same' | 'part';
/** An object with its strength. A row has each object once, in the order they came. */
export type Share = number;
export type Shares = readonly Share[];

export const NO_SHARES: Shares = [];
/** Beyond it a row is looked through by way of a map. */
const SHORT = 12;

export const sameAs = (id: ObjectId): Share => id * 2 + 1;
export const partOf = (id: ObjectId): Share => id * 2;
export const isSame = (share: Share): boolean => share % 2 === 1;
export const idOf = (share: Share): ObjectId => (share - (share % 2)) / 2;

/** Each of both once; one that is the same in either is the same. */
export function union(first: Shares, second: Shares): Shares {
  if (second.length === 0 || first === second) return first;
  if (first.length === 0) return second;
  return first.length + second.length > SHORT
    ? longUnion(first, second)
    : shortUnion(first, second);
}

function shortUnion(first: Shares, second: Shares): Shares {
  let made: Share[] | null = null;
  for (const share of second) {
    const known = made ?? first;
    if (known.includes(share)) continue;
    const at = known.indexOf(isSame(share) ? share - 1 : share + 1);
    if (at >= 0 && !isSame(share)) continue;
    made ??= [...first];
    if (at >= 0) made[at] = share;
    else made.push(share);
  }
  return made ?? first;
}

function longUnion(first: Shares, second: Shares): Shares {
  const places = new Map(first.map((share, at) => [idOf(share), at]));
  const made = [...first];
  for (const share of second) {
    const at = places.get(idOf(share));
    if (at === undefined) {
      places.set(idOf(share), made.length);
      made.push(share);
    } else if (isSame(share)) made[at] = share;
  }
  return made;
}

export function isSameRow(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
