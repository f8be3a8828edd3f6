/** For tests: the cluster that SLIPWAY_TEST_KUBECONFIG names, a namespace of the test's own in it, and all that stands there. */
import { LABEL } from '../../../shared/deploy';
import { type Cluster, type KubeObject, openCluster } from '../targets/kubernetes/cluster';

const KUBECONFIG = process.env.SLIPWAY_TEST_KUBECONFIG ?? '';

export const whyNoCluster = (): string | null =>
  KUBECONFIG !== '' && process.env.SLIPWAY_TEST_BASE_ARCHIVE
    ? null
    : (process.env.SLIPWAY_TEST_KUBERNETES_WHY ?? 'SLIPWAY_TEST_KUBECONFIG names no cluster');

export const LISTED = [
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
  /** Those that carry no label of a deployment. */
  unlabelled(more?: readonly string[]): Promise<string[]>;
  /** Everything there in the cluster's own words, but for its Secrets. */
  shown(more?: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openTestCluster(purpose: string): Promise<TestCluster> {
  const { cluster } = await openCluster(KUBECONFIG, '');
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
  const standing = async (more: readonly string[]) => {
    const lists = await Promise.all(
      [...LISTED, ...more].map(async (each) => {
        const [, group = '', plural = ''] = /^(.*)\/([^/]+)$/.exec(each) ?? [];
        const objects = await cluster.list<KubeObject>(path(group, plural));
        return objects.map((object) => ({ ...object, plural }));
      }),
    );
    return lists.flat();
  };
  return {
    cluster,
    namespace,
    kubeconfig: KUBECONFIG,
    path,
    inventory: async (more = []) => (await standing(more)).map(lineOf).sort(),
    unlabelled: async (more = []) =>
      (await standing(more))
        .filter(({ metadata }) => metadata.labels?.[LABEL.deployment] === undefined)
        .map(lineOf)
        .sort(),
    shown: async (more = []) =>
      JSON.stringify((await standing(more)).filter(({ plural }) => plural !== 'secrets')),
    close: async () => {
      await cluster.remove(`/api/v1/namespaces/${namespace}`, 'Background');
      await until(async () => (await cluster.find(`/api/v1/namespaces/${namespace}`)) === null);
    },
  };
}

const lineOf = ({ plural, metadata }: KubeObject): string => `${plural} ${metadata.name}`;

export async function until(isSo: () => Promise<boolean>, ms = 90_000): Promise<void> {
  for (const deadline = Date.now() + ms; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error('It never came to be.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
