/** For tests: the cluster that SLIPWAY_TEST_KUBECONFIG names, a namespace of the test's own in it, and all that stands there. */
import { type Cluster, type KubeObject, openCluster } from '../targets/kubernetes/cluster';

const KUBECONFIG = process.env.SLIPWAY_TEST_KUBECONFIG ?? '';

export const whyNoCluster = (): string | null =>
  KUBECONFIG !== '' && process.env.SLIPWAY_TEST_BASE_ARCHIVE
    ? null
    : (process.env.SLIPWAY_TEST_KUBERNETES_WHY ?? 'SLIPWAY_TEST_KUBECONFIG names no cluster');

const LISTED = [
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/persistentvolumeclaims',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/apis/batch/v1/jobs',
  '/apis/batch/v1/cronjobs',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
  '/apis/networking.k8s.io/v1/ingresses',
] as const;

export interface TestCluster {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly kubeconfig: string;
  path(group: string, plural: string, name?: string): string;
  /** Kind and name of each thing in the namespace. */
  inventory(more?: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

export async function openTestCluster(purpose: string): Promise<TestCluster> {
  const { cluster } = openCluster(KUBECONFIG, '');
  const namespace = `slipway-${purpose}-${process.pid}`;
  const path = (group: string, plural: string, name = '') =>
    `${group}/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;
  await cluster.call('/api/v1/namespaces', {
    method: 'POST',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  });
  // Each namespace gets these a moment after it was made.
  await until(async () => {
    const [account, authority] = await Promise.all([
      cluster.find(path('/api/v1', 'serviceaccounts', 'default')),
      cluster.find(path('/api/v1', 'configmaps', 'kube-root-ca.crt')),
    ]);
    return account !== null && authority !== null;
  });
  return {
    cluster,
    namespace,
    kubeconfig: KUBECONFIG,
    path,
    inventory: async (more = []) => {
      const lists = await Promise.all(
        [...LISTED, ...more].map(async (each) => {
          const [, group = '', plural = ''] = /^(.*)\/([^/]+)$/.exec(each) ?? [];
          const objects = await cluster.list<KubeObject>(path(group, plural));
          return objects.map(({ metadata }) => `${plural} ${metadata.name}`);
        }),
      );
      return lists.flat().sort();
    },
    close: async () => {
      await cluster.remove(`/api/v1/namespaces/${namespace}`, 'Background');
      await until(async () => (await cluster.find(`/api/v1/namespaces/${namespace}`)) === null);
    },
  };
}

export async function until(isSo: () => Promise<boolean>, ms = 90_000): Promise<void> {
  for (const deadline = Date.now() + ms; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error('It never came to be.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
