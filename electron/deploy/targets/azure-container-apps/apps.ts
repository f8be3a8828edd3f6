/** A container app: each revision of ours is one of its revisions, and the traffic says which one is current. */
import type { ContainerApp, Revision } from '@azure/arm-appcontainers';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import {
  canonical,
  type Found,
  type Json,
  LABEL,
  type Resource,
  type RevisionRecord,
} from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import { type Azure, regionOf } from './azure';
import {
  asJson,
  type ContainerSpec,
  containerFrom,
  readContainer,
  SERVICE_PORT,
  type SecretValue,
  secretValues,
} from './containers';
import { environmentId } from './environments';
import { ask, askIfThere } from './errors';
import { lastLines } from './logs';
import { environmentNameOf, pullParts } from './pulling';
import { isOf, labelsOf, ownTags, readRecords, recordTags, withTags } from './tags';
import { verdictOf } from './verdicts';
import { all, isBusy, lastPart, until } from './waiting';

export interface RevisionSpec {
  readonly container: ContainerSpec;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly record: Json;
}
export interface AppSpec {
  readonly ingress: string;
  readonly environment: string;
  readonly isStopped: boolean;
  /** The revision that gets all of it; else who gets what. */
  readonly traffic: string;
  /** Which have replicas: a revision that nobody calls would be paid too. */
  readonly active: readonly string[];
  /** Oldest first, the current one among them. */
  readonly records: Json;
}

/** With the current one five; Azure itself drops the older ones. */
export const MOST_OTHERS = 4;
const LONGEST_START_SECONDS = 900;

export const revisionName = (id: string, { number }: Pick<RevisionRecord, 'number'>): string =>
  `${id}--r${number}`;
export const appOf = (revision: string): DeploymentId =>
  revision.slice(0, revision.lastIndexOf('--')) as DeploymentId;

export const readApp = (azure: Azure, id: string): Promise<ContainerApp | null> =>
  askIfThere({ doing: `reading the app ${id}` }, () =>
    azure.apps.containerApps.get(azure.group, id),
  );

export const readRevision = (azure: Azure, name: string): Promise<Revision | null> =>
  askIfThere({ doing: `reading the revision ${name}` }, () =>
    azure.apps.containerAppsRevisions.getRevision(azure.group, appOf(name), name),
  );

const readSecrets = async (azure: Azure, id: string): Promise<SecretValue[]> => {
  const answer = await askIfThere({ doing: `reading the secrets of ${id}` }, () =>
    azure.apps.containerApps.listSecrets(azure.group, id),
  );
  return (answer?.value ?? []).map(({ name, value }) => ({ name: name ?? '', value: value ?? '' }));
};

async function appsOf(azure: Azure, id: DeploymentId | null): Promise<ContainerApp[]> {
  if (id !== null) {
    const there = await readApp(azure, id);
    return there && isOf(there.tags, id) ? [there] : [];
  }
  const found = await ask({ doing: 'listing the apps' }, () =>
    all(azure.apps.containerApps.listByResourceGroup(azure.group)),
  );
  return found.filter(({ tags }) => isOf(tags, null));
}

const listRevisions = async (azure: Azure, id: string): Promise<Revision[]> =>
  (await askIfThere({ doing: `listing the revisions of ${id}` }, () =>
    all(azure.apps.containerAppsRevisions.listRevisions(azure.group, id)),
  )) ?? [];

export function revisionKind(azure: Azure): ResourceKind {
  return {
    kind: 'revision',
    list: async (id) => {
      const lists = await Promise.all(
        (await appsOf(azure, id)).map((app) => foundRevisions(azure, app)),
      );
      return lists.flat();
    },
    create: (resource, { task }) => makeRevision(azure, resource, task),
    update: (resource, found, { task }) => renewSecrets(azure, resource, found, task),
    // Azure has no call for it; without its record it is not ours any more, and goes with the oldest.
    remove: async () => undefined,
  };
}

async function foundRevisions(azure: Azure, app: ContainerApp): Promise<Found[]> {
  const id = app.name ?? '';
  const [revisions, secrets] = await Promise.all([
    listRevisions(azure, id),
    readSecrets(azure, id),
  ]);
  const records = readRecords(app.tags);
  return revisions.flatMap((each) => {
    const record = records.find((one) => revisionName(id, one) === each.name);
    if (!record) return [];
    const spec: RevisionSpec = {
      container: readContainer(each.template?.containers?.[0], secrets),
      minReplicas: each.template?.scale?.minReplicas ?? 0,
      maxReplicas: each.template?.scale?.maxReplicas ?? 0,
      record: asJson(record),
    };
    return [
      {
        kind: 'revision',
        name: each.name ?? '',
        spec: asJson(spec),
        labels: labelsOf(app.tags, record),
      },
    ];
  });
}

