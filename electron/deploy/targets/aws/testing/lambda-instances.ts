/** What an invocation of our Lambda comes to: the image's labelled behaviour is played, or its container is asked. */
import { type FunctionAnswer, type FunctionEvent, RuntimeApi } from '../../../test-runtime-api';
import type { StandContainers } from '../../../testing/stand-containers';
import type { Behaviour } from './stand-images';

export interface Runnable {
  readonly arn: string;
  readonly version: string;
  readonly image: string;
  readonly memoryMb: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
}

export interface Outcome {
  /** Null where it answered. */
  readonly error: string | null;
  readonly payload: unknown;
  readonly lines: readonly string[];
}

/** Plays or runs versions; `stop` ends what runs. */
export interface Instances {
  readonly invoke: (what: Runnable, event: FunctionEvent) => Promise<Outcome>;
  readonly stop: () => Promise<void>;
}

export function playedInstances(
  behaviourOf: (image: string) => Promise<Behaviour | null>,
): Instances {
  return {
    invoke: async ({ image }, event) => played(await behaviourOf(image), event),
    stop: async () => undefined,
  };
}

function played(behaviour: Behaviour | null, { rawPath }: FunctionEvent): Outcome {
  if (!behaviour) return ended('Runtime.InvalidEntrypoint', 'the image is gone', []);
  const { exitCode, log: lines, isUnhealthy, isTooLarge } = behaviour;
  if (isTooLarge) return ended('Runtime.ExitError', exited('signal: killed'), lines);
  if (exitCode !== null)
    return ended('Runtime.ExitError', exited(`exit status ${exitCode}`), lines);
  const status = isUnhealthy ? 503 : 200;
  const body = JSON.stringify({ status: isUnhealthy ? 'not ready' : 'ready', path: rawPath });
  const headers = { 'content-type': 'application/json' };
  const payload = { statusCode: status, headers, cookies: [], body, isBase64Encoded: false };
  return { error: null, payload, lines };
}

const exited = (how: string): string => `RequestId: stand Error: Runtime exited with error: ${how}`;
const ended = (errorType: string, errorMessage: string, lines: readonly string[]): Outcome => ({
  error: 'Unhandled',
  payload: { errorType, errorMessage },
  lines,
});

const LOOK_MS = 200;

/** One container a version, as Lambda gives it: nothing but /tmp can be written to, and the runtime's address in a variable. */
export function containedInstances(containers: StandContainers): Instances {
  const running = new Map<string, { api: RuntimeApi; told: number }>();
  const start = async ({ arn, version, image, command, environment, memoryMb }: Runnable) => {
    const key = `${arn}:${version}`;
    const there = running.get(key);
    if (there) return { key, ...there };
    const api = await RuntimeApi.start();
    await containers.start(key, {
      image,
      command,
      environment: { ...environment, AWS_LAMBDA_RUNTIME_API: api.host },
      asFunction: { memoryMb },
    });
    running.set(key, { api, told: 0 });
    return { key, api, told: 0 };
  };
  return {
    invoke: async (what, event) => {
      const { key, api, told } = await start(what);
      const answer = await Promise.race([api.ask(event), gone(containers, key)]);
      const { log } = await containers.look(key);
      running.set(key, { api, told: log.length });
      const lines = log.slice(told);
      if (typeof answer === 'number') {
        running.delete(key);
        await api.stop();
        await containers.stop(key);
        return ended('Runtime.ExitError', exited(`exit status ${answer}`), lines);
      }
      if ('error' in answer) return ended('Function.Error', answer.error, lines);
      return { error: null, payload: payloadOf(answer), lines };
    },
    stop: async () => {
      for (const { api } of running.values()) await api.stop();
    },
  };
}

async function gone(containers: StandContainers, key: string): Promise<number> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const { exitCode } = await containers.look(key).catch(() => ({ exitCode: -1 }));
    if (exitCode !== null) return exitCode;
  }
}

const payloadOf = (answer: Exclude<FunctionAnswer, { error: string }>) => ({
  statusCode: answer.status,
  headers: { 'content-type': answer.type ?? 'text/plain' },
  cookies: [],
  body: answer.body,
  isBase64Encoded: false,
});
