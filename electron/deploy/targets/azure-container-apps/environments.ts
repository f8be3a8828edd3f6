/** The environment that apps and jobs run in: one's own where none is named. It takes Azure some minutes. */
import type { ManagedEnvironment } from '@azure/arm-appcontainers';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, LABEL } from '../../../../shared/deploy';
import type { ResourceKind } from '../../resources/platform';
import type { Azure } from './azure';
import { askIfThere } from './errors';
import { isOf, ownTags } from './tags';
import { isBusy, normal, until } from './waiting';

export const CONSUMPTION = 'Consumption';
const LONGEST_SECONDS = 900;

export const ownEnvironment = (id: string): string => `slipway-${id}`;

export const environmentId = ({ subscription, group }: Azure, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.App/managedEnvironments/${name}`;

export const readEnvironment = (azure: Azure, name: string): Promise<ManagedEnvironment | null> =>
  askIfThere({ doing: `reading the environment ${name}` }, () =>
    azure.apps.managedEnvironments.get(azure.group, name),
  );

export function environmentKind(azure: Azure): ResourceKind {
  const { managedEnvironments } = azure.apps;
  return {
    kind: 'environment',
    list: async (id) => {
      if (id === null) return [];
      const there = await readEnvironment(azure, ownEnvironment(id));
      return there && isOf(there.tags, id) ? [found(there, id)] : [];
    },
    create: async ({ name, spec }) => {
      const id = name.replace('slipway-', '') as DeploymentId;
      const there = await readEnvironment(azure, name);
      if (there && !isOf(there.tags, id))
        fail(
          'conflict',
          `An environment named ${name} is in this resource group already and is not this deployment’s. Choose another name for the deployment.`,
        );
      if (there && isBusy(there.provisioningState)) return;
      const envelope = {
        location: (spec as { region: string }).region,
        tags: { ...ownTags(id) },
        workloadProfiles: [{ name: CONSUMPTION, workloadProfileType: CONSUMPTION }],
      };
      await askIfThere({ doing: `making the environment ${name}` }, () =>
        managedEnvironments.createOrUpdate(azure.group, name, envelope, azure.polling),
      );
    },
    update: async ({ name }) =>
      fail(
        'conflict',
        `The environment ${name} is in another region. Remove the deployment, or choose the region it is in.`,
      ),
    remove: async (name) => {
      await askIfThere({ doing: `removing the environment ${name}` }, () =>
        managedEnvironments.delete(azure.group, name, azure.polling),
      );
    },
    ready: async ({ name }, task) => {
      const doing = `making the environment ${name}`;
      await until(azure, { doing, task, seconds: LONGEST_SECONDS }, async () => {
        const there = await readEnvironment(azure, name);
        if (/Failed|Canceled/.test(there?.provisioningState ?? ''))
          fail(
            'step-failed',
            `The environment ${name} could not be made. ${there?.deploymentErrors ?? ''}`.trim(),
          );
        return there?.provisioningState === 'Succeeded' ? true : null;
      });
    },
  };
}

const found = (each: ManagedEnvironment, id: DeploymentId): Found => ({
  kind: 'environment',
  name: each.name ?? '',
  spec: { region: normal(each.location) },
  labels: { [LABEL.deployment]: id },
});
