/** What is looked at before: rights, names, quota, room, and what must lie in the namespace already. */
import { type DeploySettings, LABEL } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import type { DeployablePackage } from '../target';
import { isKind } from './cluster';
import { KIND } from './manifests';
import { type ApiKind, isOurs, pathOf, type Space, TARGET_LABEL, takenWords } from './object-kind';
import type { KubeOptions } from './options';
import { missingOf, type Right } from './rights';
import { quotaItem, roomItem } from './room';

const item = (label: string, status: CheckItem['status'], detail: string): CheckItem => ({
  label,
  status,
  detail,
});

export interface NamespaceNeeds {
  readonly rights: readonly Right[];
  /** Those that take the deployment's own name. */
  readonly kinds: readonly ApiKind[];
}

export async function checkNamespace(
  space: Space,
  settings: DeploySettings,
  options: KubeOptions,
  made: DeployablePackage,
  needs: NamespaceNeeds,
): Promise<CheckItem[]> {
  const namespace = await namespaceItem(space);
  if (namespace.status === 'failed') return [namespace];
  const items = await Promise.all([
    rightsItem(space, needs),
    nameItem(space, settings, needs),
    settingsItem(settings, options, made),
    presentItem(space, settings, options),
    quotaItem(space, settings),
    roomItem(space, settings),
  ]);
  return [namespace, ...items.filter((each) => each !== null)];
}

async function namespaceItem({ cluster, namespace }: Space): Promise<CheckItem> {
  try {
    const there = await cluster.find(`/api/v1/namespaces/${namespace}`);
    if (there) return item('Namespace', 'ok', namespace);
    const make = `kubectl --context ${cluster.context} create namespace ${namespace}`;
    return item(
      'Namespace',
      'failed',
      `There is no namespace “${namespace}”. Choose another, or make it: ${make}`,
    );
  } catch (thrown) {
    if (!isKind(thrown, 'permission')) throw thrown;
    return item('Namespace', 'ok', `${namespace} (it may not be looked at)`);
  }
}

async function rightsItem(space: Space, { rights }: NamespaceNeeds): Promise<CheckItem> {
  const missing = await missingOf(space, rights);
  if (missing.length === 0) return item('Permissions', 'ok', 'All that are needed');
  const detail = `Missing in ${space.namespace}: ${missing.join(', ')}. Ask for a role with them.`;
  return item('Permissions', 'failed', detail);
}

async function nameItem(
  space: Space,
  { name, mode }: DeploySettings,
  { kinds }: NamespaceNeeds,
): Promise<CheckItem> {
  const most = mode === 'service' ? 40 : 36;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > most) {
    const detail = `“${name}” can’t name things in a cluster: a letter first, no hyphen last, ${most} characters at most.`;
    return item('Name', 'failed', detail);
  }
  for (const kind of kinds) {
    const there = await space.cluster.find(pathOf(space, kind, name)).catch(() => null);
    if (there && !isOurs(there, { [TARGET_LABEL]: space.target, [LABEL.deployment]: name })) {
      return item('Name', 'failed', takenWords(space, kind, name));
    }
  }
  return item('Name', 'ok', name);
}

function settingsItem(
  { mode }: DeploySettings,
  { exposure, host, maxReplicas }: KubeOptions,
  made: DeployablePackage,
): CheckItem | null {
  if (mode === 'service' && !made.hasService) {
    return item('Package', 'failed', 'The package has no service: choose what it serves first.');
  }
  if (mode === 'service' && exposure === 'ingress' && host === '') {
    return item(
      'Host name',
      'failed',
      'An Ingress takes a host name, churn.example.com for example.',
    );
  }
  if (maxReplicas > 0) {
    return item(
      'Autoscaler',
      'warning',
      'It adds replicas only where the cluster has metrics (metrics-server).',
    );
  }
  return null;
}

/** Secrets that are only named: each must be there. */
async function presentItem(
  space: Space,
  { secrets }: DeploySettings,
  { pullSecret }: KubeOptions,
): Promise<CheckItem | null> {
  const wanted = [
    ...(pullSecret === '' ? [] : [{ name: pullSecret, key: '.dockerconfigjson' }]),
    ...Object.entries(secrets).flatMap(([variable, reference]) => {
      const there = /^there:([^/]+)\/?(.*)$/.exec(reference);
      return there ? [{ name: there[1] ?? '', key: there[2] || variable }] : [];
    }),
  ];
  if (wanted.length === 0) return null;
  const missing: string[] = [];
  for (const { name, key } of wanted) {
    const found = await space.cluster.find(pathOf(space, KIND.secret, name));
    if (!found) missing.push(`Secret ${name} is not there`);
    else if (!(key in ((found.data ?? {}) as object))) missing.push(`Secret ${name} has no ${key}`);
  }
  if (missing.length === 0) return item('Secrets', 'ok', wanted.map(({ name }) => name).join(', '));
  return item(
    'Secrets',
    'failed',
    `${missing.join('; ')} in ${space.namespace}. Make it, or choose another.`,
  );
}
