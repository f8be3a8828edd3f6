/** The bundled list of prices. Every price keeps where it came from and when; what is not in it is unknown, never zero. */
import { z } from 'zod';

export const priceSchema = z.object({
  provider: z.string(),
  service: z.string(),
  sku: z.string(),
  region: z.string(),
  /** For example vCPU-hour, GiB-second, request. */
  unit: z.string(),
  usd: z.number().nonnegative(),
  source: z.string(),
  /** As the source states it; `YYYY-MM-DD` where a day is known. */
  sourceDate: z.string(),
  note: z.string(),
});
export type Price = z.infer<typeof priceSchema>;

export const priceBookSchema = z.object({
  version: z.literal(1),
  madeFrom: z.array(z.string()),
  prices: z.array(priceSchema),
});
export type PriceBook = z.infer<typeof priceBookSchema>;

export interface PriceQuery {
  readonly provider: string;
  readonly service: string;
  readonly sku: string;
  readonly region: string;
}

/** The price asked for, or null: the caller shows it as unknown. */
export function findPrice(book: PriceBook, query: PriceQuery): Price | null {
  return (
    book.prices.find(
      (price) =>
        price.provider === query.provider &&
        price.service === query.service &&
        price.sku === query.sku &&
        price.region === query.region,
    ) ?? null
  );
}

/** The regions in which a SKU has a price, sorted. */
export function regionsOf(book: PriceBook, service: string, sku: string): string[] {
  const regions = book.prices.filter((price) => price.service === service && price.sku === sku);
  return [...new Set(regions.map((price) => price.region))].sort();
}

const DAY_MS = 86_400_000;
export const STALE_AFTER_DAYS = 90;

/** A sentence when a price is older than 90 days, or when nobody can tell; null when it is fresh. `now` in milliseconds. */
export function stalenessOf(sourceDate: string, now: number): string | null {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(sourceDate) ? Date.parse(`${sourceDate}T00:00:00Z`) : NaN;
  if (Number.isNaN(day)) return `The source gives no exact date ("${sourceDate}").`;
  const days = Math.floor((now - day) / DAY_MS);
  if (days <= STALE_AFTER_DAYS) return null;
  return `This price is ${days} days old. It may have changed since ${sourceDate}.`;
}
