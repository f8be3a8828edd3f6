/** Runs a package's steps in the clean environment and turns what its runner tells into the run's record. */
import { join, sep } from 'node:path';
import { z } from 'zod';
import type { CellId } from '../../shared/base/ids';
import { type StudioError, StudioFailure, studioError } from '../../shared/base/studio-error';
import { Bytes, Milliseconds } from '../../shared/base/units';
import { type Origin, type PackageFile, predictorSchema, type StepRun } from '../../shared/package';
import { runProcess } from '../base/process';

const entrySchema = z.object({
  name: z.string(),
  kind: z.enum(['parquet', 'npy', 'json', 'pickle', 'none']),
  bytes: z.number(),
  type: z.string(),
  summary: z.string(),
  predictor: predictorSchema.nullable(),
  reason: z.string().nullable(),
});

const usage = {
  wall_ms: z.number(),
  cpu_ms: z.number().nullable(),
  peak_memory_bytes: z.number().nullable(),
};

export const stepFailedSchema = z.object({
  event: z.literal('step-failed'),
  step: z.string(),
  ...usage,
  error: z.object({
    type: z.string(),
    message: z.string(),
    traceback: z.string(),
    frames: z.array(z.object({ file: z.string(), line: z.number().nullable(), name: z.string() })),
  }),
});

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('run-started') }),
  z.object({ event: z.literal('step-started'), step: z.string(), attempt: z.number() }),
  z.object({ event: z.literal('step-skipped'), step: z.string() }),
  z.object({
    event: z.literal('step-reused'),
    step: z.string(),
    ...usage,
    artifacts: z.array(entrySchema),
  }),
  z.object({
    event: z.literal('step-retried'),
    step: z.string(),
    attempt: z.number(),
    retries: z.number(),
    error: z.object({ message: z.string() }),
  }),
  z.object({ event: z.literal('step-repeated'), step: z.string(), why: z.string() }),
  z.object({ event: z.literal('output'), step: z.string(), line: z.string() }),
  z.object({
    event: z.literal('step-done'),
    step: z.string(),
    ...usage,
    artifacts: z.array(entrySchema),
  }),
  stepFailedSchema,
  z.object({ event: z.literal('run-done'), wall_ms: z.number() }),
]);
type RunnerEvent = z.infer<typeof eventSchema>;

/** The cell a line of a generated file came from. */
export type OriginOf = (
  path: string,
  line: number,
) => (Origin & { readonly cellNumber: number }) | null;

export function originsIn(
  files: readonly PackageFile[],
  cells: readonly { readonly id: CellId }[],
): OriginOf {
  const numbers = new Map(cells.map((cell, index) => [cell.id, index + 1]));
  return (path, line) => {
    const file = files.find((each) => each.path === path.split(sep).join('/'));
    const origin = file?.origins[line - 1] ?? null;
    return origin && { ...origin, cellNumber: numbers.get(origin.cellId) ?? 0 };
  };
}

export interface StepsWish {
  readonly python: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly runFolder: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, string>>;
  /** This step alone; all if absent. */
  readonly only?: string;
  readonly signal: AbortSignal;
  readonly originOf: OriginOf;
  readonly onStep: (change: Partial<StepRun> & { readonly stepId: string }) => void;
  readonly onLine: (line: string) => void;
}

/** How many of the last printed lines are kept with a step. */
const TAIL_LINES = 40;

export function packageEnvironment(packageFolder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(env))
    if (/^(PYTHON|VIRTUAL_ENV|CONDA_)/.test(name)) delete env[name];
  return {
    ...env,
    PYTHONPATH: join(packageFolder, 'src'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUTF8: '1',
  };
}

export async function runSteps(wish: StepsWish): Promise<void> {
  let failure: StudioError | null = null;
  const tails = new Map<string, string[]>();
  const args = [
    '-m',
    wish.packageName,
    'run',
    '--json',
    '--run-folder',
    wish.runFolder,
    '--seed',
    String(wish.seed),
    ...(wish.only ? ['--only', wish.only] : []),
    ...parameterArguments(wish.parameters),
  ];
  const { code, stderr } = await runProcess(wish.python, args, {
    cwd: wish.packageFolder,
    env: packageEnvironment(wish.packageFolder),
    signal: wish.signal,
    onLine: (line, stream) => {
      const event = stream === 'stdout' ? parseEvent(line) : null;
      if (!event) return wish.onLine(line);
      failure = apply(event, wish, tails) ?? failure;
    },
  });
  if (failure) throw new StudioFailure(failure);
  if (code !== 0) {
    const detail = stderr.trim();
    const message = detail.split('\n').at(-1) ?? '';
    throw new StudioFailure(
      studioError('step-failed', `The package could not be run. ${message}`.trim(), { detail }),
    );
  }
}

