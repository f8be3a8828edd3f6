/** Azure Container Apps: apps with revisions and traffic, jobs with their schedule; images in a registry of Azure. */
import type { OptionField, TargetDescription } from '../../../../shared/deploy';
import type { TargetDriver } from '../../resources/platform';
import type { ImageMaker } from '../target';
import { type AzureStand, connectAzure } from './azure';
import { azurePlatform } from './platform';

export type { AzureStand } from './azure';

export interface AzureContainerAppsNeeds {
  readonly images: ImageMaker;
  /** Null for Azure itself. */
  readonly stand: AzureStand | null;
}

export function azureContainerAppsDriver({ images, stand }: AzureContainerAppsNeeds): TargetDriver {
  return {
    id: 'azure-container-apps',
    hasDefaultPlace: false,
    describe: () => DESCRIPTION,
    placeOptions: ({ subscription = '', resourceGroup = '' }) => ({ subscription, resourceGroup }),
    open: async ({ subscription, resourceGroup }) =>
      azurePlatform(await connectAzure(String(subscription), String(resourceGroup), stand), images),
  };
}

const field = (
  key: string,
  label: string,
  help: string,
  fallback: OptionField['fallback'],
  more: Partial<OptionField> = {},
): OptionField => ({
  key,
  label,
  help,
  kind: typeof fallback === 'number' ? 'number' : 'text',
  fallback,
  choices: [],
  modes: [],
  ...more,
});

const SERVICE = { modes: ['service' as const] };

const OPTIONS: OptionField[] = [
  field('subscription', 'Subscription', 'Its id, as `az account list` shows it.', ''),
  field('resourceGroup', 'Resource group', 'One that is there; all of it lies in this one.', ''),
  field('region', 'Region', 'Empty takes the resource group’s.', ''),
  field(
    'environment',
    'Environment',
    'One of the group that is there. Empty makes one for this deployment alone.',
    '',
  ),
  field(
    'registry',
    'Registry',
    'One of the group that is there. Empty makes one for this deployment alone.',
    '',
  ),
  field(
    'identity',
    'Identity',
    'Resource id of an identity that may pull from the registry. Empty pulls by its password.',
    '',
  ),
  field('ingress', 'Reached from', 'Inside its environment, or the internet.', 'internal', {
    ...SERVICE,
    kind: 'choice',
    choices: ['internal', 'external'],
  }),
  field(
    'minReplicas',
    'Replicas kept',
    'Paid though nobody calls; 0 starts on demand.',
    0,
    SERVICE,
  ),
  field('maxReplicas', 'Replicas at most', 'More are not started, whatever comes.', 3, SERVICE),
  field('runMinutes', 'Minutes per run', 'A longer run is stopped.', 60, {
    modes: ['job', 'scheduled'],
  }),
];

const DESCRIPTION: TargetDescription = {
  id: 'azure-container-apps',
  title: 'Azure Container Apps',
  summary: 'A service that grows and shrinks with its requests, or a job. Needs a resource group.',
  unavailable: null,
  exports: 'a Terraform module',
  modes: ['job', 'scheduled', 'service'],
  survival: [
    'It goes on when Slipway is closed and when this computer is off.',
    'Azure replaces a replica that ends or stops answering.',
  ],
  options: OPTIONS,
  heeds: ['environment', 'secrets', 'resources'],
};
