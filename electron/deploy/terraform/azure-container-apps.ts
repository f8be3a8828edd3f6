/** A deployment on Container Apps as a Terraform module, from the same resources as its plan. */
import { type Found, type Resource, resourceId } from '../../../shared/deploy';
import type { Wanted } from '../resources/platform';
import { revisionName } from '../targets/azure-container-apps/apps';
import type { Azure } from '../targets/azure-container-apps/azure';
import { secretName } from '../targets/azure-container-apps/containers';
import { environmentId, ownEnvironment } from '../targets/azure-container-apps/environments';
import { type AzureContext, azureRules, variableOf } from './azure-rules';
import { type Block, ref, text } from './hcl';
import { asWritten, mapResources } from './mapping';
import {
  type Import,
  type Output,
  revisionVariable,
  type Step,
  type TerraformModule,
  type Variable,
} from './module';

/** What its arguments were checked against. */
const PROVIDER = '~> 5.2.0';

export function containerAppsModule(
  azure: Azure,
  wanted: Wanted,
  resources: readonly Resource[],
  found: readonly Found[],
): TerraformModule {
  const context = contextOf(azure, wanted);
  const { blocks, leftOut } = mapResources(asWritten(resources, found), azureRules(context));
  return {
    title: `${wanted.id} on Azure Container Apps`,
    provider: {
      name: 'azurerm',
      version: PROVIDER,
      block: {
        comment: 'Signs in as the az command does: az login.',
        type: 'provider',
        labels: ['azurerm'],
        attributes: { subscription_id: azure.subscription },
        blocks: [{ type: 'features', attributes: {} }],
      },
    },
    variables: variablesOf(wanted),
    main: [...dataOf(context), ...blocks],
    outputs: outputsOf(wanted),
    imports: importsOf(azure, context, resources, found),
    imageSteps: imageSteps(context),
    leftOut: [...leftOut, ...othersOf(wanted)],
  };
}

function contextOf(azure: Azure, wanted: Wanted): AzureContext {
  const { id, revision, settings } = wanted;
  const { registry, environment, identity } = settings.options;
  return {
    azure,
    wanted,
    image: revision.image ?? '',
    traffic: revisionName(id, revision),
    isOwnRegistry: String(registry ?? '') === '',
    isOwnEnvironment: ['', ownEnvironment(id)].includes(String(environment ?? '')),
    identity: String(identity ?? ''),
  };
}

/** "slipwaychurn" of "slipwaychurn.azurecr.io/…" */
const registryIn = (image: string): string => image.split('.')[0] ?? '';

/** What is used and was there before. */
function dataOf({ azure, wanted, image, isOwnRegistry, isOwnEnvironment, identity }: AzureContext) {
  const data = (type: string, name: string): Block => ({
    type: 'data',
    labels: [type, 'app'],
    attributes: { name, resource_group_name: azure.group },
  });
  const registry = registryIn(image);
  return [
    ...(isOwnRegistry || identity !== '' ? [] : [data('azurerm_container_registry', registry)]),
    ...(isOwnEnvironment
      ? []
      : [
          data(
            'azurerm_container_app_environment',
            String(wanted.settings.options.environment ?? ''),
          ),
        ]),
  ];
}

const variablesOf = (wanted: Wanted): Variable[] => [
  {
    name: 'image',
    description: 'Image in the registry, with its tag.',
    type: 'string',
    fallback: wanted.revision.image ?? '',
  },
  ...revisionVariable(wanted),
  ...Object.keys(wanted.settings.secrets).map(
    (name): Variable => ({
      name: variableOf(name),
      description: `Value of ${name}. Kept as the secret ${secretName(name)}.`,
      type: 'string',
      isSensitive: true,
    }),
  ),
];

function outputsOf({ mode }: Wanted): Output[] {
  if (mode === 'service') {
    const value = text`https://${ref('azurerm_container_app.app.ingress[0].fqdn')}`;
    return [{ name: 'url', description: 'Where the service answers.', value }];
  }
  const job = 'azurerm_container_app_job.app';
  const value = text`az containerapp job start --name ${ref(`${job}.name`)} --resource-group ${ref(`${job}.resource_group_name`)}`;
  return [{ name: 'run', description: 'Starts a run now.', value }];
}

const othersOf = ({ mode }: Wanted): string[] =>
  mode === 'service'
    ? [
        'Revisions before the current one: Terraform leaves them running, and they are paid. Stop them with “az containerapp revision deactivate”.',
      ]
    : [];

/** Ids at Azure are paths: nothing has to be asked for. */
function importsOf(
  azure: Azure,
  { wanted, isOwnRegistry }: AzureContext,
  resources: readonly Resource[],
  found: readonly Found[],
): Import[] {
  const { subscription, group } = azure;
  const standing = new Set(found.map(resourceId));
  const at = (rest: string) => `/subscriptions/${subscription}/resourceGroups/${group}/${rest}`;
  return resources
    .filter((each) => standing.has(resourceId(each)))
    .flatMap(({ kind, name }): Import[] => {
      switch (kind) {
        case 'registry': {
          const id = at(
            `providers/Microsoft.ContainerRegistry/registries/${name.split('/')[0] ?? ''}`,
          );
          return isOwnRegistry ? [{ to: 'azurerm_container_registry.app', id }] : [];
        }
        case 'environment':
          return [
            {
              to: 'azurerm_container_app_environment.app',
              id: environmentId(azure, ownEnvironment(wanted.id)),
            },
          ];
        case 'app':
          return [
            {
              to: 'azurerm_container_app.app',
              id: at(`providers/Microsoft.App/containerApps/${name}`),
            },
          ];
        case 'job':
          return [
            {
              to: 'azurerm_container_app_job.app',
              id: at(`providers/Microsoft.App/jobs/${name}`),
            },
          ];
        default:
          return [];
      }
    });
}

const imageSteps = ({ image, isOwnRegistry }: AzureContext): Step[] => [
  {
    what: 'Where the image is not in the registry yet: make the registry, then build and push, in the folder of the package',
    commands: [
      ...(isOwnRegistry ? ['terraform apply -target=azurerm_container_registry.app'] : []),
      `az acr login --name ${registryIn(image)}`,
      `docker build --platform linux/amd64 --tag ${image} .`,
      `docker push ${image}`,
    ],
  },
];
