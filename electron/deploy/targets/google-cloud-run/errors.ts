/** What Google refuses, as a sentence with what to do next. Rate limits are waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, StudioFailure } from '../../../../shared/base/studio-error';
import { SET_CLOCK } from '../clock';

interface Words {
  /** "creating the service churn": what was being done. */
  readonly doing: string;
  readonly project?: string;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  /** As google.rpc.ErrorInfo has it: IAM_PERMISSION_DENIED, SERVICE_DISABLED, RATE_LIMIT_EXCEEDED. */
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const PAUSES_MS = [500, 1_000, 2_000, 4_000];
const SIGN_IN = { label: 'Sign in', shell: 'gcloud auth application-default login' };

export async function ask<T>(
  words: Words,
  work: () => Promise<T>,
  pauses: readonly number[] = PAUSES_MS,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof StudioFailure) throw thrown;
      const refusal = readRefusal(thrown);
      const pause = pauses[attempt];
      if (!isPassing(refusal) || pause === undefined) return explain(refusal, words);
      await sleep(pause);
    }
  }
}

/** Null where it is not there; any other refusal as `ask` has it. */
export const askIfThere = async <T>(words: Words, work: () => Promise<T>): Promise<T | null> =>
  ask(words, () =>
    work().catch((thrown: unknown) => {
      if (readRefusal(thrown).code === 'NOT_FOUND') return null;
      throw thrown;
    }),
  );

/** False where the same name stands there already. */
export const askUnlessTaken = async (
  words: Words,
  work: () => Promise<unknown>,
): Promise<boolean> =>
  ask(words, () =>
    work().then(
      () => true,
      (thrown: unknown) => {
        if (readRefusal(thrown).code === 'ALREADY_EXISTS') return false;
        throw thrown;
      },
    ),
  );

const isPassing = ({ code, reason, message }: Refusal): boolean =>
  code === 'UNAVAILABLE' ||
  (code === 'RESOURCE_EXHAUSTED' &&
    (reason === 'RATE_LIMIT_EXCEEDED' || /per minute|per second/.test(message)));

function explain({ code, message, reason, metadata }: Refusal, { doing, project }: Words): never {
  const more = { detail: message };
  if (code === 'NOT_SIGNED_IN')
    fail(
      'unauthorized',
      'Nobody is signed in to Google Cloud on this computer. Sign in, then try again.',
      {
        ...more,
        nextSteps: [SIGN_IN],
      },
    );
  if (code === 'WRONG_CLOCK')
    fail(
      'unauthorized',
      'This computer’s clock differs from Google’s, so Google Cloud takes no sign-in from it. Set the clock, then try again.',
      { ...more, nextSteps: [SET_CLOCK] },
    );
  if (code === 'UNAUTHENTICATED')
    fail(
      'unauthorized',
      'The sign-in to Google Cloud has expired. Sign in again, then try again.',
      {
        ...more,
        nextSteps: [SIGN_IN],
      },
    );
  if (reason === 'SERVICE_DISABLED') {
    const api = metadata.service ?? 'the API';
    fail('precondition', `${api} is switched off in this project. Switch it on, then try again.`, {
      ...more,
      nextSteps: [{ label: 'Switch it on', shell: `gcloud services enable ${api}` }],
    });
  }
  if (code === 'PERMISSION_DENIED') denied(message, metadata, doing, project);
  if (code === 'RESOURCE_EXHAUSTED')
    fail(
      'precondition',
      `A quota of Google Cloud does not allow ${doing}: ${sentence(message)} Ask for more under IAM → Quotas, or choose another region.`,
      more,
    );
  if (code === 'UNREACHABLE' || code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED')
    fail(
      'server-unreachable',
      `Google Cloud did not answer while ${doing}. Check the network and the proxy, then try again.`,
      more,
    );
  if (code === 'NOT_FOUND')
    fail('not-found', `Google Cloud has no such thing while ${doing}: ${sentence(message)}`, more);
  return fail('unexpected', `Google Cloud refused ${doing}: ${sentence(message)}`, more);
}

function denied(
  message: string,
  metadata: Refusal['metadata'],
  doing: string,
  project: string | undefined,
): never {
  const permission =
    metadata.permission ?? /[Pp]ermission '([^']+)' denied/.exec(message)?.[1] ?? null;
  if (permission)
    fail(
      'permission',
      `Google Cloud does not permit ${doing}: the account lacks ${permission}. Ask who owns the project for a role that has it.`,
      { detail: message },
    );
  return fail(
    'permission',
    project
      ? `The project ${project} does not exist, or this account may not see it. Check the project’s id and who is signed in.`
      : `Google Cloud does not permit ${doing}: ${sentence(message)} Ask who owns the project.`,
    {
      detail: message,
      nextSteps: [{ label: 'Which there are', shell: 'gcloud projects list' }],
    },
  );
}

