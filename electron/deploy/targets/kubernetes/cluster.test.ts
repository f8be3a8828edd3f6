import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startWebhook } from '../../testing/admission-webhook';
import { openCluster } from './cluster';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-no-cluster-'));
  for (const name of ['HOME', 'USERPROFILE']) vi.stubEnv(name, home);
  for (const name of ['KUBECONFIG', 'HOMEDRIVE', 'HOMEPATH']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

it('says that there is no kubeconfig, and not that some made-up address does not answer', async () => {
  await expect(openCluster('', '')).rejects.toThrow(
    'There is no kubeconfig here: KUBECONFIG names none and ~/.kube/config is not there. Name a file under “kubeconfig”.',
  );
  await expect(openCluster(join(home, 'none'), '')).rejects.toThrow(
    `The kubeconfig ${join(home, 'none')} cannot be read. Choose another file under “kubeconfig”.`,
  );
});

it('says that the certificate is not of the authority that the kubeconfig names', async () => {
  const server = await startWebhook(home, () => []);
  const url = server.url.replace(/\/$/, '');
  const config = (authority: object) => {
    const path = join(home, 'config');
    const named = { name: 'it' };
    const text = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'it' },
      contexts: [{ ...named, context: { cluster: 'it', user: 'it' } }],
      clusters: [{ ...named, cluster: { server: url, ...authority } }],
      users: [{ ...named, user: {} }],
    });
    writeFileSync(path, text);
    return path;
  };
  const asked = async (authority: object) => {
    const { cluster } = await openCluster(config(authority), '');
    return cluster.call('', { method: 'POST', body: { request: { uid: 'one' } } }).catch(String);
  };
  await expect(asked({})).resolves.toBe(
    `StudioFailure: The cluster of context “it” (${url}) shows a certificate that is not trusted: self-signed certificate. Check certificate-authority in the kubeconfig.`,
  );
  const trusting = { 'certificate-authority-data': server.caBundle };
  await expect(asked(trusting)).resolves.toMatchObject({ response: { uid: 'one' } });
  await server.stop();
});
