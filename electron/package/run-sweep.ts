/** Has the package run itself for many values of its parameters, and reads what it tells. */
import { z } from 'zod';
import { fail, type StudioError } from '../../shared/base/studio-error';
import { describeSweep, type Sweep, type SweepEvent, sweepRowSchema } from '../../shared/package';
import { runProcess } from '../base/process';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import {
  eventIn,
  failureOf,
  type OriginOf,
  packageEnvironment,
  parameterArguments,
  stepFailedSchema,
} from './run-steps';

export interface SweepWish {
  /** `name=a,b,…`; every value meets every other. */
  readonly grid: readonly string[];
  /** `name=a,b,…`; values that go together. */
  readonly listed: readonly string[];
  /** JSON or YAML with a grid or a list. */
  readonly file: string | null;
  /** `step.name` or `name`. */
  readonly metrics: readonly string[];
  /** Parameters with one value. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly jobs: number;
  readonly isFresh: boolean;
}

export interface SweptPackage {
  readonly python: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly sweepFolder: string;
  readonly seed: number;
  readonly originOf: OriginOf;
  /** Hears of each point as it goes on. */
  readonly onEvent: (event: SweepEvent) => void;
}

const combination = z.number().int();

const eventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('sweep-started'),
    combinations: z.array(z.record(z.string(), z.json())),
  }),
  z.object({ event: z.literal('step-started'), combination, step: z.string() }),
  z.object({ event: z.literal('output'), combination, step: z.string(), line: z.string() }),
  stepFailedSchema.extend({ combination }),
  z.object({ event: z.literal('combination-done'), combination, row: sweepRowSchema }),
  z.object({ event: z.literal('sweep-done'), results: z.array(sweepRowSchema) }),
]);

/** All else that the package tells of itself is of no interest here. */
const otherSchema = z.object({ event: z.string() });

export function startSweep(
  tasks: TaskRunner,
  work: (task: TaskContext) => Promise<Sweep>,
): StartedTask<Sweep> {
  return tasks.run({ stage: 'package', label: 'Sweep', outcome: describeSweep }, work);
}

/** Its place in the progress bar: before it the package and its environment are made. */
const BEGINS = 0.3;

export async function runSweep(
  at: SweptPackage,
  wish: SweepWish,
  task: TaskContext,
): Promise<Sweep> {
  const reader = new SweepReader(at, task);
  const { code, stderr } = await runProcess(at.python, argumentsOf(at, wish), {
    cwd: at.packageFolder,
    env: packageEnvironment(at.packageFolder),
    signal: task.signal,
    onLine: (line, stream) => {
      const isTold = stream === 'stdout' && reader.read(line);
      if (!isTold) task.log(line);
    },
  });
  const { rows } = reader;
  if (rows !== null) return { folder: at.sweepFolder, rows };
  const message = stderr.trim().split('\n').at(-1) ?? '';
  const detail = stderr.trim();
  if (code === 2) return fail('invalid-input', message, { detail });
  return fail('step-failed', `The sweep did not come to its end. ${message}`.trim(), { detail });
}

class SweepReader {
  rows: Sweep['rows'] | null = null;
  readonly #at: SweptPackage;
  readonly #task: TaskContext;
  /** By combination: the failure with its place in the notebook, which the row's sentence does not hold. */
  readonly #failures = new Map<number, StudioError>();
  #total = 1;
  #ended = 0;

  constructor(at: SweptPackage, task: TaskContext) {
    this.#at = at;
    this.#task = task;
  }

  /** Whether the line told something of the sweep; all others are the log's. */
  read(line: string): boolean {
    const event = eventIn(eventSchema, line);
    if (!event) return eventIn(otherSchema, line) !== null;
    switch (event.event) {
      case 'sweep-started':
        this.#total = Math.max(1, event.combinations.length);
        this.#at.onEvent(event);
        this.#progress();
        break;
      case 'step-started':
        this.#at.onEvent(event);
        break;
      case 'output':
        this.#task.log(`[${event.combination + 1}] ${event.step}: ${event.line}`);
        break;
      case 'step-failed':
        this.#failures.set(event.combination, failureOf(event, this.#at));
        break;
      case 'combination-done':
        this.#ended += 1;
        this.#at.onEvent({ ...event, failure: this.#failures.get(event.combination) ?? null });
        this.#progress();
        break;
      case 'sweep-done':
        this.rows = event.results;
    }
    return true;
  }

  #progress(): void {
    const share = BEGINS + ((1 - BEGINS) * this.#ended) / this.#total;
    this.#task.progress(share, `${this.#ended} of ${this.#total} combinations`);
  }
}

function argumentsOf(at: SweptPackage, wish: SweepWish): string[] {
  const each = (option: string, values: readonly string[]) =>
    values.map((value) => `${option}=${value}`);
  return [
    ...['-m', at.packageName, 'sweep', '--json', '--seed', String(at.seed)],
    ...['--sweep-folder', at.sweepFolder, '--jobs', String(wish.jobs), '--no-figures'],
    ...each('--grid', wish.grid),
    ...each('--list', wish.listed),
    ...each('--metric', wish.metrics),
    ...(wish.file === null ? [] : ['--file', wish.file]),
    ...(wish.isFresh ? ['--fresh'] : []),
    ...parameterArguments(wish.parameters),
  ];
}
