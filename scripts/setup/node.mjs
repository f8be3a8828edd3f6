/** Node 24, which came with the packages where there is one for this platform. */
import { findNode24, node24 } from '../lib/node24.mjs';

export const title = 'Node 24 for the studio host';

export function isDone() {
  return findNode24() !== null;
}

export function run() {
  node24();
}
