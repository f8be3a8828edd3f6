/** A Cloud Run service: each revision of ours is one of its revisions, and the traffic says which one is current. */
import type { protos } from '@google-cloud/run';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, type Json, LABEL, type Resource, recordOf } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import { verdictOf } from './conditions';
import { asJson, type ContainerSpec, containerFrom, readContainer } from './containers';
import { ask, askIfThere, askUnlessTaken } from './errors';
import { CALL, type Google } from './google';
import { lastLines } from './logs';
import { isOf, labelsOf, lastPart, readLabels } from './names';
import { finish, readOperation, until } from './waiting';

type IService = protos.google.cloud.run.v2.IService;
type IRevision = protos.google.cloud.run.v2.IRevision;

export interface RevisionSpec {
  readonly number: number;
  readonly container: ContainerSpec;
  readonly account: string;
  readonly requestSeconds: number;
  readonly record: Json;
}
export interface ServiceSpec {
  readonly access: string;
  readonly ingress: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly isStopped: boolean;
  /** The revision that gets all of it; else who gets what. */
  readonly traffic: string;
}

const INGRESS_ALL = 'INGRESS_TRAFFIC_ALL' as const;
const LONGEST_START_SECONDS = 600;

export const serviceName = ({ parent }: Google, id: string): string => `${parent}/services/${id}`;

export const readService = (google: Google, id: string): Promise<IService | null> =>
  askIfThere({ doing: `reading the service ${id}` }, async () => {
    const [there] = await google.services.getService({ name: serviceName(google, id) }, CALL);
    return there;
  });

export const readRevision = (google: Google, id: string, name: string): Promise<IRevision | null> =>
  askIfThere({ doing: `reading the revision ${name}` }, async () => {
    const full = `${serviceName(google, id)}/revisions/${name}`;
    const [there] = await google.revisions.getRevision({ name: full }, CALL);
    return there;
  });

/** A given one is read by its name: lists may be late. */
async function servicesOf(google: Google, id: DeploymentId | null): Promise<IService[]> {
  if (id !== null) {
    const there = await readService(google, id);
    return there && isOf(there.labels, id) ? [there] : [];
  }
  const [all] = await ask({ doing: 'listing the services' }, () =>
    google.services.listServices({ parent: google.parent }, CALL),
  );
  return all.filter(({ labels }) => isOf(labels, null));
}

export function revisionKind(google: Google): ResourceKind {
  return {
    kind: 'revision',
    list: async (id) => {
      const lists = await Promise.all(
        (await servicesOf(google, id)).map((service) => revisionsOf(google, service)),
      );
      return lists.flat();
    },
    create: (resource, { task }) => makeRevision(google, resource, task),
    update: async ({ name }) =>
      fail(
        'conflict',
        `The revision ${name} stands already and holds something else; Cloud Run never changes one. Deploy with another setting to make a new one.`,
      ),
    remove: async (name, task) => {
      const doing = `removing the revision ${name}`;
      const full = `${serviceName(google, name.replace(/-r\d+$/, ''))}/revisions/${name}`;
      await askIfThere({ doing }, async () => {
        const [operation] = await google.revisions.deleteRevision({ name: full }, CALL);
        await finish(google, 'run', operation.name, { doing, task, seconds: 120 });
      });
    },
  };
}

async function revisionsOf(google: Google, service: IService): Promise<Found[]> {
  const all = await askIfThere({ doing: 'listing the revisions' }, async () => {
    const [found] = await google.revisions.listRevisions({ parent: service.name }, CALL);
    return found;
  });
  const id = lastPart(service.name);
  // Those that somebody else made have names of another kind; the traffic tells of them.
  return (all ?? [])
    .map((each) => foundRevision(each))
    .filter(({ name, labels }) => name === `${id}-r${labels[LABEL.revision]}`);
}

function foundRevision(revision: IRevision): Found {
  const labels = readLabels(revision.labels, revision.annotations);
  const spec: RevisionSpec = {
    number: Number(labels[LABEL.revision]),
    container: readContainer(revision.containers?.[0]),
    account: revision.serviceAccount ?? '',
    requestSeconds: Number(revision.timeout?.seconds ?? 0),
    record: asJson(recordOf(labels)),
  };
  return { kind: 'revision', name: lastPart(revision.name), spec: asJson(spec), labels };
}

