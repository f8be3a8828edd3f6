/** Why a registry did not take an image, in one sentence with its next step. */
import { type StudioError, studioError } from '../base/studio-error';
import { DOCKER_HUB, type ImageReference, repositoryName } from './reference';

interface Pattern {
  readonly matches: RegExp;
  readonly kind: StudioError['kind'];
  readonly say: (to: ImageReference, isSignedIn: boolean) => string;
  readonly next?: (to: ImageReference) => StudioError['nextSteps'];
}

const retry = { label: 'Push again', command: 'build.push' };
const settings = { label: 'Open build settings', command: 'build.settings' };

const signIn = ({ registry }: ImageReference): StudioError['nextSteps'] => [
  {
    label: 'Sign in with docker',
    shell: registry === DOCKER_HUB ? 'docker login' : `docker login ${registry}`,
  },
];

const DENIED = /denied|403|forbidden/i;
const UNKNOWN_USER = 'no basic auth credentials';

const PATTERNS: readonly Pattern[] = [
  {
    matches: /immutable|TagAlreadyExists|cannot be overwritten/i,
    kind: 'conflict',
    say: (to) =>
      `The registry ${to.registry} already has ${to.repository}:${to.tag} with other contents and does not let it be replaced. Take another tag.`,
    next: () => [settings],
  },
  {
    matches: /certificate has expired|is not yet valid/i,
    kind: 'unauthorized',
    say: (to) =>
      `The certificate of the registry ${to.registry} does not hold at this time: it has expired or is not valid yet, or the clock of the engine's host is wrong. Set the clock right, or have the certificate renewed.`,
    next: () => [{ label: 'See the clock of the engine’s host', shell: 'date --utc' }],
  },
  {
    matches: /unknown authority|certificate (is not trusted|is valid for)|x509:/i,
    kind: 'unauthorized',
    say: (to) =>
      `The engine does not trust the certificate of the registry ${to.registry}. Where a company signs it, put its CA on the engine's host.`,
    next: (to) => [
      {
        label: 'Trust its CA',
        shell: `sudo install -D ca.crt /etc/docker/certs.d/${to.registry}/ca.crt`,
      },
    ],
  },
  {
    matches: /HTTP response to HTTPS client/i,
    kind: 'server-unreachable',
    say: (to) =>
      `The registry ${to.registry} does not speak TLS, and the engine sends images over plain HTTP only to its own computer.`,
    next: () => [settings],
  },
  {
    matches: /name unknown|NAME_UNKNOWN|repository .*(does not exist|not found)|404 Not Found/i,
    kind: 'not-found',
    say: (to) =>
      `The registry ${to.registry} has no repository ${to.repository}. Make it there first, or take another name.`,
    next: () => [settings],
  },
  {
    matches: /no basic auth|unauthorized|authentication required|401|incorrect username/i,
    kind: 'unauthorized',
    say: (to, isSignedIn) =>
      isSignedIn
        ? `The registry ${to.registry} does not accept the name and password that docker has for it.`
        : `The registry ${to.registry} wants to know who you are, and docker has no sign-in for it.`,
    next: signIn,
  },
  {
    matches: DENIED,
    kind: 'permission',
    say: (to) =>
      `The registry ${to.registry} does not let this user push to ${to.repository}: the right to write there is missing.`,
    next: signIn,
  },
  {
    matches: /no space left|insufficient storage|507|quota/i,
    kind: 'disk-full',
    say: (to) => `The registry ${to.registry} has no room left for this image.`,
  },
  {
    matches: /too ?many ?requests|429/i,
    kind: 'server-unreachable',
    say: (to) => `The registry ${to.registry} takes no more requests for now. Wait some minutes.`,
  },
  {
    matches: /no such host|server misbehaving|lookup /i,
    kind: 'server-unreachable',
    say: (to) => `There is no registry of the name ${to.registry}, as far as the engine can see.`,
    next: () => [settings],
  },
];

/** What may go well another time: the connection broke, or the registry had trouble of its own. */
const PASSING =
  /connection re(set|fused)|broken pipe|unexpected EOF|\bEOF\b|i\/o timeout|TLS handshake timeout|deadline exceeded|50[0234]|unavailable|timed out/i;

export const isPassing = (text: string): boolean =>
  !PATTERNS.some(({ matches }) => matches.test(text)) && PASSING.test(text);

export function explainPush(to: ImageReference, text: string, isSignedIn: boolean): StudioError {
  // Some registries say “denied” to nobody in particular, where others ask for a sign-in.
  const isNobody = !isSignedIn && DENIED.test(text);
  const known = PATTERNS.find(({ matches }) => matches.test(isNobody ? UNKNOWN_USER : text));
  if (known) {
    const nextSteps = [...(known.next?.(to) ?? []), retry];
    return studioError(known.kind, known.say(to, isSignedIn), { nextSteps, detail: text });
  }
  if (PASSING.test(text)) {
    return studioError(
      'server-unreachable',
      `The registry ${to.registry} cannot be reached by the engine, or broke off. What it has already is not sent again.`,
      { nextSteps: [retry], detail: text },
    );
  }
  return studioError('server-unreachable', `Pushing ${repositoryName(to)} failed: ${text}`, {
    nextSteps: [retry],
    detail: text,
  });
}
