/** Reads the bundled price book. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { type PriceBook, priceBookSchema } from '../../shared/estimate';

export async function readPriceBook(resources: string): Promise<PriceBook> {
  const path = join(resources, 'prices', 'price-book.json');
  try {
    return priceBookSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    return fail(
      'invalid-file',
      'The bundled price book could not be read. Install the app again.',
      {
        place: { path },
        detail: String(thrown),
      },
    );
  }
}
