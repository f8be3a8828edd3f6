/** What a person asks of a sweep: values for some parameters, typed, checked and counted before anything runs. */
import { z } from 'zod';
import { err, ok, type Result } from '../base/result';
import { studioError } from '../base/studio-error';
import { type Parameter, parseParameterValue } from '../pipeline';
import { pythonString } from './cell-magics';

/** As many as a table is still read by a person; `slipway sweep` has no such bound. */
export const MOST_POINTS = 500;

export const sweepPlanSchema = z.object({
  /** `grid`: every value meets every other. `rows`: the first with the first, the second with the second. */
  arrangement: z.enum(['grid', 'rows']),
  /** By parameter, as typed: `10, 50, 100` or `10 to 100 by 30`. One that is empty keeps its default. */
  values: z.record(z.string(), z.string()),
  /** `step.name` of the results to show; empty: the numbers of the last step that gives any. */
  metrics: z.array(z.string()),
  /** How many steps run side by side. */
  jobs: z.number().int().min(1).max(64),
});
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

export const EMPTY_PLAN: SweepPlan = { arrangement: 'grid', values: {}, metrics: [], jobs: 1 };

/** Values of one parameter, each as it is passed on. */
export interface SweepAxis {
  readonly parameter: Parameter;
  readonly values: readonly string[];
}

export interface SweepReading {
  /** By parameter: what was understood, or what is wrong with it. */
  readonly axes: Readonly<Record<string, Result<SweepAxis>>>;
  /** How many points that makes; 0 as long as nothing can run. */
  readonly points: number;
  /** Why it cannot begin, null where it can. */
  readonly problem: string | null;
}

export function readPlan(plan: SweepPlan, parameters: readonly Parameter[]): SweepReading {
  const axes: Record<string, Result<SweepAxis>> = {};
  for (const [name, text] of Object.entries(plan.values)) {
    if (text.trim() !== '') axes[name] = readAxis(name, text, parameters);
  }
  const read = Object.values(axes);
  const bad = read.find((axis) => !axis.ok);
  const good = read.flatMap((axis) => (axis.ok ? [axis.value] : []));
  if (bad && !bad.ok) return { axes, points: 0, problem: bad.error.message };
  const points = countPoints(plan.arrangement, good);
  return { axes, points, problem: whyNot(plan.arrangement, good, points) };
}

function whyNot(
  arrangement: SweepPlan['arrangement'],
  axes: readonly SweepAxis[],
  points: number,
): string | null {
  if (axes.length === 0) return 'Give at least one parameter some values.';
  const lengths = new Set(axes.map(({ values }) => values.length));
  if (arrangement === 'rows' && lengths.size > 1) {
    const told = axes.map(({ parameter, values }) => `${parameter.name} has ${values.length}`);
    return `Row by row each parameter needs as many values as the others: ${told.join(', ')}.`;
  }
  if (points <= MOST_POINTS) return null;
  return `That is ${points} points, and ${MOST_POINTS} is the most here. Leave out some values.`;
}

function countPoints(arrangement: SweepPlan['arrangement'], axes: readonly SweepAxis[]): number {
  if (axes.length === 0) return 0;
  const columns = axes.map(({ parameter, values }) => values.map(sameAs(parameter)));
  if (arrangement === 'grid') return columns.reduce((all, each) => all * new Set(each).size, 1);
  const rows = (columns[0] ?? []).map((_, at) => JSON.stringify(columns.map((each) => each[at])));
  return new Set(rows).size;
}

/** What is run once though it was written in two ways: 1, 1.0 and +1. */
const sameAs =
  ({ type }: Parameter) =>
  (value: string): string =>
    type === 'int' || type === 'float' ? String(Number(value.replaceAll('_', ''))) : value;