/** Beside the one that runs: the traffic stays where it is. With the first one the service is made, closed to all. */
async function makeRevision(google: Google, resource: Resource, task: TaskContext): Promise<void> {
  const { name, spec } = resource;
  const id = name.replace(/-r\d+$/, '') as DeploymentId;
  const doing = `making the revision ${name}`;
  const template = templateOf(name, id, spec as unknown as RevisionSpec);
  const there = await readService(google, id);
  if (there && !isOf(there.labels, id)) taken(id);
  const operation = there
    ? await ask({ doing }, async () => {
        const service = { name: serviceName(google, id), template };
        const request = { service, updateMask: { paths: ['template'] } };
        return (await google.services.updateService(request, CALL))[0].name;
      })
    : await createService(google, id, name, template, task);
  // Made is not yet seen; and what is refused later, a quota for example, stands in the operation.
  await until(google, { doing, task, seconds: 120 }, async () => {
    if (await readRevision(google, id, name)) return true;
    const { error } = operation ? await readOperation(google, 'run', operation) : {};
    if (error) await ask({ doing }, () => Promise.reject(asRefusal(error)));
    return null;
  });
}

async function createService(
  google: Google,
  id: DeploymentId,
  revision: string,
  template: protos.google.cloud.run.v2.IRevisionTemplate,
  task: TaskContext,
): Promise<string | null | undefined> {
  let operation: string | null | undefined = null;
  const service: IService = {
    labels: serviceLabels(id),
    ingress: INGRESS_ALL,
    template,
    traffic: allTo(revision),
  };
  const doing = `making the service ${id}`;
  const isMade = await askUnlessTaken({ doing }, async () => {
    const request = { parent: google.parent, serviceId: id, service };
    operation = (await google.services.createService(request, CALL))[0].name;
  });
  if (isMade) return operation;
  // An attempt whose answer was lost made it, or somebody else just now.
  const look = () => readService(google, id);
  const { labels } = await until(google, { doing, task, seconds: 60 }, look);
  return isOf(labels, id) ? null : taken(id);
}

export const serviceLabels = (id: DeploymentId) => labelsOf(id, { [LABEL.mode]: 'service' });

const asRefusal = ({ code, message }: { code: number; message: string }): Error =>
  Object.assign(new Error(message), { code });

export const templateOf = (name: string, id: DeploymentId, spec: RevisionSpec) => ({
  revision: name,
  labels: labelsOf(id, { [LABEL.mode]: 'service', [LABEL.revision]: String(spec.number) }),
  annotations: { [LABEL.record]: JSON.stringify(spec.record) },
  containers: [containerFrom(spec.container, true)],
  serviceAccount: spec.account,
  timeout: { seconds: spec.requestSeconds },
});

