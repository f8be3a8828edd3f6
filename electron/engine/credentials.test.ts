/** What docker's own settings say about sign-ins, with real helper programs on the path. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryCredentials } from './credentials';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-credentials-'));
  mkdirSync(join(folder, 'bin'));
  env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, DOCKER_CONFIG: folder };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HUB = 'https://index.docker.io/v1/';
const auth = (text: string) => Buffer.from(text).toString('base64');
const of = (registry: string) => registryCredentials(registry, env);
const configure = (config: object) =>
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));

/** Knows one registry, by the key that docker asks with. */
function helper(name: string, key: string, Username: string, Secret: string): void {
  const answer = JSON.stringify({ ServerURL: key, Username, Secret });
  const lines = [
    '#!/bin/sh',
    'IFS= read -r asked',
    `[ "$1 $asked" = 'get ${key}' ] && echo '${answer}' && exit 0`,
    "echo 'credentials not found in native keychain'; exit 1",
  ];
  const path = join(folder, 'bin', `docker-credential-${name}`);
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
}

describe('in the settings themselves', () => {
  it('finds a registry by its host, with a colon in the password', async () => {
    configure({ auths: { 'https://r.example.com/v2/': { auth: auth('me:a:b\0\0') }, empty: {} } });
    expect([await of('r.example.com'), await of('other.example.com'), await of('empty')]).toEqual([
      { username: 'me', password: 'a:b' },
      null,
      null,
    ]);
  });

  it('finds Docker Hub by its key, under each of its names', async () => {
    configure({ auths: { [HUB]: { auth: auth('me:hub') } } });
    const found = ['docker.io', 'index.docker.io', 'registry-1.docker.io'].map(of);
    expect(await Promise.all(found)).toEqual(
      found.map(() => ({ username: 'me', password: 'hub' })),
    );
  });

  it('takes an identity token with the name it belongs to', async () => {
    configure({ auths: { 'r.azurecr.io': { auth: auth('0000:'), identitytoken: 'long' } } });
    expect(await of('r.azurecr.io')).toEqual({
      ...{ username: '0000', password: '', identityToken: 'long' },
    });
  });
});

describe.skipIf(process.platform === 'win32')('with helpers', () => {
  it('asks the one of the registry before the one for all', async () => {
    helper('own', 'r.example.com', 'me', 'from-own');
    helper('all', 'other.example.com', 'me', 'from-all');
    configure({ credHelpers: { 'r.example.com': 'own' }, credsStore: 'all' });
    expect([await of('r.example.com'), await of('other.example.com')]).toEqual([
      { username: 'me', password: 'from-own' },
      { username: 'me', password: 'from-all' },
    ]);
  });

  it('asks it for Docker Hub by its key, however the settings name the Hub', async () => {
    helper('hub', HUB, 'me', 'from-hub');
    const answers = [];
    for (const name of ['docker.io', 'index.docker.io', HUB]) {
      configure({ credHelpers: { [name]: 'hub' } });
      answers.push(await of('docker.io'));
    }
    expect(answers).toEqual(answers.map(() => ({ username: 'me', password: 'from-hub' })));
  });

  it('takes a token in place of a name for a token', async () => {
    helper('tokens', 'r.example.com', '<token>', 'long');
    configure({ credsStore: 'tokens' });
    expect(await of('r.example.com')).toEqual({
      ...{ username: '', password: '', identityToken: 'long' },
    });
  });

  it('goes on to the settings where the helper knows nothing, and says where there is none', async () => {
    helper('all', 'nowhere', '', '');
    configure({ credsStore: 'all', auths: { 'r.example.com': { auth: auth('me:kept') } } });
    expect(await of('r.example.com')).toEqual({ username: 'me', password: 'kept' });
    configure({ credsStore: 'absent' });
    await expect(of('r.example.com')).rejects.toMatchObject({
      error: { kind: 'environment', message: expect.stringContaining('docker-credential-absent') },
    });
  });
});