function readAxis(name: string, text: string, parameters: readonly Parameter[]): Result<SweepAxis> {
  const parameter = parameters.find((each) => each.name === name);
  if (!parameter) return refuse(`There is no parameter ${name}.`);
  if (parameter.type === 'secret') return refuse(`${name} is a secret, which cannot be swept.`);
  const spread = rangeIn(parameter, text);
  if (spread !== null && !spread.ok) return spread;
  const values: string[] = [];
  for (const each of spread === null ? splitValues(text) : spread.value) {
    const checked = checkValue(parameter, each);
    if (!checked.ok) return checked;
    values.push(checked.value);
  }
  return ok({ parameter, values });
}

const TEXTS: readonly Parameter['type'][] = ['str', 'path', 'date', 'enum'];

/** A text may stand in quotes, and has to where it holds a comma. */
function checkValue(parameter: Parameter, written: string): Result<string> {
  const text = TEXTS.includes(parameter.type) ? unquoted(written) : written;
  const known = parameter.values?.find((value) => value === text || unquoted(value) === text);
  return parseParameterValue(parameter, known ?? text);
}

const unquoted = (text: string): string => /^(["'])([\s\S]*)\1$/.exec(text)?.[2] ?? text;

const refuse = (message: string) => err(studioError('invalid-input', message));

// ── ranges ──

const RANGE = /^\s*(\S+)\s+to\s+(\S+?)(?:\s+by\s+(\S+))?\s*$/;

/** `10 to 100 by 30` of a number: 10, 40, 70, 100. Null for anything else. */
function rangeIn(parameter: Parameter, text: string): Result<string[]> | null {
  const { name, type } = parameter;
  const found = RANGE.exec(text);
  if (found === null || (type !== 'int' && type !== 'float')) return null;
  const [, first = '', last = '', step] = found;
  for (const each of [first, last, ...(step === undefined ? [] : [step])]) {
    const checked = parseParameterValue({ ...unbounded(parameter) }, each);
    if (!checked.ok) return checked;
  }
  if (step === undefined && type === 'float') {
    return refuse(`${name}: say how far apart the values are, as in ${first} to ${last} by 0.1.`);
  }
  const [from, to, by] = [first, last, step ?? '1'].map((each) => Number(each.replaceAll('_', '')));
  if (from === undefined || to === undefined || by === undefined || by === 0) {
    return refuse(`${name}: a range cannot go on by ${step}.`);
  }
  const count = Math.floor((to - from) / by + 1e-9) + 1;
  if (count < 1) return refuse(`${name}: ${text.trim()} holds no value.`);
  if (count > MOST_POINTS) {
    return refuse(`${name}: ${text.trim()} is ${count} values; ${MOST_POINTS} is the most here.`);
  }
  const digits = Math.max(decimals(first), decimals(step ?? '1'));
  return ok(Array.from({ length: count }, (_, at) => numberText(from + at * by, digits)));
}

const unbounded = ({ minimum: _minimum, maximum: _maximum, ...rest }: Parameter): Parameter => rest;

/** Digits behind the point, so that 0.1 + 0.2 is written 0.3. */
function decimals(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent));
}

const numberText = (value: number, digits: number): string =>
  digits <= 12 ? String(Number(value.toFixed(digits))) : String(value);

// ── lists ──

const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** At the commas that stand neither in brackets nor in quotes. */
function splitValues(text: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let [part, quote] = ['', ''];
  for (const letter of text) {
    if (quote === '' && open.length === 0 && letter === ',') {
      parts.push(part);
      part = '';
      continue;
    }
    part += letter;
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (isQuote(letter, part, open.length)) quote = letter;
    else if (CLOSERS[letter] !== undefined) open.push(CLOSERS[letter]);
    else if (letter === open.at(-1)) open.pop();
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

/** An apostrophe within a word is none. */
const isQuote = (letter: string, part: string, depth: number): boolean =>
  (letter === '"' || letter === "'") && (depth > 0 || part.trim() === letter);

// ── handing on ──

/** As the package's command line takes it: a Python list of values, so that a comma in a value splits nothing. */
export function axisArgument({ parameter, values }: SweepAxis): string {
  const literal = (value: string) =>
    parameter.type === 'list' ? value.replace(/^\(([\s\S]*)\)$/, '[$1]') : pythonString(value);
  return `${parameter.name}=[${values.map(literal).join(', ')}]`;
}
