/** A cluster of the deployment's own, where none was chosen. */
import type { Cluster } from '@aws-sdk/client-ecs';
import { fail } from '../../../../../shared/base/studio-error';
import { LABEL } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../../aws/failures';
import { deploymentOf, kindOf, labelsFor, ours, patiently } from '../../aws/here';
import { fromTags, isOf, lowerTags, nameOf } from '../../aws/names';
import type { Here } from '../here';

/** The cluster a deployment runs in, chosen or its own. */
export const clusterName = ({ cluster }: Pick<Here, 'cluster'>, id: string): string =>
  cluster === '' ? nameOf(id, '', 255) : cluster;

export function clusters(here: Here): ResourceKind {
  return kindOf(here, 'cluster', {
    list: async (id) => {
      const found = await readCluster(here, nameOf(id, '', 255));
      if (!found) return [];
      const labels = fromTags(found.tags);
      const spec = { deployment: labels[LABEL.deployment] ?? '' };
      return ours({ kind: 'cluster', name: nameOf(id, '', 255), labels, spec }, id);
    },
    create: async (resource) => {
      // A second CreateCluster of a name answers with the first, whoever made it.
      const there = await readCluster(here, resource.name);
      if (there && !isOf(fromTags(there.tags), deploymentOf(resource))) {
        fail(
          'conflict',
          `There is a cluster ${resource.name} already, which Slipway did not make. Give the deployment another name, or choose that cluster in the settings.`,
        );
      }
      if (there) return;
      const tags = lowerTags(labelsFor(resource));
      await (await here.clients.ecs()).createCluster({ clusterName: resource.name, tags });
    },
    update: async () => undefined,
    remove: async (name, task) => {
      const ecs = await here.clients.ecs();
      // Tasks that are being stopped still count.
      await patiently(here, task, /ClusterContains|UpdateInProgress/, () =>
        orNone(ecs.deleteCluster({ cluster: name })),
      );
    },
  });
}

export const readCluster = (here: Here, name: string): Promise<Cluster | null> =>
  here.clients.shared(`cluster ${name}`, () => askCluster(here, name));

async function askCluster(here: Here, name: string): Promise<Cluster | null> {
  const ecs = await here.clients.ecs();
  const { clusters: found } = await ecs.describeClusters({ clusters: [name], include: ['TAGS'] });
  return found?.find(({ status }) => status === 'ACTIVE') ?? null;
}
