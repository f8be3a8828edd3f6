/** The engine's build stream, read line by line into steps: (steps, message) → steps. */
import { Bytes, formatBytes } from '../base/units';
import { type BuildTrace, type BuildVertex, decodeTrace } from './buildkit-trace';
import type { BuildStep } from './contract';

/** One JSON object of the engine's answer to `POST /build`. */
export interface EngineMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  /** The classic builder's image, or BuildKit's trace as base64. */
  readonly id?: string;
  readonly aux?: { readonly ID?: string } | string;
}

const TRACE = 'moby.buildkit.trace';
/** “[environment 2/3] RUN …”: the stage, the place in it, the instruction. */
const VERTEX = /^\[(?:(.+?) )?(\d+)\/(\d+)\] (.*)/s;

/** Docker's classic builder counts all steps, Podman those of each stage: “[2/2] STEP 1/3: FROM …”. */
const STEP = /^Step (\d+)\/(\d+) : (.*)/;
const PODMAN_STEP = /^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/(\d+): (.*)/;
const CACHED = /^ ?-{2,3}> Using cache/;
const LOG_LINES_KEPT = 2000;

export function applyMessage(
  steps: readonly BuildStep[],
  message: EngineMessage,
  now: number,
  /** Takes colours and secrets out of each line that is kept. */
  clean: (text: string) => string = (text) => text,
): BuildStep[] {
  if (message.error) return failLast(steps, clean(message.error), now);
  if (message.id === TRACE && typeof message.aux === 'string') {
    return applyTrace(steps, decodeTrace(message.aux), now, clean);
  }
  const text = clean(message.stream ?? message.status ?? '').replace(/\n+$/, '');
  if (!text.trim()) return [...steps];
  const step = stepIn(text, steps.length, now);
  if (step) return [...finishLast(steps, now), step];
  return changeLast(steps, (last) => ({
    ...last,
    state: CACHED.test(text) ? 'cached' : last.state,
    log: [...last.log, ...text.split('\n')].slice(-LOG_LINES_KEPT),
  }));
}

function applyTrace(
  steps: readonly BuildStep[],
  trace: BuildTrace,
  now: number,
  clean: (text: string) => string,
): BuildStep[] {
  const withVertexes = trace.vertexes.reduce(
    (all, vertex) => applyVertex(all, vertex, now),
    [...steps],
  );
  const withLogs = trace.logs.reduce(
    (all, { vertex, text }) => appendLog(all, vertex, clean(text).replace(/\n+$/, '').split('\n')),
    withVertexes,
  );
  return trace.statuses.reduce((all, { vertex, name, current, total }) => {
    const isDownload = total > 0 && current < total;
    const line = `${name}: ${formatBytes(Bytes(current))} of ${formatBytes(Bytes(total))}`;
    return isDownload ? appendLog(all, vertex, [line]) : all;
  }, withLogs);
}

/** Steps run beside one another, so that each is known by its digest; one is shown from its start on. */
function applyVertex(steps: readonly BuildStep[], vertex: BuildVertex, now: number): BuildStep[] {
  const old = steps.find(({ id }) => id === vertex.digest);
  if (!old && !vertex.isStarted) return [...steps];
  // What ran beside a failed step is stopped by BuildKit; that is no failure of its own.
  const hasFailed = vertex.error !== '' && !/context canceled/.test(vertex.error);
  const state = hasFailed
    ? 'failed'
    : vertex.isCached
      ? 'cached'
      : vertex.isCompleted
        ? 'done'
        : 'running';
  const step: BuildStep = {
    ...(old ?? newVertexStep(vertex, steps.length + 1, now)),
    state,
    endedAt: vertex.isCompleted ? now : null,
  };
  return old ? steps.map((one) => (one === old ? step : one)) : [...steps, step];
}

const newVertexStep = (vertex: BuildVertex, number: number, now: number): BuildStep => ({
  id: vertex.digest,
  number,
  total: null,
  instruction: vertex.name,
  state: 'running',
  startedAt: now,
  endedAt: null,
  bytes: null,
  log: [],
});

