/** What an engine answered, in words. */
import {
  fail,
  type StudioError,
  StudioFailure,
  studioError,
} from '../../../../shared/base/studio-error';

interface EngineAnswer {
  readonly statusCode: number;
  readonly message: string;
}

/** Null where the engine did not answer at all. */
export function answerOf(thrown: unknown): EngineAnswer | null {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  const told = 'json' in thrown && thrown.json;
  const message =
    typeof told === 'object' && told !== null && 'message' in told ? String(told.message) : null;
  return { statusCode: Number(thrown.statusCode), message: message ?? thrown.message };
}

export const isGone = (thrown: unknown): boolean => answerOf(thrown)?.statusCode === 404;
/** It is stopped already, or started already. */
export const isUnchanged = (thrown: unknown): boolean => answerOf(thrown)?.statusCode === 304;

const PORT_TAKEN =
  /(?:port is already allocated|address already in use|port '\d+' is already in use)/;
/** Podman says it without the word "container", and with another status in each version; a swarm in two ways. */
const NAME_TAKEN = /name .+ (?:is )?already in use|(?:service|config|secret) \S+ already exists/;
export const isPortTaken = (thrown: unknown): boolean =>
  PORT_TAKEN.test(answerOf(thrown)?.message ?? '');

/** Runs `work`; what the engine refuses becomes one sentence with a next step. */
export async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof StudioFailure) throw thrown;
    throw new StudioFailure(explain(what, thrown));
  }
}

function explain(what: string, thrown: unknown): StudioError {
  const answer = answerOf(thrown);
  const detail = answer?.message ?? String(thrown);
  if (!answer) {
    return studioError(
      'server-unreachable',
      `The Docker engine went away while it was ${what}. Deploy again to go on from there.`,
      { detail },
    );
  }
  if (PORT_TAKEN.test(detail)) {
    const number = /(?::|port ')(\d+)(?:'|\/| failed|:? )/.exec(detail)?.[1];
    return studioError(
      'port-in-use',
      `Port ${number ?? ''} is used by something else on the engine’s computer. Choose another, or let a free one be found.`.replace(
        '  ',
        ' ',
      ),
      { detail },
    );
  }
  if (/no space left on device/.test(detail)) {
    return studioError(
      'disk-full',
      `The disk of the engine’s computer is full; it failed at ${what}. Free some space there, then deploy again.`,
      { detail, nextSteps: [{ label: 'Clean up images', command: 'go.build' }] },
    );
  }
  if (/No such image/i.test(detail)) {
    return studioError(
      'not-found',
      `The engine has no image for it any more; it failed at ${what}. Deploy again: the image is made anew.`,
      { detail },
    );
  }
  if (NAME_TAKEN.test(detail)) {
    return studioError(
      'conflict',
      `The engine has something of that name already that Slipway did not make; it failed at ${what}. Choose another name for the deployment.`,
      { detail },
    );
  }
  return studioError('unexpected', `The engine refused ${what}: ${detail}`, { detail });
}

export async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((thrown: unknown) => {
    if (!isGone(thrown) && !isUnchanged(thrown)) throw thrown;
  });
}

export const neverReady = (what: string, why: string, log: readonly string[]): never =>
  fail('environment', `${what} ${why}${log.length > 0 ? ` Its last words: ${log.at(-1)}` : ''}`, {
    ...(log.length > 0 ? { detail: log.join('\n') } : {}),
    nextSteps: [{ label: 'Show what is alive', command: 'go.operate' }],
  });
