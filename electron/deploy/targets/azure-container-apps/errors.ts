/** What Azure refuses, as a sentence with what to do next. The clients themselves wait where too much was asked. */
import { fail, StudioFailure } from '../../../../shared/base/studio-error';
import { SET_CLOCK } from '../clock';

interface Words {
  /** "creating the app churn": what was being done. */
  readonly doing: string;
}
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const SIGN_IN = { label: 'Sign in', shell: 'az login' };

export async function ask<T>(words: Words, work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof StudioFailure) throw thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') throw thrown;
    return explain(readRefusal(thrown), words);
  }
}

/** Null where it is not there; any other refusal as `ask` has it. A subscription or group that is missing is one. */
export const askIfThere = async <T>(words: Words, work: () => PromiseLike<T>): Promise<T | null> =>
  ask(words, async () => {
    try {
      return await work();
    } catch (thrown) {
      const { status, code } = readRefusal(thrown);
      if (status === 404 && !/^(Subscription|ResourceGroup)NotFound$/.test(code)) return null;
      throw thrown;
    }
  });

function explain({ status, code, message }: Refusal, { doing }: Words): never {
  const more = { detail: message };
  if (code === 'NotSignedIn')
    fail(
      'unauthorized',
      'Nobody is signed in to Azure on this computer. Sign in, then try again.',
      {
        ...more,
        nextSteps: [SIGN_IN],
      },
    );
  if (code === 'WrongClock')
    fail(
      'unauthorized',
      'This computer’s clock differs from Azure’s, so Azure takes no sign-in from it. Set the clock, then try again.',
      { ...more, nextSteps: [SET_CLOCK] },
    );
  if (status === 401 || code === 'SignInExpired')
    fail('unauthorized', 'The sign-in to Azure has expired. Sign in again, then try again.', {
      ...more,
      nextSteps: [SIGN_IN],
    });
  if (code === 'SubscriptionNotFound' || code === 'InvalidSubscriptionId')
    fail(
      'not-found',
      'The subscription does not exist, or this account may not see it. Check its id and who is signed in.',
      {
        ...more,
        nextSteps: [{ label: 'Which there are', shell: 'az account list --output table' }],
      },
    );
  if (code === 'ResourceGroupNotFound')
    fail(
      'not-found',
      'The resource group does not exist in this subscription. Make it, or choose another one.',
      {
        ...more,
        nextSteps: [{ label: 'Which there are', shell: 'az group list --output table' }],
      },
    );
  if (code === 'MissingSubscriptionRegistration') {
    const namespace = /namespace '([^']+)'/.exec(message)?.[1] ?? 'Microsoft.App';
    fail(
      'precondition',
      `The subscription is not registered for ${namespace}. Register it, then try again.`,
      {
        ...more,
        nextSteps: [
          { label: 'Register it', shell: `az provider register --namespace ${namespace}` },
        ],
      },
    );
  }
  if (status === 403 || code === 'AuthorizationFailed') denied(message, doing);
  if (status === 429)
    fail(
      'precondition',
      `Azure was asked too often while ${doing}. Wait a minute, then deploy again; it goes on where it stopped.`,
      more,
    );
  if (/quota|MaxNumberOf|LimitReached|ExceededCores/i.test(`${code} ${message}`))
    fail(
      'precondition',
      `A quota of Azure does not allow ${doing}: ${sentence(message)} Ask for more under Quotas in the portal, or choose another region.`,
      more,
    );
  if (code === 'AlreadyInUse' || code === 'NameNotAvailable')
    fail(
      'conflict',
      `Azure refused ${doing}: the name is taken by somebody else in the world. Choose another name.`,
      more,
    );
  if (code === 'Unreachable' || status >= 500)
    fail(
      'server-unreachable',
      `Azure did not answer while ${doing}. Check the network and the proxy, then try again.`,
      more,
    );
  return fail('unexpected', `Azure refused ${doing}: ${sentence(message)}`, more);
}

function denied(message: string, doing: string): never {
  const action = /action '([^']+)'/.exec(message)?.[1];
  return fail(
    'permission',
    action
      ? `Azure does not permit ${doing}: the account lacks ${action}. Ask who owns the resource group for a role that has it.`
      : `Azure does not permit ${doing}: ${sentence(message)} Ask who owns the resource group.`,
    { detail: message },
  );
}

const sentence = (text: string): string => `${text.trim().replace(/[.:]+$/, '')}.`;

const UNREACHABLE =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|certificate|network_error/i;

/** Of an ARM client, of the sign-in chain, or of a failed connection. */
function readRefusal(thrown: unknown): Refusal {
  const error = (thrown ?? {}) as {
    name?: string;
    message?: string;
    code?: string;
    statusCode?: number;
    status?: number | string;
  };
  const message = error.message ?? String(thrown);
  const status = Number(error.statusCode ?? error.status ?? 0) || 0;
  // A certificate signs its own request, which is good for a time.
  if (/AADSTS(700024|500133)/.test(message)) return { status: 0, code: 'WrongClock', message };
  if (
    /AADSTS(50173|700082|50076|50079|7000222|50058|700084)|expired/i.test(message) &&
    status !== 409 &&
    isSignIn(error.name)
  )
    return { status: 0, code: 'SignInExpired', message };
  if (/endpoints_resolution_error|network_error/.test(message))
    return { status: 0, code: 'Unreachable', message };
  if (error.name === 'CredentialUnavailableError' || error.name === 'AggregateAuthenticationError')
    return { status: 0, code: 'NotSignedIn', message };
  if (status === 0 && UNREACHABLE.test(`${error.code ?? ''} ${message}`))
    return { status, code: 'Unreachable', message };
  if (isSignIn(error.name)) return { status: 401, code: 'SignInExpired', message };
  // A failed long operation says its code in the text only.
  const code =
    error.code ?? /\b([A-Z][A-Za-z]+(?:Exceeded|NotFound|Failed|InUse))\b/.exec(message)?.[1] ?? '';
  return { status, code, message };
}

const isSignIn = (name = ''): boolean => /Authentication|Credential/.test(name);
