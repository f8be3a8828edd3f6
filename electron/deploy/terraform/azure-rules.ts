/** What each kind of thing at Azure is in Terraform. */
import type { DeploymentId } from '../../../shared/base/ids';
import { LABEL, type Resource, type RevisionRecord } from '../../../shared/deploy';
import type { Wanted } from '../resources/platform';
import { type AppSpec, MOST_OTHERS, type RevisionSpec } from '../targets/azure-container-apps/apps';
import { type Azure, regionOf } from '../targets/azure-container-apps/azure';
import {
  type ContainerSpec,
  containerFrom,
  SERVICE_PORT,
  secretName,
} from '../targets/azure-container-apps/containers';
import { CONSUMPTION } from '../targets/azure-container-apps/environments';
import type { JobSpec } from '../targets/azure-container-apps/jobs';
import { PASSWORD } from '../targets/azure-container-apps/pulling';
import { SKU } from '../targets/azure-container-apps/registries';
import { ownTags, recordTags } from '../targets/azure-container-apps/tags';
import { normal } from '../targets/azure-container-apps/waiting';
import { type Block, ref, text } from './hcl';
import { known, type Part, type Rules } from './mapping';

export interface AzureContext {
  readonly azure: Azure;
  readonly wanted: Wanted;
  readonly image: string;
  /** Name of the revision that is exported. */
  readonly traffic: string;
  readonly isOwnRegistry: boolean;
  readonly isOwnEnvironment: boolean;
  /** Empty where it pulls by the registry's password. */
  readonly identity: string;
}

const block = (type: string, attributes: Block['attributes'], blocks: readonly Block[] = []) => ({
  type: 'resource',
  labels: [type, 'app'],
  attributes,
  blocks,
});
const inner = (
  type: string,
  attributes: Block['attributes'],
  blocks: readonly Block[] = [],
): Block => ({ type, attributes, blocks });
const only = (...blocks: readonly Block[]): Part => ({ blocks });

/** A shell can set it. */
export const variableOf = (name: string): string =>
  `secret_${secretName(name)}`.replaceAll('-', '_');

const EARLIER = 'it belongs to an earlier revision, and Terraform keeps the current one alone';

export function azureRules(context: AzureContext): Rules {
  const { azure, wanted } = context;
  const resource_group_name = azure.group;
  const container_app_environment_id = ref(
    `${context.isOwnEnvironment ? '' : 'data.'}azurerm_container_app_environment.app.id`,
  );
  return {
    registry: ({ name, spec }) => {
      if (!context.isOwnRegistry)
        return { leftOut: 'it was there before and is shared, so that Terraform leaves it alone' };
      const { server, hasPassword, region } = spec as {
        server: string;
        hasPassword: boolean;
        region: string;
      };
      known(server);
      return only(
        block('azurerm_container_registry', {
          name: name.split('/')[0] ?? '',
          resource_group_name,
          location: region,
          sku: SKU,
          admin_enabled: hasPassword,
          tags: { ...ownTags(wanted.id) },
        }),
      );
    },
    image: ({ name, spec }) => {
      known(spec);
      return {
        leftOut:
          name === context.image
            ? 'Terraform builds and pushes none; the commands are in the README'
            : EARLIER,
      };
    },
    environment: ({ name, spec }) =>
      only(
        block(
          'azurerm_container_app_environment',
          {
            name,
            resource_group_name,
            location: (spec as { region: string }).region,
            tags: { ...ownTags(wanted.id) },
          },
          [inner('workload_profile', { name: CONSUMPTION, workload_profile_type: CONSUMPTION })],
        ),
      ),
    // The current one is the template of the app.
    revision: ({ name }) => (name === context.traffic ? only() : { leftOut: EARLIER }),
    app: (app, all) =>
      only(
        block(
          'azurerm_container_app',
          {
            name: app.name,
            resource_group_name,
            container_app_environment_id,
            revision_mode: 'Multiple',
            max_inactive_revisions: MOST_OTHERS,
            tags: appTags(app),
          },
          appBlocks(app, all, context),
        ),
      ),
    job: (job) => {
      const spec = job.spec as unknown as JobSpec;
      const records = spec.records as unknown as RevisionRecord[];
      known(spec.environment);
      known(spec.isPaused);
      const once = { parallelism: 1, replica_completion_count: 1 };
      return only(
        block(
          'azurerm_container_app_job',
          {
            name: job.name,
            resource_group_name,
            location: normal(regionOf(azure, wanted.settings.options)),
            container_app_environment_id,
            replica_timeout_in_seconds: spec.runSeconds,
            replica_retry_limit: 0,
            tags: tagsOf(job.name, spec.mode, spec.number, records),
          },
          [
            spec.cron === null
              ? inner('manual_trigger_config', once)
              : inner('schedule_trigger_config', { cron_expression: spec.cron, ...once }),
            inner('template', {}, [containerBlock(spec.container, false)]),
            ...pullBlocks(context),
          ],
        ),
      );
    },
  };
}

