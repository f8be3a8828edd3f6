/** For tests: what a namespace needs before Argo runs anything in it. */
import type { Json } from '../../../shared/deploy';
import { openCluster } from '../targets/kubernetes/cluster';
import type { TestCluster } from './test-cluster';
import { whyNoCluster } from './test-cluster';

const ARGO = '/apis/argoproj.io/v1alpha1';
export const ARGO_LISTED = [`${ARGO}/workflows`, `${ARGO}/cronworkflows`];

export async function whyNoArgo(): Promise<string | null> {
  const why = whyNoCluster();
  if (why) return why;
  const { cluster } = await openCluster(process.env.SLIPWAY_TEST_KUBECONFIG ?? '', '');
  const there = await cluster.find(ARGO).catch(() => null);
  return there ? null : 'the cluster has no Argo Workflows';
}

/** The role of its pods, and the keys of the artifact repository, which lie beside the controller only. */
export async function readyForArgo(test: TestCluster): Promise<void> {
  await bindExecutor(test);
  const secret = await test.cluster.find<{ data?: Json }>(
    '/api/v1/namespaces/argo/secrets/argo-s3',
  );
  await test.cluster.apply(test.path('/api/v1', 'secrets', 'argo-s3'), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'argo-s3' },
    data: secret?.data ?? {},
  });
}

export async function bindExecutor({ cluster, namespace, path }: TestCluster): Promise<void> {
  await cluster.apply(path('/apis/rbac.authorization.k8s.io/v1', 'rolebindings', 'argo-executor'), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'argo-executor' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'argo-executor' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  });
}
