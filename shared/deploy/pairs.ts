/** Names and values as a person types them, one a line: for the window's fields and the CLI's flags alike. */
import { secretReferenceSchema } from './deploy';

export interface ReadPairs {
  readonly pairs: Record<string, string>;
  /** A sentence about the first line that cannot be used. */
  readonly problem: string | null;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function readPairs(text: string): ReadPairs {
  const pairs: Record<string, string> = {};
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.indexOf('=');
    const name = line.slice(0, at).trim();
    if (at < 1) return { pairs, problem: `“${line.trim()}” has no “=”: write NAME=value.` };
    if (!NAME.test(name)) {
      return { pairs, problem: `“${name}” is no name of a variable: letters, digits and _.` };
    }
    pairs[name] = line.slice(at + 1).trim();
  }
  return { pairs, problem: null };
}

export function readReferences(text: string): ReadPairs {
  const read = readPairs(text);
  const wrong = Object.entries(read.pairs).find(
    ([, reference]) => !secretReferenceSchema.safeParse(reference).success,
  );
  if (!wrong || read.problem) return read;
  // What was typed may be the secret itself: it is not repeated.
  return {
    pairs: {},
    problem: `${wrong[0]} must name where its value comes from: env:VARIABLE, file:PATH or there:NAME/KEY.`,
  };
}

export const writePairs = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
