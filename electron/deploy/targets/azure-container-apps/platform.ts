/** A resource group as a place that resources stand at. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../shared/deploy';
import { findAll } from '../../resources/engine';
import type { Platform } from '../../resources/platform';
import { containerAppsModule } from '../../terraform/azure-container-apps';
import { moduleFiles } from '../../terraform/module';
import { checkImagePlatform } from '../image-platform';
import type { DeploymentCommand, ImageMaker, Reached } from '../target';
import { appKind, foundApp, readApp, revisionKind } from './apps';
import { type Azure, regionOf } from './azure';
import { checkSettings } from './checks';
import { desiredResources } from './desired';
import { environmentKind } from './environments';
import { ask } from './errors';
import { cancelRuns, jobKind, pauseJob, readJob, runJob } from './jobs';
import { followLog, type LogSubject, readLog } from './logs';
import { observe } from './observe';
import { imageKind, imageReference, registryKind, registryName } from './registries';
import { normal } from './waiting';

export function azurePlatform(azure: Azure, images: ImageMaker): Platform {
  const { subscriptionName, group, account, tenant } = azure;
  const isOwn = (registry: string, id: string) => registry === registryName(azure, '', id);
  const platform: Platform = {
    place: {
      id: `${azure.subscription}.${group}`,
      title: `Azure subscription ${subscriptionName}, resource group ${group}, as ${account} of tenant ${tenant}`,
    },
    kinds: [
      registryKind(azure, isOwn),
      imageKind(azure, images),
      environmentKind(azure),
      revisionKind(azure),
      appKind(azure),
      jobKind(azure),
    ],
    check: async (settings, made) => [
      await checkImagePlatform(images, 'Container Apps'),
      ...(await checkSettings(azure, settings, made)),
    ],
    imageOf: (made, { name, options }) => {
      const registry = registryName(azure, String(options.registry ?? ''), name);
      return imageReference(registry, name, images.nameOf(made));
    },
    settle: async (settings, now, { fit }) => {
      const before = now?.revisions.find(({ number }) => number === now.currentRevision);
      const fitting = fit.kind === 'fits' ? { vcpu: fit.vcpu, memoryGib: fit.memoryGib } : null;
      const resources = settings.resources ?? before?.settings?.resources ?? fitting;
      if (!resources) fail('precondition', `It does not fit Container Apps. ${fit.reason}`);
      return { ...settings, resources, port: null };
    },
    deployed: ({ mode, resources, options }) => ({
      region: normal(regionOf(azure, options)),
      ...resources,
      ...(mode === 'service' ? { idleInstances: Number(options.minReplicas) } : {}),
    }),
    desired: async (wanted) => desiredResources(azure, wanted, await findAll(platform, wanted.id)),
    exportFiles: async (wanted) => {
      const found = await findAll(platform, wanted.id);
      const resources = await desiredResources(azure, wanted, found);
      return moduleFiles(containerAppsModule(azure, wanted, resources, found));
    },
    observe: (id, found) => observe(azure, id, found),
    followLogs: async function* (id, tail, signal) {
      yield* followLog(azure, await subjectOf(azure, id), tail, signal);
    },
    readLogs: async (id, tail) => readLog(azure, await subjectOf(azure, id), tail),
    command: (id, command) => carryOutCommand(azure, id, command),
    reach: (id) => reach(azure, id),
    warnings: warningsOf,
    close: async () => undefined,
  };
  return platform;
}

const subjectOf = async (azure: Azure, id: DeploymentId): Promise<LogSubject> =>
  (await readJob(azure, id)) ? { job: id } : { app: id };

async function carryOutCommand(
  azure: Azure,
  id: DeploymentId,
  command: DeploymentCommand,
): Promise<void> {
  const app = await readApp(azure, id);
  if (app) return commandApp(azure, id, command);
  if (command === 'restart')
    fail('precondition', 'A job has nothing to restart. Start a run of it.');
  if (command === 'run') return runJob(azure, id);
  if (command === 'stop') await cancelRuns(azure, id);
  await pauseJob(azure, id, command === 'stop');
}

async function commandApp(azure: Azure, id: string, command: DeploymentCommand): Promise<void> {
  const { containerApps, containerAppsRevisions } = azure.apps;
  if (command === 'run') fail('precondition', 'A service answers requests; it has no runs.');
  if (command === 'restart') {
    const app = await readApp(azure, id);
    const { traffic } = foundApp(app ?? { location: '' }, []).spec as { traffic: string };
    await ask({ doing: `restarting ${traffic}` }, () =>
      containerAppsRevisions.restartRevision(azure.group, id, traffic),
    );
    return;
  }
  await ask({ doing: `${command === 'stop' ? 'stopping' : 'starting'} the app ${id}` }, () =>
    command === 'stop'
      ? containerApps.stop(azure.group, id, azure.polling)
      : containerApps.start(azure.group, id, azure.polling),
  );
}

async function reach(azure: Azure, id: DeploymentId): Promise<Reached> {
  const ingress = (await readApp(azure, id))?.configuration?.ingress;
  if (!ingress?.fqdn) fail('not-found', `There is no app “${id}” that has an address.`);
  if (!ingress.external)
    fail(
      'precondition',
      `The app ${id} takes requests from inside its environment only. Call it from there, or deploy it with external ingress.`,
    );
  return { url: `https://${ingress.fqdn}`, close: async () => undefined };
}

function warningsOf({ mode, options }: DeploySettings): string[] {
  if (mode !== 'service') return [];
  return [
    ...(options.ingress === 'external'
      ? [
          'Everyone on the internet can call this service. Choose internal to let in only its environment.',
        ]
      : []),
    ...(Number(options.minReplicas) > 0
      ? [`${options.minReplicas} replicas are kept and paid though nobody calls.`]
      : []),
  ];
}
