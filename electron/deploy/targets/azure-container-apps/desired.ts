/** What should stand for a revision: registry, image, environment, and an app with its revisions or a job. */
import { fail } from '../../../../shared/base/studio-error';
import type { Found, Resource, RevisionRecord } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { type AppSpec, MOST_OTHERS, type RevisionSpec, revisionName } from './apps';
import { type Azure, regionOf } from './azure';
import { asJson, type ContainerSpec, containerSpec } from './containers';
import { ownEnvironment } from './environments';
import type { JobSpec } from './jobs';
import { registryName, registryResource, serverOf } from './registries';
import { normal } from './waiting';

const PASSING_LINES = ['vcpu', 'memory', 'requests', 'idle-vcpu', 'idle-memory'];

export async function desiredResources(
  azure: Azure,
  wanted: Wanted,
  standing: readonly Found[],
): Promise<Resource[]> {
  const kept = keptOthers(wanted, standing);
  const parts =
    wanted.mode === 'service'
      ? await appParts(wanted, kept, standing)
      : [await jobPart(wanted, kept, standing)];
  return [
    registryPart(azure, wanted, standing),
    ...imageParts(wanted, kept, standing),
    ...environmentParts(azure, wanted),
    ...parts,
  ];
}

/** A revision can be gone back to as long as its image is there. */
function keptOthers({ others }: Wanted, standing: readonly Found[]): RevisionRecord[] {
  const images = new Set(standing.filter(({ kind }) => kind === 'image').map(({ name }) => name));
  return others.filter(({ image }) => image !== null && images.has(image)).slice(-MOST_OTHERS);
}

function registryPart(
  azure: Azure,
  { id, settings }: Wanted,
  standing: readonly Found[],
): Resource {
  const chosen = String(settings.options.registry ?? '');
  const name = registryName(azure, chosen, id);
  const resource = registryResource(name, id);
  const region = normal(regionOf(azure, settings.options));
  const own = { server: serverOf(name), hasPassword: true, region };
  return {
    kind: 'registry',
    name: resource,
    what: chosen === '' ? `Registry ${name}` : `A folder in the registry ${name}`,
    detail: chosen === '' ? `Basic, in ${region}` : 'It is there already and is shared',
    // A shared one is as its owner has it.
    spec: chosen === '' ? own : (standing.find((each) => each.name === resource)?.spec ?? own),
    price: { kind: chosen === '' ? 'lines' : 'there', ids: ['registry'] },
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
    price: { kind: 'free' },
  }));
}

const environmentOf = ({ id, settings }: Wanted): string =>
  String(settings.options.environment ?? '') || ownEnvironment(id);

/** Somebody else's is used and is no part of the deployment. */
function environmentParts(azure: Azure, wanted: Wanted): Resource[] {
  const name = environmentOf(wanted);
  const region = normal(regionOf(azure, wanted.settings.options));
  if (name !== ownEnvironment(wanted.id)) return [];
  return [
    {
      kind: 'environment',
      name,
      what: `Environment ${name}`,
      detail: `Consumption, in ${region}; it takes Azure some minutes`,
      spec: { region },
      price: { kind: 'free' },
    },
  ];
}

async function appParts(
  wanted: Wanted,
  kept: readonly RevisionRecord[],
  standing: readonly Found[],
): Promise<Resource[]> {
  const { id, revision, settings } = wanted;
  const { minReplicas, maxReplicas, ingress } = settings.options;
  const name = revisionName(id, revision);
  // As they stand: they are never made anew, only kept.
  const others = standing.filter(
    ({ kind, name: other }) =>
      kind === 'revision' && kept.some((record) => revisionName(id, record) === other),
  );
  const still = kept.filter((record) =>
    others.some((each) => each.name === revisionName(id, record)),
  );
  const spec: RevisionSpec = {
    container: await containerSpec(wanted, heldBy(standing)),
    minReplicas: Number(minReplicas),
    maxReplicas: Number(maxReplicas),
    record: asJson(revision),
  };
  const app: AppSpec = {
    ingress: String(ingress),
    environment: environmentOf(wanted),
    isStopped: false,
    traffic: name,
    active: [name],
    records: asJson([...still, revision].sort(byNumber)),
  };
  return [
    ...others.map(
      (each): Resource => ({
        kind: 'revision',
        name: each.name,
        what: `Revision ${each.name}, kept`,
        detail: '',
        spec: each.spec,
        price: { kind: 'free' },
      }),
    ),
    {
      kind: 'revision',
      name,
      what: `Revision ${revision.number}`,
      detail: sizeOf(wanted),
      spec: asJson(spec),
      price: { kind: 'free' },
    },
    {
      kind: 'app',
      name: id,
      what: `Container app ${id}`,
      detail: `Reached ${ingress === 'external' ? 'from the internet' : 'from inside its environment'}, ${minReplicas} to ${maxReplicas} replicas, all traffic to ${name}`,
      spec: asJson(app),
      price: { kind: 'lines', ids: PASSING_LINES },
    },
  ];
}

/** All revisions of an app have the same. */
const heldBy = (standing: readonly Found[]): ContainerSpec['secrets'] =>
  Object.assign(
    {},
    ...standing.map(({ spec }) => (spec as Partial<JobSpec | RevisionSpec>).container?.secrets),
  );

async function jobPart(
  wanted: Wanted,
  kept: readonly RevisionRecord[],
  standing: readonly Found[],
): Promise<Resource> {
  const { id, mode, revision, settings } = wanted;
  const spec: JobSpec = {
    mode,
    number: revision.number,
    container: await containerSpec(wanted, heldBy(standing)),
    environment: environmentOf(wanted),
    runSeconds: Number(settings.options.runMinutes) * 60,
    cron: settings.schedule ? cronOf(settings.schedule) : null,
    isPaused: false,
    records: asJson([...kept, revision].sort(byNumber)),
  };
  const when = spec.cron === null ? 'started by hand' : `at ${spec.cron} (UTC)`;
  return {
    kind: 'job',
    name: id,
    what: `Job ${id}`,
    detail: `${sizeOf(wanted)}, ${when}, stopped after ${settings.options.runMinutes} minutes`,
    spec: asJson(spec),
    price: { kind: 'lines', ids: ['vcpu', 'memory'] },
  };
}

const UTC = /^(Etc\/)?(UTC|GMT|Universal|Zulu)$/;

export const scheduleProblem = (timeZone: string): string | null =>
  UTC.test(timeZone)
    ? null
    : `Container Apps runs schedules in UTC only, not in ${timeZone}. Give the times in UTC.`;

function cronOf({ cron, timeZone }: { cron: string; timeZone: string }): string {
  const problem = scheduleProblem(timeZone);
  return problem ? fail('precondition', problem) : cron;
}

const sizeOf = ({ settings: { resources } }: Wanted): string =>
  resources ? `${resources.vcpu} vCPU, ${resources.memoryGib} GiB` : '';

const byNumber = (a: RevisionRecord, b: RevisionRecord): number => a.number - b.number;
