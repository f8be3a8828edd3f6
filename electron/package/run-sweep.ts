/** Has the package run itself for many values of its parameters, and reads what it tells. */
import { join } from 'node:path';
import { z } from 'zod';
import { fail } from '../../shared/base/studio-error';
import { describeSweep, type Sweep, sweepRowSchema } from '../../shared/package';
import { runProcess } from '../base/process';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import { eventIn, packageEnvironment, parameterArguments } from './run-steps';

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
}

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('sweep-started'), combinations: z.array(z.unknown()) }),
  z.object({ event: z.literal('run-done') }),
  z.object({ event: z.literal('combination-failed'), message: z.string() }),
  z.object({ event: z.literal('sweep-done'), results: z.array(sweepRowSchema) }),
]);

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
  let rows: Sweep['rows'] | null = null;
  let [total, ended] = [1, 0];
  const { code, stderr } = await runProcess(at.python, argumentsOf(at, wish), {
    cwd: at.packageFolder,
    env: packageEnvironment(at.packageFolder),
    signal: task.signal,
    onLine: (line, stream) => {
      const event = stream === 'stdout' ? eventIn(eventSchema, line) : null;
      if (!event) return task.log(line);
      if (event.event === 'sweep-started') total = Math.max(1, event.combinations.length);
      else if (event.event === 'sweep-done') rows = event.results;
      else ended += 1;
      const words = `${ended} of ${total} combinations`;
      task.progress(BEGINS + ((1 - BEGINS) * ended) / total, words);
    },
  });
  if (rows !== null) return { folder: at.sweepFolder, rows };
  const message = stderr.trim().split('\n').at(-1) ?? '';
  const detail = stderr.trim();
  if (code === 2) return fail('invalid-input', message, { detail });
  return fail('step-failed', `The sweep did not come to its end. ${message}`.trim(), { detail });
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

export const sweepFolderOf = (notebookFolder: string, packageName: string): string =>
  join(notebookFolder, '.slipway', 'sweeps', packageName);
