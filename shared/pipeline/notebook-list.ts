/** The list of a pipeline's notebooks as slipway.yaml keeps it: their file names, in the order a person gives. */
import { fail } from '../base/studio-error';
import type { PipelineChoices } from './choices';

/** The whole order with the main notebook in it; alone where no other is listed. */
export function notebookList({ notebooks = [] }: PipelineChoices, main: string): string[] {
  const once = [...new Set(notebooks)];
  return once.includes(main) ? once : [...once, main];
}

/** As the numbers and names of files have it, among those that are there in whatever order. */
export function withNotebook(list: readonly string[], name: string): string[] {
  if (list.includes(name)) return [...list];
  const at = list.findIndex((each) => isBefore(name, each));
  return at < 0 ? [...list, name] : [...list.slice(0, at), name, ...list.slice(at)];
}

/** `2-train` comes before `10-report`. */
const isBefore = (one: string, two: string): boolean =>
  one.localeCompare(two, 'en', { numeric: true }) < 0;

/** One place earlier or later. */
export function movedNotebook(list: readonly string[], name: string, by: -1 | 1): string[] {
  const at = list.indexOf(name);
  const other = list[at + by];
  if (at < 0 || other === undefined) return [...list];
  const moved = [...list];
  moved[at + by] = name;
  moved[at] = other;
  return moved;
}

/** Nothing is written of a pipeline that has only its own notebook. */
export function withList(
  { notebooks: _before, ...choices }: PipelineChoices,
  list: readonly string[],
): PipelineChoices {
  return list.length > 1 ? { ...choices, notebooks: [...list] } : choices;
}

/** Each of them once, and the main notebook among them. */
export function checkedOrder(list: readonly string[], wanted: readonly string[]): string[] {
  const unknown = wanted.find((name) => !list.includes(name));
  if (unknown !== undefined) {
    fail(
      'invalid-input',
      `${unknown} is not in the pipeline. Its notebooks are: ${list.join(', ')}.`,
    );
  }
  return [...new Set([...wanted, ...list.filter((name) => !wanted.includes(name))])];
}
