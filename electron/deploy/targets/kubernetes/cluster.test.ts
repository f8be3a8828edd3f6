import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
