/** Where a service is reached from outside. */
import { fail } from '../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../shared/deploy';
import { isKind, type KubeObject } from './cluster';
import { KIND } from './manifests';
import { pathOf, type Space } from './object-kind';
import { kubeOptions } from './options';

const FIRST = 30_000;
const LAST = 32_767;

interface Service extends KubeObject {
  readonly spec: { readonly ports?: readonly { readonly nodePort?: number }[] };
}

interface Node extends KubeObject {
  readonly status?: { readonly addresses?: readonly { type: string; address: string }[] };
}

/** Null where only `reach` leads there. */
export async function addressOf(
  space: Space,
  id: string,
  settings: DeploySettings,
): Promise<string | null> {
  const { exposure, host } = kubeOptions(settings.options);
  if (exposure === 'ingress') return `http://${host}`;
  if (exposure !== 'nodePort') return null;
  const service = await space.cluster.find<Service>(pathOf(space, KIND.service, id));
  const port = service?.spec.ports?.[0]?.nodePort;
  const address = await nodeAddress(space);
  return port === undefined || address === null ? null : `http://${address}:${port}`;
}

async function nodeAddress({ cluster }: Space): Promise<string | null> {
  const { hostname } = new URL(cluster.server);
  if (/^(localhost|127\.|\[::1\])/.test(hostname)) return '127.0.0.1';
  const nodes = await cluster.list<Node>('/api/v1/nodes').catch(() => []);
  const all = nodes.flatMap(({ status }) => status?.addresses ?? []);
  const of = (type: string) => all.find((each) => each.type === type)?.address;
  return of('ExternalIP') ?? of('InternalIP') ?? null;
}

/** The first free one; those of other namespaces count where they may be seen. */
export async function freeNodePort(space: Space, id: string): Promise<number> {
  const own = await space.cluster.find<Service>(pathOf(space, KIND.service, id));
  const there = own?.spec.ports?.[0]?.nodePort;
  if (there !== undefined) return there;
  const services = await space.cluster.list<Service>('/api/v1/services').catch((thrown) => {
    if (isKind(thrown, 'permission'))
      return space.cluster.list<Service>(pathOf(space, KIND.service));
    throw thrown;
  });
  const taken = new Set(
    services.flatMap(({ spec }) => spec.ports ?? []).map((each) => each.nodePort),
  );
  for (let port = FIRST; port <= LAST; port += 1) if (!taken.has(port)) return port;
  return fail('precondition', 'Every port for services of the nodes is taken.');
}