/** An event that the package told, null for any other line. */
export function eventIn<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

export const parseEvent = (line: string): RunnerEvent | null => eventIn(eventSchema, line);

/** As the package's command line takes them. */
export function parameterArguments(parameters: Readonly<Record<string, string>>): string[] {
  return Object.entries(parameters).map(
    ([name, value]) => `--${name.replaceAll('_', '-')}=${value}`,
  );
}

function apply(
  event: RunnerEvent,
  wish: StepsWish,
  tails: Map<string, string[]>,
): StudioError | null {
  if (event.event === 'run-started' || event.event === 'run-done') return null;
  const stepId = event.step;
  const tail = tails.get(stepId) ?? [];
  tails.set(stepId, tail);
  if (event.event === 'output') {
    tail.push(event.line);
    if (tail.length > TAIL_LINES) tail.shift();
    wish.onLine(`${stepId}: ${event.line}`);
    return null;
  }
  if (event.event === 'step-started')
    wish.onStep({
      stepId: stepId as StepRun['stepId'],
      state: 'running',
      ...(event.attempt > 1 ? { attempt: event.attempt } : {}),
    });
  else if (event.event === 'step-skipped') {
    if (!wish.only) wish.onStep({ stepId: stepId as StepRun['stepId'], state: 'skipped' });
  } else if (event.event === 'step-repeated') tail.length = 0;
  else if (event.event === 'step-retried') {
    tail.length = 0;
    const { attempt, retries, error } = event;
    wish.onLine(`${stepId} failed: ${error.message}. It is run again (${attempt} of ${retries}).`);
  } else if (event.event === 'step-done' || event.event === 'step-reused') {
    wish.onStep({
      ...measured(event),
      state: 'done',
      outputTail: tail.join('\n'),
      artifacts: event.artifacts.map(toArtifact),
    });
  } else {
    const error = failureOf(event, wish);
    wish.onStep({ ...measured(event), state: 'failed', outputTail: tail.join('\n'), error });
    return error;
  }
  return null;
}

type Measured = Extract<RunnerEvent, { event: 'step-done' | 'step-reused' | 'step-failed' }>;

function measured(event: Measured) {
  return {
    stepId: event.step as StepRun['stepId'],
    wallMs: Milliseconds(event.wall_ms),
    cpuMs: event.cpu_ms === null ? null : Milliseconds(event.cpu_ms),
    peakMemoryBytes: event.peak_memory_bytes === null ? null : Bytes(event.peak_memory_bytes),
  };
}

function toArtifact(entry: z.infer<typeof entrySchema>): StepRun['artifacts'][number] {
  const { name, kind, type, summary, predictor, reason } = entry;
  return { name, kind, type, summary, predictor, reason, bytes: Bytes(entry.bytes) };
}

export function failureOf(
  event: z.infer<typeof stepFailedSchema>,
  wish: Pick<StepsWish, 'packageFolder' | 'originOf'>,
): StudioError {
  const { error } = event;
  const source = join(wish.packageFolder, '');
  const frames = error.frames
    .filter((frame) => frame.file.startsWith(source) && frame.line !== null)
    .map((frame) =>
      wish.originOf(frame.file.slice(source.length).replace(/^[\\/]/, ''), frame.line ?? 1),
    );
  const origin = frames.findLast((each) => each !== null) ?? null;
  const what = error.type ? `${error.type}: ${error.message.split('\n')[0]}` : error.message;
  const where = origin ? `, cell ${origin.cellNumber}, line ${origin.line}` : '';
  return studioError('step-failed', `Step ${event.step}${where}: ${what}`, {
    ...(origin
      ? { place: { cellId: origin.cellId, cellNumber: origin.cellNumber, line: origin.line } }
      : {}),
    nextSteps: origin
      ? [{ label: 'Show the cell', command: 'notebook.go-to-cell', argument: origin.cellId }]
      : [],
    detail: error.traceback,
  });
}
