/** Variables that look like models, the likeliest first. */
import type { ServeChoice } from '../choices';
import type { NotebookFacts } from '../facts';
import type { Pipeline } from '../pipeline';

export function suggestServe(
  facts: NotebookFacts,
  pipeline: Pipeline,
): (ServeChoice & { reason: string })[] {
  const kept = new Set(pipeline.steps.flatMap(({ outputs }) => outputs));
  const fitted = facts.flatMap(({ mutated, index }) =>
    mutated.flatMap(({ name, how }) =>
      how === '.fit()' && kept.has(name) ? [{ name, index }] : [],
    ),
  );
  const names = [...new Set(fitted.reverse().map(({ name }) => name))];
  return names.map((name) => ({
    model: name,
    function: 'predict',
    reason: `${name} is fitted and kept`,
  }));
}
