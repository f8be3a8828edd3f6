/** Which permissions of a person are missing, by verb and resource. */
import type { DeploySettings, Json } from '../../../../shared/deploy';
import type { Space } from './object-kind';
import type { KubeOptions } from './options';
import { carriedSecrets } from './pod';

export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

export const ALL_VERBS = ['get', 'list', 'create', 'patch', 'delete'];

export function neededRights(settings: DeploySettings, options: KubeOptions): Right[] {
  const right = (group: string, resource: string, verbs: readonly string[] = ALL_VERBS): Right => ({
    group,
    resource,
    verbs,
  });
  const common = [
    right('', 'configmaps'),
    right('', 'secrets', carriedSecrets(settings).length > 0 ? ALL_VERBS : ['list']),
    right('', 'pods', ['list']),
    right('', 'pods/log', ['get']),
  ];
  if (settings.mode !== 'service') {
    const claims = options.storage === '' ? [] : [right('', 'persistentvolumeclaims')];
    return [...common, right('batch', 'cronjobs'), right('batch', 'jobs'), ...claims];
  }
  return [
    ...common,
    right('', 'services'),
    right('apps', 'deployments'),
    right('apps', 'replicasets', ['list']),
    ...(options.exposure === 'port-forward' ? [right('', 'pods/portforward', ['create'])] : []),
    ...(options.exposure === 'ingress' ? [right('networking.k8s.io', 'ingresses')] : []),
    ...(options.maxReplicas > 0 ? [right('autoscaling', 'horizontalpodautoscalers')] : []),
  ];
}

/** "create deployments.apps", one a right. */
export async function missingOf(space: Space, rights: readonly Right[]): Promise<string[]> {
  const asked = rights.flatMap(({ group, resource, verbs }) =>
    verbs.map((verb) => ({ group, resource, verb })),
  );
  const answers = await Promise.all(asked.map((each) => isAllowed(space, each)));
  return asked
    .filter((_, at) => !answers[at])
    .map(({ group, resource, verb }) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`);
}

async function isAllowed(
  { cluster, namespace }: Space,
  { group, resource, verb }: { group: string; resource: string; verb: string },
): Promise<boolean> {
  const [name = '', subresource] = resource.split('/');
  const attributes: Json = {
    namespace,
    verb,
    group,
    resource: name,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const { status } = await cluster.call<{ status?: { allowed?: boolean } }>(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      method: 'POST',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: attributes },
      },
    },
  );
  return status?.allowed ?? false;
}