/** Beside the one that runs: the traffic stays where it is. With the first one the app is made, closed to all. */
async function makeRevision(azure: Azure, { name, spec }: Resource, task: TaskContext) {
  const id = appOf(name);
  const doing = `making the revision ${name}`;
  const wanted = spec as unknown as RevisionSpec;
  const record = wanted.record as unknown as RevisionRecord;
  const there = await settledApp(azure, id, task);
  if (there && !isOf(there.tags, id)) taken(id);
  const { registries, identity, secrets } = await pullParts(azure, record);
  const kept = there ? await readSecrets(azure, id) : [];
  const values = record.settings ? await secretValues(record.settings, kept) : [];
  const others = readRecords(there?.tags).filter(({ number }) => number !== record.number);
  const envelope: ContainerApp = {
    location: there?.location ?? regionOf(azure, record.settings?.options),
    tags: withTags(there?.tags, {
      ...ownTags(id, { [LABEL.mode]: 'service', [LABEL.revision]: String(record.number) }),
      ...recordTags([...others.slice(-MOST_OTHERS), record]),
    }),
    ...(identity ? { identity } : {}),
    configuration: {
      registries,
      secrets: byName([...kept, ...secrets, ...values]),
      ...(there ? {} : FIRST),
    },
    template: {
      revisionSuffix: `r${record.number}`,
      containers: [containerFrom(wanted.container, true)],
      scale: { minReplicas: wanted.minReplicas, maxReplicas: wanted.maxReplicas },
    },
    ...(there ? {} : { environmentId: environmentId(azure, environmentNameOf(record)) }),
  };
  const { containerApps } = azure.apps;
  const made = await askIfThere({ doing }, () =>
    there
      ? containerApps.update(azure.group, id, envelope, azure.polling)
      : containerApps.createOrUpdate(azure.group, id, envelope, azure.polling),
  ).then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
  // A revision that stands and fails tells more than the operation that made it.
  await until(azure, { doing, task, seconds: 120 }, async () => {
    if (await readRevision(azure, name)) return true;
    if (made) throw made.thrown;
    return null;
  });
}

const FIRST: ContainerApp['configuration'] = {
  activeRevisionsMode: 'Multiple',
  maxInactiveRevisions: MOST_OTHERS,
  ingress: {
    external: false,
    targetPort: SERVICE_PORT,
    transport: 'auto',
    traffic: [{ latestRevision: true, weight: 100 }],
  },
};

const byName = (secrets: readonly SecretValue[]): SecretValue[] => [
  ...new Map(secrets.map((each) => [each.name, each])).values(),
];

/** A secret may have another value now: the revision stays, and starts anew with it. */
async function renewSecrets(
  azure: Azure,
  { name, spec }: Resource,
  found: Found,
  task: TaskContext,
) {
  const id = appOf(name);
  const wanted = spec as unknown as RevisionSpec;
  const there = found.spec as unknown as RevisionSpec;
  if (withoutSecrets(wanted) !== withoutSecrets(there))
    fail(
      'conflict',
      `The revision ${name} stands already and holds something else; Azure never changes one. Deploy with another setting to make a new one.`,
    );
  const record = wanted.record as unknown as RevisionRecord;
  const app = await settledApp(azure, id, task);
  const kept = await readSecrets(azure, id);
  const values = record.settings ? await secretValues(record.settings, kept) : [];
  const secrets = byName([...kept, ...values]);
  await ask({ doing: `changing the secrets of ${id}` }, () =>
    azure.apps.containerApps.update(
      azure.group,
      id,
      { location: app?.location ?? azure.region, configuration: { secrets } },
      azure.polling,
    ),
  );
  await ask({ doing: `restarting the revision ${name}` }, () =>
    azure.apps.containerAppsRevisions.restartRevision(azure.group, id, name),
  );
}

const withoutSecrets = (spec: RevisionSpec): string =>
  canonical(asJson({ ...spec, container: { ...spec.container, secrets: {} } }));

/** Azure refuses a change while another goes on. */
export const settledApp = (
  azure: Azure,
  id: string,
  task: Pick<TaskContext, 'signal'>,
): Promise<ContainerApp | null> =>
  until(
    azure,
    { doing: `waiting for the app ${id}`, task, seconds: LONGEST_START_SECONDS },
    async () => {
      const app = await readApp(azure, id);
      return isBusy(app?.provisioningState) ? null : { app };
    },
  ).then(({ app }) => app);

