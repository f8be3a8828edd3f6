/** A project's region as a place that resources stand at. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import {
  currentRevision,
  type DeploySettings,
  type LogBatch,
  type LogLine,
} from '../../../../shared/deploy';
import { parseSchedule } from '../../../estimate';
import { findAll } from '../../resources/engine';
import type { CheckItem, Options, Platform, Wanted } from '../../resources/platform';
import { cloudRunModule } from '../../terraform/google-cloud-run';
import { moduleFiles } from '../../terraform/module';
import { checkImagePlatform } from '../image-platform';
import type { DeploymentCommand, ImageMaker, Reached } from '../target';
import { checkSettings } from './checks';
import { desiredResources } from './desired';
import type { Google } from './google';
import { cancelRuns, jobKind, readJob, runJob } from './jobs';
import { followLog, type LogSubject, readLog } from './logs';
import { imageReference } from './names';
import { observe } from './observe';
import { openSignedWay } from './reach';
import { imageKind, repositoryKind } from './repositories';
import { pauseSchedule, readSchedule, scheduleKind } from './schedules';
import {
  changeService,
  foundService,
  readService,
  revisionKind,
  type ServiceSpec,
  scalingOf,
  serviceKind,
} from './services';

export function googlePlatform(google: Google, images: ImageMaker): Platform {
  const platform: Platform = {
    place: {
      id: `${google.project}.${google.region}`,
      title: `Google Cloud project ${google.project}, ${google.region}, as ${google.account}`,
    },
    kinds: [
      repositoryKind(google),
      imageKind(google, images),
      revisionKind(google),
      serviceKind(google),
      jobKind(google),
      scheduleKind(google),
    ],
    check: async (settings, made): Promise<CheckItem[]> => [
      await checkImagePlatform(images, 'Cloud Run'),
      ...(await checkSettings(google, settings, made)),
    ],
    imageOf: (made, { name, options }) =>
      imageReference(google, String(options.repository ?? ''), name, images.nameOf(made)),
    settle: async (settings, now, { fit }) => {
      const before = now?.revisions.find(({ number }) => number === now.currentRevision);
      const fitting = fit.kind === 'fits' ? { vcpu: fit.vcpu, memoryGib: fit.memoryGib } : null;
      const resources = settings.resources ?? before?.settings?.resources ?? fitting;
      if (!resources) fail('precondition', `It does not fit Cloud Run. ${fit.reason}`);
      if (settings.schedule) parseSchedule(settings.schedule.cron, settings.schedule.timeZone);
      return { ...settings, resources, port: null };
    },
    deployed: ({ mode, resources, options }) => ({
      region: google.region,
      ...resources,
      ...(mode === 'service' ? { idleInstances: Number(options.minInstances) } : {}),
    }),
    desired: async (wanted: Wanted) =>
      desiredResources(google, wanted, await findAll(platform, wanted.id)),
    exportFiles: async (wanted) => {
      const found = await findAll(platform, wanted.id);
      return moduleFiles(
        cloudRunModule(google, wanted, desiredResources(google, wanted, found), found),
      );
    },
    observe: (id, found) => observe(google, id, found),
    followLogs: async function* (id, tail, signal): AsyncIterable<LogBatch> {
      yield* followLog(google, await subjectOf(google, id), tail, signal);
    },
    readLogs: async (id, tail): Promise<LogLine[]> =>
      readLog(google, await subjectOf(google, id), tail),
    command: (id, command) => carryOutCommand(platform, google, id, command),
    reach: (id) => reach(google, id),
    warnings: warningsOf,
    close: () => google.close(),
  };
  return platform;
}

const subjectOf = async (google: Google, id: DeploymentId): Promise<LogSubject> =>
  (await readJob(google, id)) ? { job: id } : { service: id };

async function carryOutCommand(
  platform: Platform,
  google: Google,
  id: DeploymentId,
  command: DeploymentCommand,
): Promise<void> {
  if (command === 'restart') nothingToRestart();
  if (await readService(google, id)) {
    if (command === 'run') fail('precondition', 'A service answers requests; it has no runs.');
    const options = await currentOptions(platform, id);
    await changeService(google, id, { scaling: scalingOf(options, command === 'stop') });
    return;
  }
  if (command === 'run') return runJob(google, id);
  if (command === 'stop') await cancelRuns(google, id);
  if (await readSchedule(google, id)) await pauseSchedule(google, id, command === 'stop');
}

/** A service that was stopped does not tell any more how many instances there may be: its revision does. */
async function currentOptions(platform: Platform, id: DeploymentId): Promise<Options> {
  const observed = await platform.observe(id, await findAll(platform, id));
  return (observed && currentRevision(observed.record)?.settings?.options) ?? {};
}

function nothingToRestart(): never {
  return fail(
    'precondition',
    'Cloud Run replaces its instances by itself and has no restart. Stop it and start it again.',
  );
}

async function reach(google: Google, id: DeploymentId): Promise<Reached> {
  const service = await readService(google, id);
  const address = service?.uri;
  if (!service || !address) fail('not-found', `There is no service “${id}” that has an address.`);
  const { access, ingress } = foundService(service).spec as unknown as ServiceSpec;
  if (ingress !== 'INGRESS_TRAFFIC_ALL')
    fail(
      'precondition',
      `The service ${id} takes requests from inside the project’s network only. Call it from there, or open its ingress.`,
    );
  if (access === 'public') return { url: address, close: async () => undefined };
  return openSignedWay(address, () => google.identityToken(address));
}

function warningsOf({ mode, options }: DeploySettings): string[] {
  if (mode !== 'service') return [];
  return [
    ...(options.access === 'public' && options.ingress !== 'internal'
      ? [
          'Everyone on the internet can call this service. Choose private to let in only whom the project lets.',
        ]
      : []),
    ...(Number(options.minInstances) > 0
      ? [`${options.minInstances} instances are kept and paid though nobody calls.`]
      : []),
  ];
}
