import type { NotebookFacts } from '../facts';
import { requirementsIn } from '../python/magics';

/** Distributions named by `%pip install` and `!pip install`. */
export function requirementsOf(facts: NotebookFacts): string[] {
  const found = facts.flatMap(({ magics }) =>
    magics.flatMap(({ effect, text }) => (effect === 'install' ? requirementsIn(text) : [])),
  );
  return [...new Set(found)].sort();
}
