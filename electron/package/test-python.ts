/** The Python of the tests; `scripts/setup/data-environment.mjs` makes it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const DATA_ENVIRONMENT = resolve(import.meta.dirname, '../../.cache/e2e-environment');

/** Its path. */
export function dataPython(): string {
  if (!existsSync(join(DATA_ENVIRONMENT, '.complete')))
    throw new Error('The Python of the tests is not there: `npm test` makes it.');
  const inside = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  return join(DATA_ENVIRONMENT, inside);
}