const appendLog = (steps: readonly BuildStep[], id: string, lines: readonly string[]) =>
  steps.map((step) =>
    step.id === id ? { ...step, log: [...step.log, ...lines].slice(-LOG_LINES_KEPT) } : step,
  );

export function finishLast(steps: readonly BuildStep[], now: number): BuildStep[] {
  return changeLast(steps, (last) => ({
    ...last,
    state: last.state === 'running' ? 'done' : last.state,
    endedAt: last.endedAt ?? now,
  }));
}

function failLast(steps: readonly BuildStep[], error: string, now: number): BuildStep[] {
  // BuildKit has named the step that failed already; what ran beside it was stopped.
  if (steps.some(({ state }) => state === 'failed')) return [...steps];
  return changeLast(steps, (last) => ({
    ...last,
    state: 'failed',
    endedAt: now,
    log: [...last.log, error],
  }));
}

function stepIn(text: string, before: number, now: number): BuildStep | null {
  const begun = { startedAt: now, endedAt: null, bytes: null, log: [] };
  const step = { state: 'running' as const, ...begun };
  const docker = STEP.exec(text);
  if (docker) {
    const [, number = '', total, instruction = ''] = docker;
    return { ...step, id: number, number: Number(number), total: Number(total), instruction };
  }
  const podman = PODMAN_STEP.exec(text);
  if (!podman) return null;
  const [, stage, number = '', total, instruction = ''] = podman;
  // How many there are in all is not told where there are several stages.
  const all = stage === undefined ? Number(total) : null;
  return { ...step, id: `${stage ?? ''}.${number}`, number: before + 1, total: all, instruction };
}

function changeLast(
  steps: readonly BuildStep[],
  change: (last: BuildStep) => BuildStep,
): BuildStep[] {
  const last = steps.at(-1);
  return last ? [...steps.slice(0, -1), change(last)] : [...steps];
}

/**
 * What each instruction added, from the image's history (newest first). The history knows the last stage of the
 * Dockerfile only: each step after its FROM left one line there, those that change no file with 0 bytes.
 */
export function withSizes(
  steps: readonly BuildStep[],
  history: readonly { readonly CreatedBy: string; readonly Size: number }[],
): BuildStep[] {
  if (steps.some(({ instruction }) => VERTEX.test(instruction)))
    return withVertexSizes(steps, history);
  const lastStage = steps.findLastIndex(({ instruction }) => /^FROM /i.test(instruction)) + 1;
  // Labels that the engine was given with the build are steps of Docker's builder, and lines of the history only with Podman.
  const labels = (texts: readonly string[]) => {
    const end = texts.findIndex((text) => !/^(\/bin\/sh -c #\(nop\) +)?LABEL /.test(text));
    return end < 0 ? texts.length : end;
  };
  const inSteps = labels(steps.map(({ instruction }) => instruction).reverse());
  const untold = Math.max(0, labels(history.map(({ CreatedBy }) => CreatedBy)) - inSteps);
  const layers = history.slice(untold, untold + steps.length - lastStage).reverse();
  return steps.map((step, at) => {
    const layer = layers[at - lastStage];
    return layer ? { ...step, bytes: Bytes(layer.Size) } : step;
  });
}

/** BuildKit's history: what changed a file is marked, newest first; the stage that ends last is the image. */
function withVertexSizes(
  steps: readonly BuildStep[],
  history: readonly { readonly CreatedBy: string; readonly Size: number }[],
): BuildStep[] {
  const layers = history
    .filter(({ CreatedBy }) => /^WORKDIR |^(RUN|COPY|ADD) .*# buildkit$/s.test(CreatedBy))
    .reverse();
  const last = steps
    .map(({ instruction }) => VERTEX.exec(instruction))
    .findLast((match) => match !== null);
  if (!last) return [...steps];
  return steps.map((step) => {
    const match = VERTEX.exec(step.instruction);
    // The first of a stage is its FROM.
    const layer = match?.[1] === last[1] ? layers[Number(match?.[2]) - 2] : undefined;
    return layer ? { ...step, bytes: Bytes(layer.Size) } : step;
  });
}