export const allTo = (revision: string) => [
  { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION' as const, revision, percent: 100 },
];

export function serviceKind(google: Google): ResourceKind {
  const put = (resource: Resource, task: TaskContext) => putService(google, resource, task);
  return {
    kind: 'service',
    list: async (id) => (await servicesOf(google, id)).map(foundService),
    create: (resource, { task }) => put(resource, task),
    update: (resource, _, { task }) => put(resource, task),
    remove: async (id, task) => {
      const doing = `removing the service ${id}`;
      await askIfThere({ doing }, async () => {
        const request = { name: serviceName(google, id) };
        const [operation] = await google.services.deleteService(request, CALL);
        await finish(google, 'run', operation.name, { doing, task, seconds: 300 });
      });
    },
    ready: async ({ name, spec }, task) => {
      const { traffic } = spec as unknown as ServiceSpec;
      await waitForRevision(google, name, traffic, task);
      await waitForTraffic(google, name, traffic, task);
    },
  };
}

/** Nothing is switched over before the new revision answers. */
async function putService(google: Google, { name, spec }: Resource, task: TaskContext) {
  const wanted = spec as unknown as ServiceSpec;
  await waitForRevision(google, name, wanted.traffic, task);
  await changeService(google, name, {
    ingress: wanted.ingress as typeof INGRESS_ALL,
    invokerIamDisabled: wanted.access === 'public',
    scaling: scalingOf({ ...wanted }, wanted.isStopped),
    traffic: allTo(wanted.traffic),
  });
}

/** Only what is given. The template must be in each request; without a place in the mask it stays as it is. */
export async function changeService(google: Google, id: string, more: IService): Promise<void> {
  const there = await readService(google, id);
  const service = { ...more, name: serviceName(google, id), template: there?.template ?? null };
  const paths = Object.keys(more).map((key) =>
    key.replace(/[A-Z]/g, (at) => `_${at.toLowerCase()}`),
  );
  await ask({ doing: `changing the service ${id}` }, () =>
    google.services.updateService({ service, updateMask: { paths } }, CALL),
  );
}

/** Manual with none of it is how Cloud Run switches a service off. */
export const scalingOf = (
  { minInstances, maxInstances }: Readonly<Record<string, unknown>>,
  isStopped: boolean,
) =>
  isStopped
    ? { scalingMode: 'MANUAL' as const, manualInstanceCount: 0 }
    : {
        scalingMode: 'AUTOMATIC' as const,
        minInstanceCount: Number(minInstances ?? 0),
        maxInstanceCount: Number(maxInstances ?? 0),
      };

export function foundService(service: IService): Found {
  const { scaling } = service;
  const spec: ServiceSpec = {
    access: service.invokerIamDisabled ? 'public' : 'private',
    ingress: String(service.ingress ?? INGRESS_ALL),
    minInstances: scaling?.minInstanceCount ?? 0,
    maxInstances: scaling?.maxInstanceCount ?? 0,
    isStopped: isStopped(service),
    traffic: trafficOf(service),
  };
  const labels = readLabels(service.labels, service.annotations);
  return { kind: 'service', name: lastPart(service.name), spec: spec as unknown as Json, labels };
}

export const isStopped = ({ scaling }: IService): boolean =>
  String(scaling?.scalingMode) === 'MANUAL' && (scaling?.manualInstanceCount ?? 0) === 0;

function trafficOf({ traffic }: IService): string {
  const shares = (traffic ?? []).filter(({ percent }) => (percent ?? 0) > 0);
  const [only] = shares;
  if (shares.length === 1 && only?.revision) return lastPart(only.revision);
  return shares
    .map(({ revision, percent }) => `${percent} % ${lastPart(revision) || 'the newest'}`)
    .join(', ');
}

async function waitForRevision(google: Google, id: string, name: string, task: TaskContext) {
  const doing = `starting the revision ${name}`;
  await until(google, { doing, task, seconds: LONGEST_START_SECONDS }, async () => {
    const revision = await readRevision(google, id, name);
    const verdict = verdictOf(revision?.conditions ?? []);
    if (verdict.kind === 'ready') return true;
    if (verdict.kind === 'waiting') {
      task.progress(null, `Revision ${name} is starting. ${verdict.detail}`.trim());
      return null;
    }
    const since = revision?.createTime ? stampOf(revision.createTime) : null;
    const log = await lastLines(google, { service: id, revision: name }, since);
    const said = log.length > 0 ? ` Its log ends: “${log.at(-1)}”.` : '';
    return fail('step-failed', `Revision ${name} did not start. ${verdict.why}${said}`, {
      detail: log.join('\n'),
    });
  });
}

const stampOf = ({ seconds, nanos }: protos.google.protobuf.ITimestamp): string =>
  new Date(Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6).toISOString();

async function waitForTraffic(google: Google, id: string, name: string, task: TaskContext) {
  const doing = `bringing the traffic to ${name}`;
  await until(google, { doing, task, seconds: 180 }, async () => {
    const service = await readService(google, id);
    const isThere = (service?.trafficStatuses ?? []).some(
      ({ revision, percent }) => lastPart(revision) === name && percent === 100,
    );
    return isThere && !service?.reconciling ? true : null;
  });
}

export function taken(id: string): never {
  return fail(
    'conflict',
    `Something named ${id} is in this project and region already and was not made by Slipway. Choose another name for the deployment.`,
  );
}
