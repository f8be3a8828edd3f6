/** What only Argo needs: its kinds in the cluster, and the right of a step's pod to tell how it ended. */
import type { CheckItem } from '../../resources/platform';
import { isKind } from '../kubernetes/cluster';
import type { Space } from '../kubernetes/object-kind';
import { ALL_VERBS, type Right } from '../kubernetes/rights';

const GROUP = 'argoproj.io';

export const ARGO_RIGHTS: readonly Right[] = [
  { group: '', resource: 'configmaps', verbs: ALL_VERBS },
  { group: '', resource: 'secrets', verbs: ['list'] },
  { group: '', resource: 'pods', verbs: ['list'] },
  { group: '', resource: 'pods/log', verbs: ['get'] },
  { group: 'batch', resource: 'jobs', verbs: ALL_VERBS },
  { group: GROUP, resource: 'cronworkflows', verbs: ALL_VERBS },
  { group: GROUP, resource: 'workflows', verbs: ALL_VERBS },
];

/** Null where it is installed. */
export async function notInstalled({ cluster }: Space): Promise<CheckItem | null> {
  const there = await cluster.find<{ resources?: { name: string }[] }>(`/apis/${GROUP}/v1alpha1`);
  if (there?.resources?.some(({ name }) => name === 'cronworkflows')) return null;
  const detail =
    'Argo Workflows is not installed in this cluster: it has no kind CronWorkflow. Have it installed, or choose Kubernetes.';
  return { label: 'Argo Workflows', status: 'failed', detail };
}

export async function accountItem(space: Space, account: string): Promise<CheckItem> {
  const { cluster, namespace } = space;
  const label = 'Service account';
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`;
  const make = `kubectl create rolebinding argo-executor -n ${namespace} --clusterrole argo-executor --serviceaccount ${namespace}:${account}`;
  try {
    if (!(await cluster.find(path))) {
      const detail = `There is no service account “${account}” in ${namespace}. Choose another, or have it made.`;
      return { label, status: 'failed', detail };
    }
    const missing = await missingVerbs(space, account);
    if (missing.length === 0) return { label, status: 'ok', detail: account };
    const detail = `${account} may not ${missing.join(' and ')} workflowtaskresults.${GROUP} in ${namespace}: no step could tell how it ended. Bind the role: ${make}`;
    return { label, status: 'failed', detail };
  } catch (thrown) {
    if (!isKind(thrown, 'permission')) throw thrown;
    const detail = `Whether ${account} may tell how a step ended cannot be looked up here. If a run fails with “workflowtaskresults … forbidden”: ${make}`;
    return { label, status: 'warning', detail };
  }
}

async function missingVerbs({ cluster, namespace }: Space, account: string): Promise<string[]> {
  const missing: string[] = [];
  for (const verb of ['create', 'patch']) {
    const { status } = await cluster.call<{ status?: { allowed?: boolean } }>(
      `/apis/authorization.k8s.io/v1/namespaces/${namespace}/localsubjectaccessreviews`,
      {
        method: 'POST',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'LocalSubjectAccessReview',
          metadata: { namespace },
          spec: {
            user: `system:serviceaccount:${namespace}:${account}`,
            groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
            resourceAttributes: { namespace, verb, group: GROUP, resource: 'workflowtaskresults' },
          },
        },
      },
    );
    if (!status?.allowed) missing.push(verb);
  }
  return missing;
}
