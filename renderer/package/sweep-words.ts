/** How a sweep is said and drawn: counts, values, the order of its rows, the scales of its picture. */

import type { StudioError } from '../../shared/base/studio-error';
import type {
  SweepColumns,
  SweepPlan,
  SweepPoint,
  SweepReading,
  SweepRun,
  SweepValue,
} from '../../shared/package';
import { countPoints } from '../../shared/package';
import type { Parameter } from '../../shared/pipeline';

/** `12 points, 3 × 4`. */
export function pointWords(
  arrangement: SweepPlan['arrangement'],
  axes: SweepReading['axes'],
  points: number,
): string {
  const counts = Object.values(axes).flatMap((axis) => (axis.ok ? [axis.value.values.length] : []));
  const told = `${points} ${points === 1 ? 'point' : 'points'}`;
  return arrangement === 'grid' && counts.length > 1 ? `${told}, ${counts.join(' × ')}` : told;
}

const EXAMPLES: Record<Parameter['type'], string> = {
  int: '10, 50, 100 or 10 to 100 by 30',
  float: '0.1, 0.25 or 0.1 to 0.5 by 0.1',
  bool: 'True, False',
  str: 'one, two, "three, four"',
  path: 'data/a.csv, data/b.csv',
  date: '2026-01-01, 2026-02-01',
  list: '[1, 2], [3]',
  enum: '',
  secret: '',
  json: "{'a': 1}, {'a': 2}",
};

export const valuesExample = ({ type, values = [] }: Parameter): string =>
  type === 'enum' ? values.join(', ') : EXAMPLES[type];

export function describeSweepState({ state, points }: SweepRun): string {
  const { done, failed } = countPoints(points);
  const of = `${done} of ${points.length} points`;
  const bad = failed === 0 ? '' : `, ${failed} failed`;
  switch (state) {
    case 'running':
      return points.length === 0 ? 'Making the package and its environment' : `${of} done${bad}`;
    case 'ended':
      return `${of} done${bad}`;
    case 'cancelled':
      return points.length === 0
        ? 'Cancelled before the first point'
        : `Cancelled: ${of} done${bad}`;
    case 'failed':
      return points.length === 0 ? 'It could not begin' : `Cut off: ${of} done${bad}`;
  }
}

/** Numbers with six digits: more is noise, and all of them are in results.csv. */
export function showSweepValue(value: SweepValue | undefined): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `Points 1, 2 and 3`, with what went wrong there. */
export function failuresOf(
  points: readonly SweepPoint[],
): readonly { readonly error: StudioError; readonly where: string }[] {
  const found = new Map<string, { error: StudioError; numbers: number[] }>();
  for (const [at, { error }] of points.entries()) {
    if (error === null) continue;
    const same = found.get(error.message) ?? { error, numbers: [] };
    found.set(error.message, { ...same, numbers: [...same.numbers, at + 1] });
  }
  return [...found.values()].map(({ error, numbers }) => ({ error, where: pointList(numbers) }));
}

const LISTED = 8;

function pointList(numbers: readonly number[]): string {
  if (numbers.length === 1) return `Point ${numbers[0]}`;
  if (numbers.length > LISTED) {
    return `Points ${numbers.slice(0, LISTED).join(', ')} and ${numbers.length - LISTED} more`;
  }
  return `Points ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}

// ── order ──

export interface SweepOrder {
  readonly column: string;
  readonly isDescending: boolean;
}

/** By a parameter, a result, or the time; points without a value come last. */
export function inOrder(
  points: readonly SweepPoint[],
  order: SweepOrder | null,
): readonly (readonly [SweepPoint, number])[] {
  const numbered = points.map((point, at) => [point, at + 1] as const);
  if (order === null) return numbered;
  const key = ([point]: readonly [SweepPoint, number]) => valueIn(point, order.column);
  return numbered.sort((one, two) => compare(key(one), key(two), order.isDescending));
}

/** The columns' keys, so that a parameter and a result of one name stay apart. */
export const parameterKey = (name: string): string => `p ${name}`;
export const resultKey = (name: string): string => `r ${name}`;
export const TIME_KEY = 'time';

export function valueIn(point: SweepPoint, column: string): SweepValue | undefined {
  if (column === TIME_KEY) return point.wallMs ?? undefined;
  const name = column.slice(2);
  return column.startsWith('p ') ? point.parameters[name] : point.values[name];
}

function compare(
  one: SweepValue | undefined,
  two: SweepValue | undefined,
  isDescending: boolean,
): number {
  if (one === undefined || two === undefined) return one === two ? 0 : one === undefined ? 1 : -1;
  const isNumber = typeof one === 'number' && typeof two === 'number';
  const less = isNumber ? one - two : showSweepValue(one).localeCompare(showSweepValue(two));
  return isDescending ? -less : less;
}

// ── picture ──

/** Results that are numbers at some point, those that differ first; nothing to draw of one point. */
export function drawable(points: readonly SweepPoint[], { results }: SweepColumns): string[] {
  const done = points.filter(({ state }) => state === 'done');
  if (done.length < 2) return [];
  return results.filter((name) => done.some(({ values }) => typeof values[name] === 'number'));
}

/** Round numbers between the two, both within: 0, 20, 40. */
export function ticks(least: number, most: number, wanted = 4): number[] {
  if (!(most > least)) return [least];
  const rough = (most - least) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(least / step - 1e-9);
  const count = Math.floor(most / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) =>
    Number(((first + at) * step).toPrecision(12)),
  );
}