export function appKind(azure: Azure): ResourceKind {
  return {
    kind: 'app',
    list: async (id) =>
      Promise.all(
        (await appsOf(azure, id)).map(async (app) =>
          foundApp(app, await listRevisions(azure, app.name ?? '')),
        ),
      ),
    create: (resource, { task }) => putApp(azure, resource, task),
    update: (resource, _, { task }) => putApp(azure, resource, task),
    remove: async (id) => {
      await askIfThere({ doing: `removing the app ${id}` }, () =>
        azure.apps.containerApps.delete(azure.group, id, azure.polling),
      );
    },
    ready: ({ spec }, task) => waitForRevision(azure, (spec as unknown as AppSpec).traffic, task),
  };
}

/** Nothing is switched over before the new revision answers. */
async function putApp(azure: Azure, { name: id, spec }: Resource, task: TaskContext) {
  const wanted = spec as unknown as AppSpec;
  const { containerApps, containerAppsRevisions } = azure.apps;
  const app = await settledApp(azure, id, task);
  if (app?.runningStatus === 'Stopped')
    await ask({ doing: `starting the app ${id}` }, () =>
      containerApps.start(azure.group, id, azure.polling),
    );
  const revision = await readRevision(azure, wanted.traffic);
  if (revision && !revision.active)
    await ask({ doing: `starting the revision ${wanted.traffic}` }, () =>
      containerAppsRevisions.activateRevision(azure.group, id, wanted.traffic),
    );
  await waitForRevision(azure, wanted.traffic, task);
  const records = wanted.records as unknown as RevisionRecord[];
  const current = records.find((each) => revisionName(id, each) === wanted.traffic);
  const envelope: ContainerApp = {
    location: app?.location ?? azure.region,
    tags: withTags(app?.tags, {
      ...ownTags(id as DeploymentId, {
        [LABEL.mode]: 'service',
        [LABEL.revision]: String(current?.number ?? ''),
      }),
      ...recordTags(records),
    }),
    configuration: {
      ingress: {
        external: wanted.ingress === 'external',
        targetPort: SERVICE_PORT,
        transport: 'auto',
        traffic: [{ revisionName: wanted.traffic, weight: 100 }],
      },
    },
  };
  await ask({ doing: `changing the app ${id}` }, () =>
    containerApps.update(azure.group, id, envelope, azure.polling),
  );
  const idle = (await listRevisions(azure, id)).filter(
    ({ name, active }) => active && name !== wanted.traffic,
  );
  for (const { name = '' } of idle)
    await ask({ doing: `stopping the revision ${name}` }, () =>
      containerAppsRevisions.deactivateRevision(azure.group, id, name),
    );
}

export function foundApp(app: ContainerApp, revisions: readonly Revision[]): Found {
  const records = readRecords(app.tags);
  const traffic = trafficOf(app);
  const spec: AppSpec = {
    ingress: app.configuration?.ingress?.external ? 'external' : 'internal',
    environment: lastPart(app.environmentId ?? app.managedEnvironmentId),
    isStopped: app.runningStatus === 'Stopped',
    traffic,
    active: revisions.flatMap(({ name, active }) => (active && name ? [name] : [])).sort(),
    records: asJson(records),
  };
  const id = app.name ?? '';
  const record =
    records.find((each) => revisionName(id, each) === traffic) ?? records.at(-1) ?? null;
  return { kind: 'app', name: id, spec: asJson(spec), labels: labelsOf(app.tags, record) };
}

function trafficOf({ configuration }: ContainerApp): string {
  const shares = (configuration?.ingress?.traffic ?? []).filter(({ weight }) => (weight ?? 0) > 0);
  const [only] = shares;
  if (shares.length === 1 && only?.revisionName) return only.revisionName;
  return shares
    .map(({ revisionName: name, weight }) => `${weight} % ${name ?? 'the newest'}`)
    .join(', ');
}

async function waitForRevision(azure: Azure, name: string, task: TaskContext): Promise<void> {
  const doing = `starting the revision ${name}`;
  await until(azure, { doing, task, seconds: LONGEST_START_SECONDS }, async () => {
    const verdict = verdictOf(await readRevision(azure, name));
    if (verdict.kind === 'ready') return true;
    if (verdict.kind === 'failed') {
      const log = await lastLines(azure, name);
      const said = log.length > 0 ? ` Its log ends: “${log.at(-1)}”.` : '';
      fail('step-failed', `Revision ${name} did not start. ${verdict.why}${said}`, {
        detail: log.join('\n'),
      });
    }
    task.progress(null, `Revision ${name} is starting. ${verdict.detail}`.trim());
    return null;
  });
}

export function taken(id: string): never {
  return fail(
    'conflict',
    `Something named ${id} is in this resource group already and was not made by Slipway. Choose another name for the deployment.`,
  );
}
