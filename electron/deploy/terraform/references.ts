/** Names that stand for a resource of the module become references to it, also inside of longer texts. */
import type { Json } from '../../../shared/deploy';
import { type Expression, type Hcl, Template } from './hcl';

/** What stands in the plan, and what stands for it in the module. */
export type Replacement = readonly [plain: string, by: Expression];

export function withReferences(value: Json, all: readonly Replacement[]): Hcl {
  if (typeof value === 'string') return template(value, all);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: Json) => withReferences(each, all));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withReferences(each as Json, all)]),
  );
}

function template(plain: string, all: readonly Replacement[]): Hcl {
  const parts = all
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce<readonly (string | Expression)[]>(
      (done, replacement) =>
        done.flatMap((part) => (typeof part === 'string' ? cut(part, replacement) : [part])),
      [plain],
    );
  return parts.some((part) => typeof part !== 'string') ? new Template(parts) : plain;
}

const cut = (plain: string, [old, by]: Replacement): (string | Expression)[] =>
  plain.split(old).flatMap((part, at) => (at === 0 ? [part] : [by, part]));
