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
