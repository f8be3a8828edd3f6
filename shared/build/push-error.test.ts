/** What engines and registries really write, and what a person is told. */
import { describe, expect, it } from 'vitest';
import { explainPush, isPassing } from './push-error';
import { parseImageReference, repositoryName } from './reference';

const TO = { registry: 'registry.example.com', repository: 'team/trees', tag: '1' };

describe('why a registry did not take an image', () => {
  it.each([
    ['unauthorized: authentication required', true, 'unauthorized', 'does not accept the name'],
    ['no basic auth credentials', false, 'unauthorized', 'docker has no sign-in'],
    ['denied: requested access to the resource is denied', false, 'unauthorized', 'no sign-in'],
    ['denied: requested access to the resource is denied', true, 'permission', 'right to write'],
    [
      "name unknown: The repository with name 'trees' does not exist in the registry",
      true,
      'not-found',
      'has no repository team/trees',
    ],
    [
      "tag invalid: The image tag '1' already exists in the 'trees' repository and cannot be overwritten because the repository is immutable.",
      true,
      'conflict',
      'already has team/trees:1',
    ],
    [
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2031-01-01T00:00:00Z is after 2030-01-01T00:00:00Z',
      true,
      'unauthorized',
      'or the clock of the engine',
    ],
    ['x509: certificate signed by unknown authority', true, 'unauthorized', 'does not trust'],
    ['http: server gave HTTP response to HTTPS client', true, 'server-unreachable', 'plain HTTP'],
    ['write /var/lib/registry: no space left on device', true, 'disk-full', 'has no room'],
    ['toomanyrequests: rate exceeded', true, 'server-unreachable', 'takes no more requests'],
    ['dial tcp: lookup r on 10.0.0.1:53: no such host', true, 'server-unreachable', 'no registry'],
    [
      'dial tcp 127.0.0.1:1: connect: connection refused',
      true,
      'server-unreachable',
      'not sent again',
    ],
    ['something new', true, 'server-unreachable', 'failed: something new'],
  ])('%s (signed in: %s)', (text, isSignedIn, kind, words) => {
    const error = explainPush(TO, text, isSignedIn);
    expect({ kind: error.kind, isNamed: error.message.includes(words) }).toEqual({
      kind,
      isNamed: true,
    });
    expect(error.nextSteps.at(-1)).toEqual({ label: 'Push again', command: 'build.push' });
  });

  it('is tried again only where another time may go well', () => {
    const told = [
      'read tcp: connection reset by peer',
      'received unexpected HTTP status: 503 Service Unavailable',
      'Put "https://r/v2/": EOF',
      'unauthorized: authentication required',
      'received unexpected HTTP status: 403 Forbidden',
    ];
    expect(told.map(isPassing)).toEqual([true, true, true, false, false]);
  });
});

describe('the name of an image', () => {
  it.each([
    ['trees', { registry: 'docker.io', repository: 'trees', tag: '' }, 'trees'],
    ['me/trees:1', { registry: 'docker.io', repository: 'me/trees', tag: '1' }, 'me/trees'],
    [
      'localhost:5000/a/b:x.y-z',
      { registry: 'localhost:5000', repository: 'a/b', tag: 'x.y-z' },
      'localhost:5000/a/b',
    ],
    [
      'eu-docker.pkg.dev/p/r/trees',
      { registry: 'eu-docker.pkg.dev', repository: 'p/r/trees', tag: '' },
      'eu-docker.pkg.dev/p/r/trees',
    ],
  ])('%s', (text, reference, name) => {
    expect(parseImageReference(text)).toEqual({ ok: true, value: reference });
    expect(repositoryName(reference)).toBe(name);
  });

  it.each(['', 'Trees', 'a b', 'r.io/', 'r.io/a:', 'https://r.io/a', 'a/../b', 'a:-x'])(
    'is not “%s”',
    (text) => expect(parseImageReference(text)).toMatchObject({ error: { kind: 'invalid-input' } }),
  );
});
