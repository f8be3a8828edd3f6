/** What AWS refuses, in words: what happened, where, and the next step. The code it gave stays readable for our own code. */
import { type ErrorKind, StudioFailure, studioError } from '../../../../shared/base/studio-error';
import { SET_CLOCK } from '../clock';

export class AwsFailure extends StudioFailure {
  readonly code: string;

  constructor(code: string, ...error: ConstructorParameters<typeof StudioFailure>) {
    super(...error);
    this.code = code;
  }
}

interface Doing {
  readonly profile: string;
  readonly region: string;
  /** "ecs:CreateService". */
  readonly action: string;
}

interface Words {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly nextSteps?: { label: string; shell?: string }[];
}

export function explain(thrown: unknown, doing: Doing): unknown {
  if (!(thrown instanceof Error) || thrown instanceof StudioFailure) return thrown;
  if (thrown.name === 'AbortError') return thrown;
  const code = codeOf(thrown);
  const { kind, message, nextSteps = [] } = wordsFor(code, thrown.message, doing);
  const detail = `${doing.action} in ${doing.region}: ${code}: ${thrown.message}`;
  return new AwsFailure(code, studioError(kind, message, { nextSteps, detail }));
}

function codeOf(thrown: Error): string {
  const { code } = thrown as Error & { code?: unknown };
  return thrown.name === 'Error' && typeof code === 'string' ? code : thrown.name;
}

function wordsFor(code: string, said: string, doing: Doing): Words {
  const { profile, region, action } = doing;
  const as = profile === '' ? 'the default profile' : `the profile ${profile}`;
  const login = `aws sso login${profile === '' ? '' : ` --profile ${profile}`}`;
  const clock = clockIn(`${code} ${said}`);
  if (clock !== null) {
    return {
      kind: 'unauthorized',
      message: `This computer’s clock ${clock} by more than five minutes, so AWS takes no request from it. Set the clock, then go on.`,
      nextSteps: [SET_CLOCK],
    };
  }
  if (EXPIRED.test(code) || /expired/i.test(said)) {
    return {
      kind: 'unauthorized',
      message: `The sign-in to AWS with ${as} has expired. Sign in again, then go on.`,
      nextSteps: [{ label: 'Sign in again', shell: login }],
    };
  }
  if (SIGNED_OUT.test(code)) {
    return {
      kind: 'unauthorized',
      message: `Nobody is signed in to AWS with ${as}. Sign in, or choose another profile.`,
      nextSteps: [
        { label: 'Sign in by SSO', shell: login },
        { label: 'Set up a profile', shell: 'aws configure' },
      ],
    };
  }
  if (DENIED.test(code)) {
    const named = /perform:? ([\w-]+:\w+)/.exec(said)?.[1] ?? action;
    return {
      kind: 'permission',
      message: `AWS does not permit ${named} in ${region} to ${as}. Ask for that permission, or choose another profile.`,
    };
  }
  if (QUOTA.test(code) || /\bquota\b|limit on the number|concurrently/i.test(said)) {
    return {
      kind: 'precondition',
      message: `The account’s quota in ${region} is used up (${action}): ${sentence(said)} Remove what is not needed, or ask AWS for more under Service Quotas.`,
    };
  }
  if (THROTTLED.test(code)) {
    return {
      kind: 'server-unreachable',
      message: `AWS took no more requests for a while (${action} in ${region}), also when asked again. Wait a minute, then go on.`,
    };
  }
  if (UNREACHABLE.test(code)) {
    return {
      kind: 'server-unreachable',
      message: `AWS in the region ${region} cannot be reached (${action}). Check the region’s name, the network and the proxy.`,
    };
  }
  if (/Source image .* does not exist/i.test(said)) {
    return {
      kind: 'not-found',
      message: `The image is not in the registry any more: ${sentence(said.replace(/ Provide a valid source image\.?$/, ''))} Deploy again: it is pushed then.`,
    };
  }
  if (/No Fargate configuration exists/i.test(said)) {
    return {
      kind: 'invalid-input',
      message: `Fargate has no such pair of vCPU and memory. ${sentence(said)}`,
    };
  }
  return { kind: 'unexpected', message: `AWS refused ${action} in ${region}: ${sentence(said)}` };
}

/** A signature is good for five minutes: “expired” is one that a slow clock made. */
function clockIn(words: string): string | null {
  if (/signature expired|is now earlier than/i.test(words)) return 'is behind AWS’s';
  if (/not yet current|is still later than|RequestInTheFuture/i.test(words))
    return 'is ahead of AWS’s';
  return /Skewed/i.test(words) ? 'differs from AWS’s' : null;
}

const EXPIRED =
  /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired|SSOTokenProviderFailure|UnauthorizedSSOTokenError)$/;
const SIGNED_OUT =
  /^(CredentialsProviderError|TokenProviderError|UnrecognizedClientException|InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken(Exception)?|InvalidAccessKeyId)$/;
const DENIED =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|UnauthorizedException|NotAuthorized|Forbidden)$/;
const QUOTA =
  /(LimitExceeded|QuotaExceeded|StorageExceeded)(Exception|Fault)?$|^(TooMany(LoadBalancers|TargetGroups|Tags)(Exception)?|ServiceQuotaExceededException)$/;
const THROTTLED =
  /^(Throttling(Exception)?|ThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown|RequestThrottled)$/;
const UNREACHABLE = /^(E[A-Z_]+|TimeoutError|NetworkingError|UnknownEndpoint)$/;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

export const codeIn = (thrown: unknown): string =>
  thrown instanceof AwsFailure ? thrown.code : '';
export const detailIn = (thrown: unknown): string =>
  thrown instanceof AwsFailure ? (thrown.error.detail ?? '') : '';

/** Null where AWS says there is none. */
export async function orNone<T>(asked: Promise<T>, gone: RegExp = GONE): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (gone.test(codeIn(thrown))) return null;
    throw thrown;
  }
}

/** The services' many words for "there is none". */
export const GONE =
  /NotFound(Exception)?$|^(NoSuchEntity(Exception)?|ResourceNotFoundException|ServiceNotActiveException|InvalidGroup\.NotFound|InvalidPermission\.NotFound)$/;
