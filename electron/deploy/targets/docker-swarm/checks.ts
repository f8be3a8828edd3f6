/** What a swarm is asked before anything is planned. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { type DeploySettings, LABEL } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import { checkService } from '../docker/place';
import type { DeployablePackage } from '../target';
import { checkSecrets } from './secrets';

const nodeSchema = z.object({
  Spec: z.object({ Availability: z.string().optional() }),
  Status: z.object({ State: z.string().optional() }),
  Description: z.object({
    Resources: z.object({ NanoCPUs: z.number(), MemoryBytes: z.number() }),
  }),
});
type SwarmNode = z.infer<typeof nodeSchema>;

/** Of whomever: only what is asked about here. */
const anyServiceSchema = z.object({
  Spec: z.object({
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    EndpointSpec: z
      .object({ Ports: z.array(z.object({ PublishedPort: z.number().optional() })).nullish() })
      .nullish(),
  }),
});
type AnyService = z.infer<typeof anyServiceSchema>;

export async function checkSwarm(
  docker: Docker,
  settings: DeploySettings,
  made: DeployablePackage,
): Promise<CheckItem[]> {
  const nodes = z.array(nodeSchema).parse(await docker.listNodes());
  const services = await allServices(docker);
  return [
    ...checkService(settings, made),
    checkNodes(nodes),
    checkSize(nodes, settings),
    ...checkName(services, settings),
    ...checkPort(services, settings),
    ...(await checkSecrets(docker, settings)),
  ];
}

const allServices = async (docker: Docker): Promise<AnyService[]> =>
  z.array(anyServiceSchema).parse(await docker.listServices());

/** The service that publishes a port, or null. */
export async function portOwner(docker: Docker, port: number): Promise<string | null> {
  return ownerAmong(await allServices(docker), port);
}

const ownerAmong = (services: readonly AnyService[], port: number): string | null =>
  services.find(({ Spec }) =>
    Spec.EndpointSpec?.Ports?.some(({ PublishedPort }) => PublishedPort === port),
  )?.Spec.Name ?? null;

const checkNodes = ({ length }: readonly SwarmNode[]): CheckItem =>
  length > 1
    ? {
        label: 'Nodes',
        status: 'warning',
        detail: `${length} nodes. The image is built on the manager: the other nodes have it only if a registry gives it to them.`,
      }
    : { label: 'Nodes', status: 'ok', detail: 'One node, the manager itself' };

/** A limit is no reservation: the swarm itself would start what can never have that much. */
function checkSize(nodes: readonly SwarmNode[], { resources }: DeploySettings): CheckItem {
  const sizes = nodes
    .filter(({ Spec, Status }) => Spec.Availability === 'active' && Status.State === 'ready')
    .map(({ Description: { Resources } }) => ({
      cores: Resources.NanoCPUs / 1e9,
      memoryGib: Resources.MemoryBytes / 1024 ** 3,
    }));
  const has = sizes
    .map(({ cores, memoryGib }) => `${cores} cores, ${memoryGib.toFixed(1)} GiB of memory`)
    .join('; ');
  if (!has) {
    const detail = 'No node of the swarm is ready to take work. Look at docker node ls.';
    return { label: 'Size', status: 'failed', detail };
  }
  const fits = ({ cores, memoryGib }: (typeof sizes)[number]) =>
    !resources || (resources.vcpu <= cores && resources.memoryGib <= memoryGib);
  if (sizes.some(fits)) return { label: 'Size', status: 'ok', detail: has };
  const detail = `Each copy may use ${resources?.vcpu} cores and ${resources?.memoryGib} GiB, which no node of the swarm has (${has}). Give it less.`;
  return { label: 'Size', status: 'failed', detail };
}

function checkName(services: readonly AnyService[], { name }: DeploySettings): CheckItem[] {
  const there = services.find(({ Spec }) => Spec.Name === name);
  if (!there || there.Spec.Labels?.[LABEL.deployment] === name) return [];
  const detail = `The swarm has a service ${name} already that Slipway did not make. Choose another name for the deployment.`;
  return [{ label: 'Name', status: 'failed', detail }];
}

function checkPort(services: readonly AnyService[], { name, port }: DeploySettings): CheckItem[] {
  const owner = port === null ? null : ownerAmong(services, port);
  if (!owner || owner === name) return [];
  const detail = `Port ${port} is published by the service ${owner}. Choose another, or let a free one be found.`;
  return [{ label: 'Port', status: 'failed', detail }];
}
