/** Every way to an engine on real engines: a socket, contexts of the docker CLI, another host by ssh and by TLS. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StudioError } from '../../shared/base/studio-error';
import { StudioFailure } from '../../shared/base/studio-error';
import type { EngineChoice } from '../../shared/engine';
import { connectEngine, listContexts } from './index';
import {
  makeCertificates,
  type OwnEngine,
  startOwnEngine,
  whyNoOwnEngine,
} from './testing/own-engine';
import { type SshHost, startSshHost, whyNoSshHost } from './testing/ssh-host';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-engine-'));
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...rest } = process.env;
  env = { ...rest, DOCKER_CONFIG: folder };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (address: string, certificates = ''): EngineChoice => ({
  by: 'address',
  address,
  certificates,
});

async function refusal(choice: EngineChoice): Promise<StudioError> {
  try {
    (await connectEngine(choice, env)).close();
  } catch (thrown) {
    if (thrown instanceof StudioFailure) return thrown.error;
    throw thrown;
  }
  throw new Error('It was not refused.');
}

async function who(choice: EngineChoice) {
  const engine = await connectEngine(choice, env);
  engine.close();
  return engine.who;
}

function writeContext(name: string, host: string, certificates = ''): void {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(folder, 'contexts', 'meta', id);
  mkdirSync(meta, { recursive: true });
  const endpoint = { Host: host, SkipTLSVerify: false };
  writeFileSync(
    join(meta, 'meta.json'),
    JSON.stringify({
      Name: name,
      Metadata: { Description: `about ${name}` },
      Endpoints: { docker: endpoint },
    }),
  );
  if (certificates) {
    cpSync(certificates, join(folder, 'contexts', 'tls', id, 'docker'), { recursive: true });
  }
}

describe('without an engine', () => {
  it('names the address, who said it, and what to do', async () => {
    expect(await refusal(at(`unix://${folder}/none.sock`))).toMatchObject({
      kind: 'engine-missing',
      message: `No Docker engine answers at unix://${folder}/none.sock, the address of settings.`,
    });
    env.DOCKER_HOST = 'tcp://127.0.0.1:1';
    expect(await refusal({ by: 'default' })).toMatchObject({
      kind: 'server-unreachable',
      message:
        'The Docker engine at tcp://127.0.0.1:1 cannot be reached. Is that host up, and is its engine listening there?',
    });
  });

  it('tells a wrong context from one without an engine', async () => {
    writeContext('empty', '');
    expect(await refusal({ by: 'context', name: 'nowhere' })).toMatchObject({
      kind: 'engine-missing',
      message: 'There is no Docker context “nowhere” on this computer.',
    });
    expect(await refusal({ by: 'context', name: 'empty' })).toMatchObject({
      message: 'The Docker context “empty” holds no Docker engine.',
    });
  });

  it('takes nothing for an address that ssh or a shell would take for more', async () => {
    for (const address of [
      'ssh://-oProxyCommand=x',
      'ssh://a/$(id)',
      'ftp://host',
      'ssh://u:p@h',
    ]) {
      expect((await refusal(at(address))).kind, address).toBe('invalid-input');
    }
  });
});

describe.skipIf(whyNoOwnEngine())(`engines (${whyNoOwnEngine() ?? 'here'})`, () => {
  let plain: OwnEngine;
  let tls: OwnEngine;
  beforeAll(async () => {
    [plain, tls] = await Promise.all([startOwnEngine(), startOwnEngine({ tls: true })]);
  });
  afterAll(() => Promise.all([plain.stop(), tls.stop()]));

  it('is found by socket, DOCKER_HOST, context and current context, in the order of the docker CLI', async () => {
    writeContext('mine', plain.address);
    writeContext('other', 'unix:///nowhere.sock');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ currentContext: 'mine' }));
    const sources = [
      (await who(at(plain.address))).source,
      (await who({ by: 'context', name: 'mine' })).source,
      (await who({ by: 'default' })).source,
    ];
    env.DOCKER_CONTEXT = 'other';
    const other = await refusal({ by: 'default' });
    env.DOCKER_HOST = plain.address;
    sources.push((await who({ by: 'default' })).source);
    expect(sources).toEqual(['settings', 'context mine', 'context mine', 'DOCKER_HOST']);
    expect(other.message).toContain('the address of the Docker context other');
    expect((await listContexts(env)).map(({ name, isCurrent }) => [name, isCurrent])).toEqual([
      ['default', true],
      ['mine', false],
      ['other', false],
    ]);
  });

  it('tells what it is', async () => {
    expect(await who(at(plain.address))).toEqual({
      name: expect.stringMatching(/./),
      kind: 'docker',
      version: expect.stringMatching(/^\d+\.\d+/),
      apiVersion: expect.stringMatching(/^1\.\d+$/),
      platform: expect.stringMatching(/^linux\//),
      address: plain.address,
      source: 'settings',
      hasBuildKit: true,
      isSwarmManager: false,
    });
  });

  it('is reached by TLS with its certificates, also those of a context', async () => {
    writeContext('far', tls.address, tls.certificates);
    expect(await who(at(tls.address, tls.certificates))).toMatchObject({ address: tls.address });
    expect(await who({ by: 'context', name: 'far' })).toMatchObject({ source: 'context far' });
    env.DOCKER_HOST = tls.address;
    env.DOCKER_TLS_VERIFY = '1';
    env.DOCKER_CERT_PATH = tls.certificates;
    expect(await who({ by: 'default' })).toMatchObject({ source: 'DOCKER_HOST' });
  });

  it('says which certificate is wrong', async () => {
    const strange = makeCertificates(folder).client;
    const mixed = join(folder, 'mixed');
    cpSync(strange, mixed, { recursive: true });
    cpSync(join(tls.certificates, 'ca.pem'), join(mixed, 'ca.pem'));
    const told = [
      (await refusal(at(tls.address, strange))).message,
      (await refusal(at(tls.address, mixed))).message,
      (await refusal(at(tls.address))).message,
      (await refusal(at(tls.address, join(folder, 'nothing')))).message,
    ];
    expect(told).toEqual([
      expect.stringContaining('was not made by the CA in ca.pem'),
      expect.stringContaining('does not accept the certificate of this computer'),
      expect.stringContaining('wants TLS'),
      expect.stringContaining('has no ca.pem to read'),
    ]);
  });

  describe.skipIf(whyNoSshHost())(`by ssh (${whyNoSshHost() ?? 'here'})`, () => {
    let host: SshHost;
    beforeEach(async () => {
      host = await startSshHost(plain.address);
      env.SLIPWAY_SSH_CONFIG = host.config;
    });
    afterEach(() => host.stop());

    it('is reached, and its connection is used again', async () => {
      const engine = await connectEngine(at(host.address), env);
      expect(engine.who).toMatchObject({ address: host.address, kind: 'docker' });
      for (let call = 0; call < 20; call += 1) await engine.docker.ping();
      expect(host.log().match(/Accepted publickey/g)).toHaveLength(1);
      engine.close();
    });

    it('refuses an unknown host key with its fingerprint, and a changed one', async () => {
      writeFileSync(host.knownHosts, '');
      const unknown = await refusal(at(host.address));
      const { port } = new URL(host.address);
      const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIE8sVbMNTLyTGyWU6MTHTTW5kmjI9sO7XTrCT3A9TYxV';
      writeFileSync(host.knownHosts, `[127.0.0.1]:${port} ssh-ed25519 ${key}\n`);
      const changed = await refusal(at(host.address));
      expect([unknown, changed]).toMatchObject([
        {
          kind: 'unauthorized',
          message: expect.stringContaining(`its key is ${host.fingerprint}`),
          nextSteps: [{ shell: expect.stringContaining(`ssh -p ${port}`) }, {}, {}],
        },
        { kind: 'unauthorized', message: expect.stringContaining('shows another key') },
      ]);
    });

    it('says that the key is not accepted, and that the host is not there', async () => {
      writeFileSync(
        host.config,
        `Host *\n  IdentityFile ${host.config.replace('ssh_config', 'other_key')}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${host.knownHosts}\n`,
      );
      const denied = await refusal(at(host.address));
      const absent = await refusal(at('ssh://127.0.0.1:1'));
      expect([denied, absent]).toMatchObject([
        { kind: 'unauthorized', message: expect.stringContaining('accepts none of') },
        { kind: 'server-unreachable', message: expect.stringContaining('Connection refused') },
      ]);
    });
  });

  it.skipIf(whyNoSshHost())('says that the engine of the other host is down', async () => {
    const host = await startSshHost('unix:///nowhere/docker.sock');
    env.SLIPWAY_SSH_CONFIG = host.config;
    try {
      expect(await refusal(at(host.address))).toMatchObject({
        kind: 'engine-missing',
        message: 'On 127.0.0.1 no Docker engine answers. Start it there.',
      });
    } finally {
      await host.stop();
    }
  });
});
