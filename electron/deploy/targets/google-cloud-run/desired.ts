/** What should stand for a revision: repository, image, and a service with its revisions or a job with its schedule. */
import type { DeploymentId } from '../../../../shared/base/ids';
import type {
  DeploySettings,
  Found,
  Json,
  Resource,
  RevisionRecord,
} from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { asJson, containerSpec } from './containers';
import type { Google } from './google';
import type { JobSpec } from './jobs';
import { revisionName } from './names';
import { repositoryResource } from './repositories';
import { callOf, type ScheduleSpec } from './schedules';
import type { RevisionSpec, ServiceSpec } from './services';

/** Of the ones before; with the current one that makes five. */
const MOST_OTHERS = 4;

export function desiredResources(
  google: Google,
  wanted: Wanted,
  standing: readonly Found[],
): Resource[] {
  const kept = keptOthers(wanted, standing);
  const parts =
    wanted.mode === 'service'
      ? serviceParts(google, wanted, kept, standing)
      : jobParts(google, wanted, kept);
  return [repositoryPart(google, wanted), ...imageParts(wanted, kept, standing), ...parts];
}

/** A revision can be gone back to as long as its image is there. */
function keptOthers({ others }: Wanted, standing: readonly Found[]): RevisionRecord[] {
  const images = new Set(standing.filter(({ kind }) => kind === 'image').map(({ name }) => name));
  return others.filter(({ image }) => image !== null && images.has(image)).slice(-MOST_OTHERS);
}

function repositoryPart(google: Google, { id, settings }: Wanted): Resource {
  const repository = String(settings.options.repository ?? '');
  return {
    kind: 'repository',
    name: repositoryResource(repository, id),
    what:
      repository === '' ? `Repository slipway-${id}` : `A folder in the repository ${repository}`,
    detail: `Docker images, in ${google.region}`,
    spec: { format: 'DOCKER' },
    price: { kind: 'free' },
  };
}

function imageParts(
  { revision }: Wanted,
  kept: readonly RevisionRecord[],
  standing: readonly Found[],
): Resource[] {
  const there = new Set(standing.map(({ name }) => name));
  const names = [...kept.map(({ image }) => image), revision.image].filter((each) => each !== null);
  return [...new Set(names)].map((name) => ({
    kind: 'image',
    name,
    what: `Image ${name.split('/').at(-1)}`,
    detail: there.has(name) ? 'In the registry' : 'Built, then pushed to the registry',
    spec: { reference: name },
    price: { kind: 'lines', ids: ['image'] },
  }));
}

function serviceParts(
  google: Google,
  wanted: Wanted,
  kept: readonly RevisionRecord[],
  standing: readonly Found[],
): Resource[] {
  const { id, revision, settings } = wanted;
  const name = revisionName(id, revision);
  const others = kept.flatMap((record) => {
    const found = standing.find((each) => each.name === revisionName(id, record));
    // As it stands: it is never made anew, only kept.
    return found
      ? [revisionResource(found.name, `Revision ${record.number}, kept`, found.spec)]
      : [];
  });
  const spec: RevisionSpec = {
    number: revision.number,
    container: containerSpec(wanted),
    account: accountOf(google, settings),
    requestSeconds: Number(settings.options.requestSeconds),
    record: asJson(revision),
  };
  return [
    ...others,
    revisionResource(name, `Revision ${revision.number}`, asJson(spec), sizeOf(settings)),
    serviceResource(id, name, settings),
  ];
}

const revisionResource = (name: string, what: string, spec: Json, detail = ''): Resource => ({
  kind: 'revision',
  name,
  what,
  detail,
  spec,
  price: { kind: 'free' },
});

function serviceResource(id: DeploymentId, traffic: string, settings: DeploySettings): Resource {
  const { access, ingress, minInstances, maxInstances } = settings.options;
  const spec: ServiceSpec = {
    access: String(access),
    ingress: ingress === 'internal' ? 'INGRESS_TRAFFIC_INTERNAL_ONLY' : 'INGRESS_TRAFFIC_ALL',
    minInstances: Number(minInstances),
    maxInstances: Number(maxInstances),
    isStopped: false,
    traffic,
  };
  const whom = access === 'public' ? 'everyone' : 'whom the project lets';
  return {
    kind: 'service',
    name: id,
    what: `Service ${id}`,
    detail: `Open to ${whom}, ${minInstances} to ${maxInstances} instances, all traffic to ${traffic}`,
    spec: asJson(spec),
    price: {
      kind: 'lines',
      ids: ['vcpu', 'memory', 'requests', 'idle-vcpu', 'idle-memory'],
    },
  };
}

function jobParts(google: Google, wanted: Wanted, kept: readonly RevisionRecord[]): Resource[] {
  const { id, mode, revision, settings } = wanted;
  const records = [...kept, revision].sort((a, b) => a.number - b.number);
  const spec: JobSpec = {
    mode,
    number: revision.number,
    container: containerSpec(wanted),
    account: accountOf(google, settings),
    runSeconds: Number(settings.options.runMinutes) * 60,
    retries: 0,
    records: asJson(records),
  };
  const job: Resource = {
    kind: 'job',
    name: id,
    what: `Job ${id}`,
    detail: `${sizeOf(settings)}, stopped after ${settings.options.runMinutes} minutes`,
    spec: asJson(spec),
    price: { kind: 'lines', ids: ['vcpu', 'memory'] },
  };
  return settings.schedule === null ? [job] : [job, scheduleResource(google, id, settings)];
}

function scheduleResource(google: Google, id: DeploymentId, settings: DeploySettings): Resource {
  const { cron = '', timeZone = '' } = settings.schedule ?? {};
  const spec: ScheduleSpec = {
    cron,
    timeZone,
    calls: callOf(google, id),
    account: accountOf(google, settings),
    isPaused: false,
  };
  return {
    kind: 'schedule',
    name: id,
    what: `Schedule slipway-${id}`,
    detail: `${cron} (${timeZone})`,
    spec: asJson(spec),
    price: { kind: 'lines', ids: ['scheduler'] },
  };
}

const accountOf = (google: Google, { options }: DeploySettings): string =>
  String(options.serviceAccount || google.defaultServiceAccount);

const sizeOf = ({ resources }: DeploySettings): string =>
  resources ? `${resources.vcpu} vCPU, ${resources.memoryGib} GiB` : '';