const tagsOf = (
  id: string,
  mode: string,
  revision: number,
  records: readonly RevisionRecord[],
): Readonly<Record<string, string>> => ({
  ...ownTags(id as DeploymentId, { [LABEL.mode]: mode, [LABEL.revision]: String(revision) }),
  ...recordTags(records),
});

function appTags({ name, spec }: Resource) {
  const { records, traffic } = spec as unknown as AppSpec;
  const all = records as unknown as RevisionRecord[];
  return tagsOf(name, 'service', Number(/\d+$/.exec(traffic)?.[0]), all);
}

function appBlocks(app: Resource, all: readonly Resource[], context: AzureContext): Block[] {
  const { ingress, environment, isStopped, traffic, active } = app.spec as unknown as AppSpec;
  known([environment, isStopped, [...active]]);
  const current = all.find(({ kind, name }) => kind === 'revision' && name === traffic);
  const spec = current?.spec as unknown as RevisionSpec;
  // What it holds stands in the tags.
  known(spec.record);
  const revision_suffix = text`r${ref('var.revision')}`;
  const door = {
    external_enabled: ingress === 'external',
    target_port: SERVICE_PORT,
    transport: 'auto',
  };
  return [
    inner('ingress', door, [inner('traffic_weight', { revision_suffix, percentage: 100 })]),
    inner(
      'template',
      { revision_suffix, min_replicas: spec.minReplicas, max_replicas: spec.maxReplicas },
      [containerBlock(spec.container, true)],
    ),
    ...pullBlocks(context),
  ];
}

function containerBlock(spec: ContainerSpec, isService: boolean): Block {
  // Fingerprints of values that are asked for.
  known(spec.secrets);
  const { name, command, args, env, resources, probes } = containerFrom(spec, isService);
  known(spec.image);
  return inner(
    'container',
    {
      name,
      image: ref('var.image'),
      command: command?.length ? command : undefined,
      args: args?.length ? args : undefined,
      cpu: resources?.cpu,
      memory: resources?.memory,
    },
    [
      ...(env ?? []).map(({ name: variable, value, secretRef }) =>
        inner('env', { name: variable, value, secret_name: secretRef }),
      ),
      ...(probes ?? []).map(({ type, ...probe }) =>
        inner(`${(type ?? '').toLowerCase()}_probe`, {
          transport: 'HTTP',
          path: probe.httpGet?.path,
          port: probe.httpGet?.port,
          interval_seconds: probe.periodSeconds,
          failure_count_threshold: probe.failureThreshold,
          timeout: probe.timeoutSeconds,
        }),
      ),
    ],
  );
}

/** How it comes to its image, and the values of its secrets. */
function pullBlocks({ wanted, image, identity, isOwnRegistry }: AzureContext): Block[] {
  const server = image.slice(0, image.indexOf('/'));
  const registry = `${isOwnRegistry ? '' : 'data.'}azurerm_container_registry.app`;
  const secrets = Object.keys(wanted.settings.secrets).map((name) =>
    inner('secret', { name: secretName(name), value: ref(`var.${variableOf(name)}`) }),
  );
  if (identity !== '')
    return [
      inner('identity', { type: 'UserAssigned', identity_ids: [identity] }),
      inner('registry', {
        server: isOwnRegistry ? ref(`${registry}.login_server`) : server,
        identity,
      }),
      ...secrets,
    ];
  return [
    inner('registry', {
      server: ref(`${registry}.login_server`),
      username: ref(`${registry}.admin_username`),
      password_secret_name: PASSWORD,
    }),
    inner('secret', { name: PASSWORD, value: ref(`${registry}.admin_password`) }),
    ...secrets,
  ];
}
