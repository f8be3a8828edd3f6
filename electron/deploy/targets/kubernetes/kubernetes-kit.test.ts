import { afterAll, beforeAll, describe } from 'vitest';
import type { DeploymentId } from '../../../../shared/base/ids';
import type { RunMode } from '../../../../shared/estimate';
import { targetKit } from '../../testing/target-kit';
import { openTestCluster, type TestCluster, whyNoCluster } from '../../testing/test-cluster';
import { BROKEN_SAYS, TOYS } from '../../testing/toy-images';
import { startToyRegistry, type ToyRegistry } from '../../testing/toy-registry';
import { kubernetesDriver } from '.';

const why = whyNoCluster();
if (why) console.log(`The kit of Kubernetes is skipped: ${why}.`);

describe.skipIf(why)('on a real cluster', { timeout: 600_000 }, () => {
  let test: TestCluster;
  let registry: ToyRegistry;
  beforeAll(async () => {
    [test, registry] = await Promise.all([openTestCluster('kit'), startToyRegistry()]);
  });
  afterAll(async () => {
    await test.close();
    await registry.close();
  });

  const subject = (mode: RunMode, tamper: (id: DeploymentId) => Promise<void>) => () => ({
    driver: () => kubernetesDriver({ images: registry.images, readyMs: 90_000 }),
    options: {
      kubeconfig: test.kubeconfig,
      namespace: test.namespace,
      registry: registry.address,
    },
    mode,
    packages: TOYS,
    brokenSays: BROKEN_SAYS,
    inventory: () => test.inventory(),
    unlabelled: () => test.unlabelled(),
    shown: () => test.shown(),
    tamper,
    settings: { resources: { vcpu: 0.05, memoryGib: 0.125 } },
  });

  targetKit(
    'Kubernetes, service',
    subject('service', async (id) => {
      const path = test.path('/apis/apps/v1', 'deployments', id);
      const env = [{ name: 'BY_HAND', value: 'yes' }];
      const containers = [{ name: 'main', env }];
      await test.cluster.call(path, {
        method: 'PATCH',
        contentType: 'application/strategic-merge-patch+json',
        body: { spec: { template: { spec: { containers } } } },
      });
    }),
  );
  const scheduled = subject('scheduled', async (id) => {
    const path = test.path('/apis/batch/v1', 'cronjobs', id);
    await test.cluster.merge(path, { spec: { schedule: '5 5 * * *' } });
  });
  targetKit('Kubernetes, scheduled', () => ({ ...scheduled(), isVariant: true }));
});