const sentence = (text: string): string => `${text.trim().replace(/[.:]+$/, '')}.`;

/** Status codes of gRPC by their numbers. */
const CODES: Readonly<Record<string, string>> = {
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
  ECONNREFUSED: 'UNREACHABLE',
  ECONNRESET: 'UNAVAILABLE',
  ENOTFOUND: 'UNREACHABLE',
  ETIMEDOUT: 'UNREACHABLE',
  EAI_AGAIN: 'UNREACHABLE',
};

/** Of a gRPC error, an HTTP answer of the auth client, or a failed connection. */
function readRefusal(thrown: unknown): Refusal {
  const error = (thrown ?? {}) as {
    code?: string | number;
    message?: string;
    reason?: string;
    errorInfoMetadata?: Record<string, string>;
    cause?: { code?: string };
    response?: { data?: { error?: HttpError | string; error_description?: string } };
  };
  const text = error.message ?? String(thrown);
  const { error: answered, error_description: why = '' } = error.response?.data ?? {};
  if (typeof answered === 'object') return readHttpError(answered);
  if (/Could not load the default credentials|Unable to detect a Project Id/.test(text))
    return refusal('NOT_SIGNED_IN', text);
  // A key file signs its own request, which is good for a time: Google says “invalid_grant” to a wrong one too.
  if (WRONG_CLOCK.test(`${text} ${why}`)) return refusal('WRONG_CLOCK', why || text);
  if (/invalid_grant|invalid_rapt|reauth/i.test(`${text} ${answered ?? ''}`))
    return refusal('UNAUTHENTICATED', text);
  const code = CODES[String(error.code)] ?? CODES[error.cause?.code ?? ''] ?? codeIn(text);
  return {
    ...refusal(code, text.replace(/^\d+ [A-Z_]+: /, '')),
    reason: error.reason ?? '',
    metadata: error.errorInfoMetadata ?? {},
  };
}

const WRONG_CLOCK =
  /Check your iat and exp values|in a reasonable timeframe|used too (early|late)/i;

interface HttpError {
  readonly status?: string;
  readonly message?: string;
  readonly details?: readonly { reason?: string; metadata?: Record<string, string> }[];
}

function readHttpError({ status, message = '', details = [] }: HttpError): Refusal {
  const info = details.find((each) => each.reason !== undefined);
  const code = /invalid_grant/.test(status ?? '') ? 'UNAUTHENTICATED' : (status ?? 'UNKNOWN');
  return { code, message, reason: info?.reason ?? '', metadata: info?.metadata ?? {} };
}

const refusal = (code: string, message: string): Refusal => ({
  code,
  message,
  reason: '',
  metadata: {},
});

/** A failed connection inside the text of what wraps it. */
function codeIn(text: string): string {
  const found = /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)\b/.exec(text)?.[1];
  return CODES[found ?? ''] ?? 'UNKNOWN';
}
