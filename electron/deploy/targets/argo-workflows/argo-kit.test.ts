import { afterAll, beforeAll, describe } from 'vitest';
import type { RunMode } from '../../../../shared/estimate';
import { targetKit } from '../../testing/target-kit';
import { ARGO_LISTED, readyForArgo, whyNoArgo } from '../../testing/test-argo';
import { openTestCluster, type TestCluster } from '../../testing/test-cluster';
import { BROKEN_SAYS } from '../../testing/toy-images';
import { type ToyPipelines, writeToyPipelines } from '../../testing/toy-pipeline';
import { startToyRegistry, type ToyRegistry } from '../../testing/toy-registry';
import { argoWorkflowsDriver } from '.';

const why = await whyNoArgo();
if (why) console.log(`The kit of Argo Workflows is skipped: ${why}.`);

describe.skipIf(why)('on a real cluster', { timeout: 600_000 }, () => {
  let test: TestCluster;
  let registry: ToyRegistry;
  let toys: ToyPipelines;
  beforeAll(async () => {
    [test, registry, toys] = await Promise.all([
      openTestCluster('argo-kit'),
      startToyRegistry(),
      writeToyPipelines(),
    ]);
    await readyForArgo(test);
  });
  afterAll(async () => {
    await test.close();
    await registry.close();
    await toys.close();
  });

  const subject = (mode: RunMode) => () => ({
    driver: () => argoWorkflowsDriver({ images: registry.images, readyMs: 120_000 }),
    options: {
      kubeconfig: test.kubeconfig,
      namespace: test.namespace,
      registry: registry.address,
    },
    mode,
    packages: toys.packages,
    brokenSays: BROKEN_SAYS,
    inventory: () => test.inventory(ARGO_LISTED),
    unlabelled: () => test.unlabelled(ARGO_LISTED),
    shown: () => test.shown(ARGO_LISTED),
    tamper: async (id: string) => {
      const path = test.path('/apis/argoproj.io/v1alpha1', 'cronworkflows', id);
      await test.cluster.merge(path, { spec: { schedules: ['5 5 * * *'] } });
    },
    settings: { resources: { vcpu: 0.05, memoryGib: 0.125 } },
  });

  targetKit('Argo Workflows, scheduled', subject('scheduled'));
  const job = subject('job');
  targetKit('Argo Workflows, job', () => ({ ...job(), isVariant: true }));
});
