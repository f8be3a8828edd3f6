/** Whether there is room: the namespace's quotas, and the nodes. */
import type { DeploySettings } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import type { KubeObject } from './cluster';
import type { Space } from './object-kind';
import { quantity } from './projection';

interface Quota extends KubeObject {
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

/** What the deployment adds, by the names quotas use. */
function addedBy({ resources, replicas, mode }: DeploySettings): Record<string, number> {
  // While it changes one more stands for a moment.
  const pods = mode === 'service' ? replicas + 1 : 1;
  const cpu = resources?.vcpu ?? 0;
  const memory = (resources?.memoryGib ?? 0) * 2 ** 30;
  return {
    pods,
    cpu: cpu * pods,
    'requests.cpu': cpu * pods,
    'limits.cpu': Math.max(1, cpu) * pods,
    memory: memory * pods,
    'requests.memory': memory * pods,
    'limits.memory': memory * pods,
  };
}

export async function quotaItem(
  { cluster, namespace }: Space,
  settings: DeploySettings,
): Promise<CheckItem | null> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const quotas = await cluster.list<Quota>(path).catch(() => []);
  if (quotas.length === 0) return null;
  const added = addedBy(settings);
  const over = quotas.flatMap(({ metadata, status }) =>
    Object.entries(added).flatMap(([name, amount]) => {
      const hard = status?.hard?.[name];
      const used = status?.used?.[name];
      if (hard === undefined || amount === 0) return [];
      return quantity(used) + amount > quantity(hard)
        ? [
            `${metadata.name} allows ${hard} of ${name}, ${used ?? '0'} is used, ${shown(name, amount)} more is asked for`,
          ]
        : [];
    }),
  );
  if (over.length === 0) return { label: 'Quota', status: 'ok', detail: 'Enough is left' };
  const detail = `${over.join('; ')}. Ask for less, or have the quota raised.`;
  return { label: 'Quota', status: 'failed', detail };
}

const shown = (name: string, amount: number): string =>
  name.includes('memory') ? `${Math.round(amount / 2 ** 20)}Mi` : String(amount);

interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly allocatable?: Readonly<Record<string, string>> };
}

interface PodRequests extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
    }[];
  };
}

const IS_ALIVE = { query: { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' } };

/** Null where nodes may not be looked at: then the pods' own words tell. */
export async function roomItem(
  { cluster }: Space,
  { resources, mode, replicas }: DeploySettings,
): Promise<CheckItem | null> {
  if (!resources) return null;
  const all = await cluster.list<Node>('/api/v1/nodes').catch(() => null);
  if (!all) return null;
  const nodes = all.filter(({ spec }) => !spec?.unschedulable);
  const asked = { cpu: resources.vcpu, memory: resources.memoryGib * 2 ** 30 };
  const words = `${resources.vcpu} processors and ${resources.memoryGib} GiB`;
  const sizes = nodes.map((node) => ({ name: node.metadata.name, ...sizeOf(node) }));
  if (!sizes.some((size) => size.cpu >= asked.cpu && size.memory >= asked.memory)) {
    const largest = sizes.map(({ cpu, memory }) => `${cpu} and ${gib(memory)} GiB`).join('; ');
    const detail = `No node is large enough for ${words}: they have ${largest}. Ask for less, or have a larger node added.`;
    return { label: 'Room', status: 'failed', detail };
  }
  const pods = (
    await cluster.call<{ items?: PodRequests[] }>('/api/v1/pods', IS_ALIVE).catch(() => null)
  )?.items;
  if (!pods) return { label: 'Room', status: 'ok', detail: `A node is large enough for ${words}` };
  const free = sizes.map((size) => {
    const here = pods.filter(({ spec }) => spec.nodeName === size.name);
    return { cpu: size.cpu - sum(here, 'cpu'), memory: size.memory - sum(here, 'memory') };
  });
  const fitting = free
    .map(({ cpu, memory }) => Math.floor(Math.min(cpu / asked.cpu, memory / asked.memory)))
    .reduce((total, each) => total + Math.max(0, each), 0);
  const needed = mode === 'service' ? replicas : 1;
  if (fitting >= needed) {
    return { label: 'Room', status: 'ok', detail: `${fitting} pods of ${words} fit now` };
  }
  const detail = `${fitting} of ${needed} pods of ${words} fit beside what runs now. Unless the cluster grows by itself, the others wait.`;
  return { label: 'Room', status: 'warning', detail };
}

const sizeOf = ({ status }: Node) => ({
  cpu: quantity(status?.allocatable?.cpu),
  memory: quantity(status?.allocatable?.memory),
});

const sum = (pods: readonly PodRequests[], what: 'cpu' | 'memory'): number =>
  pods
    .flatMap(({ spec }) => spec.containers)
    .reduce((total, { resources }) => total + quantity(resources?.requests?.[what]), 0);

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
