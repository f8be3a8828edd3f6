/** What a cluster's API says, as a sentence with the next step. */
import { StudioFailure, studioError } from '../../../../shared/base/studio-error';

interface Asked {
  readonly context: string;
  readonly server: string;
}

export function wordsOfConnection(thrown: unknown, { context, server }: Asked): string {
  const code = codeOf(thrown);
  // What Node advises is for those who start it themselves.
  const said = (thrown instanceof Error ? thrown.message : String(thrown)).replace(
    /; if the root CA is installed locally.*/,
    '',
  );
  const subject = `The cluster of context “${context}” (${server})`;
  if (/CERT|SELF_SIGNED|ALT_NAME|issuer/i.test(code + said)) {
    return `${subject} shows a certificate that is not trusted: ${said}. Check certificate-authority in the kubeconfig.`;
  }
  if (/spawn|exec|ENOENT/.test(said) && code !== 'ENOTFOUND') {
    return `The sign-in of context “${context}” could not be run: ${said}. Try kubectl --context ${context} get pods in a terminal.`;
  }
  return `${subject} cannot be reached: ${said}. Check that it runs, the VPN, or choose another context.`;
}

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';

interface Status {
  readonly message: string;
  readonly reason: string;
}

function statusOf(text: string): Status {
  try {
    const { message = text, reason = '' } = JSON.parse(text) as Partial<Status>;
    return { message, reason };
  } catch {
    return { message: text.slice(0, 500), reason: '' };
  }
}

export function wordsOfStatus(code: number, text: string, { context }: Asked): StudioFailure {
  const { message, reason } = statusOf(text);
  const say = (kind: Parameters<typeof studioError>[0], words: string): StudioFailure =>
    new StudioFailure(studioError(kind, words, { detail: message }));
  if (code === 401) {
    const words = `The cluster of context “${context}” does not know who is asking: the sign-in is missing or has expired. Sign in again, then retry.`;
    return say('unauthorized', words);
  }
  if (code === 403 && /exceeded quota/.test(message))
    return say('precondition', quotaWords(message));
  if (code === 403) return say('permission', forbiddenWords(message));
  if (code === 404) return say('not-found', `The cluster says: ${message}`);
  if (reason === 'Conflict' || reason === 'AlreadyExists' || code === 409) {
    return say('conflict', `The cluster says: ${message}`);
  }
  if (code === 429 || code >= 500) {
    const words = `The cluster of context “${context}” could not answer (${code}): ${message}. Try again in a moment.`;
    return say('server-unreachable', words);
  }
  return say('invalid-input', `The cluster refuses it: ${message}`);
}

/** `pods "x" is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "n"` */
const FORBIDDEN =
  /User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;

function forbiddenWords(message: string): string {
  const found = FORBIDDEN.exec(message);
  if (!found) return `The cluster does not permit it: ${message}`;
  const [, user, verb, resource, group, namespace] = found;
  const where = namespace ? ` in the namespace ${namespace}` : '';
  const full = group ? `${resource}.${group}` : resource;
  return `${user} may not ${verb} ${full}${where}. Ask for a role with the verb ${verb} on ${full}.`;
}

/** `pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2` */
export function quotaWords(message: string): string {
  const found = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+?)$/.exec(
    message,
  );
  if (!found) return `A quota of the namespace is used up: ${message}`;
  const [, name, requested, used, limited] = found;
  return `The quota ${name} does not allow it: ${requested} is asked for, ${used} is used, the limit is ${limited}. Ask for less, or have the quota raised.`;
}
