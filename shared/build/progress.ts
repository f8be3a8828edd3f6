/** The engine's build stream, read line by line into steps: (steps, message) → steps. */
import { Bytes } from '../base/units';
import type { BuildStep } from './contract';

/** One JSON object of the engine's answer to `POST /build`. */
export interface EngineMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly ID?: string };
}

const STEP = /^Step (\d+)\/(\d+) : (.*)/;
const CACHED = /^ ---> Using cache/;
const LOG_LINES_KEPT = 2000;

export function applyMessage(
  steps: readonly BuildStep[],
  message: EngineMessage,
  now: number,
): BuildStep[] {
  if (message.error) return failLast(steps, message.error, now);
  const text = (message.stream ?? message.status ?? '').replace(/\n+$/, '');
  if (!text.trim()) return [...steps];
  const step = STEP.exec(text);
  if (step) return [...finishLast(steps, now), newStep(step, now)];
  return changeLast(steps, (last) => ({
    ...last,
    state: CACHED.test(text) ? 'cached' : last.state,
    log: [...last.log, ...text.split('\n')].slice(-LOG_LINES_KEPT),
  }));
}

export function finishLast(steps: readonly BuildStep[], now: number): BuildStep[] {
  return changeLast(steps, (last) => ({
    ...last,
    state: last.state === 'running' ? 'done' : last.state,
    endedAt: last.endedAt ?? now,
  }));
}

function failLast(steps: readonly BuildStep[], error: string, now: number): BuildStep[] {
  return changeLast(steps, (last) => ({
    ...last,
    state: 'failed',
    endedAt: now,
    log: [...last.log, error],
  }));
}

function newStep(match: RegExpExecArray, now: number): BuildStep {
  return {
    number: Number(match[1]),
    total: Number(match[2]),
    instruction: match[3] ?? '',
    state: 'running',
    startedAt: now,
    endedAt: null,
    bytes: null,
    log: [],
  };
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
  const lastStage = steps.findLastIndex(({ instruction }) => /^FROM /i.test(instruction)) + 1;
  const layers = history.slice(0, steps.length - lastStage).reverse();
  return steps.map((step, at) => {
    const layer = layers[at - lastStage];
    return layer ? { ...step, bytes: Bytes(layer.Size) } : step;
  });
}
