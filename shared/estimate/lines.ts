/** From quantities to priced lines, and from lines to a total that says when it is not complete. */
import { showNumber } from './conventions';
import type { Basis, LineItem, Total } from './estimate';
import { findPrice, type PriceBook, type PriceQuery, stalenessOf } from './price-book';
import { combine, exactly, type Spread, times } from './spread';

/** A price of the price book, or one of the rate card the person can edit. */
export type PriceSource =
  | { readonly kind: 'book'; readonly query: PriceQuery }
  | { readonly kind: 'rate-card'; readonly usd: Spread };

export interface LineDraft {
  readonly id: string;
  readonly label: string;
  readonly kind: 'fixed' | 'usage';
  /** Null where it is not known. */
  readonly quantity: Spread | null;
  readonly unit: string;
  readonly price: PriceSource;
  readonly basis: Basis;
  readonly how: string;
}

export function priceLines(drafts: readonly LineDraft[], book: PriceBook, now: number): LineItem[] {
  return drafts.map((draft) => priceLine(draft, book, now));
}

function priceLine(draft: LineDraft, book: PriceBook, now: number): LineItem {
  const found = draft.price.kind === 'book' ? findPrice(book, draft.price.query) : null;
  const usd = draft.price.kind === 'rate-card' ? draft.price.usd : found && exactly(found.usd);
  const range = draft.quantity && usd ? times(draft.quantity, usd) : null;
  return {
    id: draft.id,
    label: draft.label,
    kind: draft.kind,
    quantity: draft.quantity?.likely ?? null,
    unit: draft.unit,
    price: usd?.likely ?? null,
    usd: range?.likely ?? null,
    range,
    basis: draft.basis,
    how: draft.how,
    source:
      draft.price.kind === 'rate-card' ? 'Rate card of this computer' : (found?.source ?? null),
    date: found?.sourceDate ?? null,
    region: draft.price.kind === 'book' ? draft.price.query.region : null,
    staleness: found ? stalenessOf(found.sourceDate, now) : null,
  };
}

/** Null when not one line has a price: a sum of nothing known would read as free. */
export function totalOf(lines: readonly LineItem[]): Total | null {
  const priced = lines.flatMap((line) => (line.range ? [line.range] : []));
  if (priced.length === 0) return null;
  const sum = priced.reduce((left, right) => combine(left, right, (a, b) => a + b), exactly(0));
  return { ...sum, isComplete: priced.length === lines.length };
}

/** "30 runs × 12.3 s × 1 vCPU" from its factors. */
export const product = (...factors: readonly (readonly [number, string])[]): string =>
  factors.map(([value, unit]) => `${showNumber(value)} ${unit}`.trim()).join(' × ');
