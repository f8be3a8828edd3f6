/** The log group: made first and removed last, so that it tells of a deployment even where nothing else stands. */
import { type Found, LABEL } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import { orNone } from '../failures';
import {
  deploymentOf,
  type Here,
  kindOf,
  labelsFor,
  logGroupOf,
  orTaken,
  ours,
  pages,
  specOf,
} from '../here';
import { isOf, labelsOf } from '../names';

export const REPOSITORY_TAG = 'dev.slipway.repository';

interface LogGroupSpec {
  readonly deployment: string;
  readonly retentionDays: number;
  /** Where its images are: the settings say so, and they may be lost. */
  readonly repository: string;
}

export function logGroups(here: Here): ResourceKind {
  const arnOf = (name: string) => logGroupArn(here, name);
  const tag = async (name: string, tags: Record<string, string>) =>
    (await here.clients.logs()).tagResource({ resourceArn: arnOf(name), tags });
  const retain = async (name: string, retentionInDays: number) =>
    (await here.clients.logs()).putRetentionPolicy({ logGroupName: name, retentionInDays });
  return kindOf(here, 'log group', {
    list: async (id) => {
      const found = await readLogGroup(here, logGroupOf(here, id));
      return found ? ours(found, id) : [];
    },
    create: async (resource) => {
      const { retentionDays, repository } = specOf<LogGroupSpec>(resource);
      const tags = { ...labelsFor(resource), [REPOSITORY_TAG]: repository };
      await orTaken(
        (await here.clients.logs()).createLogGroup({ logGroupName: resource.name, tags }),
        /AlreadyExists/,
        async () =>
          isOf((await readLogGroup(here, resource.name))?.labels ?? {}, deploymentOf(resource)),
        resource,
      );
      await retain(resource.name, retentionDays);
    },
    update: async (resource) => {
      const { retentionDays, repository } = specOf<LogGroupSpec>(resource);
      await retain(resource.name, retentionDays);
      await tag(resource.name, { [REPOSITORY_TAG]: repository });
    },
    remove: async (name) => {
      await orNone((await here.clients.logs()).deleteLogGroup({ logGroupName: name }));
    },
  });
}

export const readLogGroup = (here: Here, name: string): Promise<Found | null> =>
  here.clients.shared(`log group ${name}`, () => askLogGroup(here, name));

async function askLogGroup(here: Here, name: string): Promise<Found | null> {
  const logs = await here.clients.logs();
  const { logGroups: groups } = await logs.describeLogGroups({ logGroupNamePrefix: name });
  const group = groups?.find(({ logGroupName: each }) => each === name);
  if (!group) return null;
  const asked = logs.listTagsForResource({ resourceArn: logGroupArn(here, name) });
  const labels = labelsOf((await orNone(asked))?.tags ?? {});
  return {
    kind: 'log group',
    name,
    labels,
    spec: {
      deployment: labels[LABEL.deployment] ?? '',
      retentionDays: group.retentionInDays ?? null,
      repository: labels[REPOSITORY_TAG] ?? '',
    },
  };
}

export async function logGroupNames(here: Here): Promise<string[]> {
  const logs = await here.clients.logs();
  const groups = await pages(async (nextToken) => {
    const page = await logs.describeLogGroups({
      logGroupNamePrefix: here.naming.logGroups,
      nextToken,
    });
    return { items: page.logGroups, next: page.nextToken };
  });
  return groups.flatMap(({ logGroupName: name }) => name ?? []);
}

const logGroupArn = ({ account: { partition, region, account } }: Here, name: string) =>
  `arn:${partition}:logs:${region}:${account}:log-group:${name}`;

/** A job has nothing that runs and tells its revision: a tag of its log group does. */
export function pointers(here: Here): ResourceKind {
  const point = async (name: string, revision: number) => {
    const resourceArn = logGroupArn(here, name);
    const tags = { [LABEL.revision]: String(revision) };
    await (await here.clients.logs()).tagResource({ resourceArn, tags });
  };
  return kindOf(here, 'current revision', {
    list: async (id) => {
      const found = await readLogGroup(here, logGroupOf(here, id));
      const revision = found?.labels[LABEL.revision];
      if (!found || revision === undefined) return [];
      const spec = { deployment: id, revision: Number(revision) };
      return ours({ ...found, kind: 'current revision', spec }, id);
    },
    create: (resource) => point(resource.name, specOf<{ revision: number }>(resource).revision),
    update: (resource) => point(resource.name, specOf<{ revision: number }>(resource).revision),
    remove: async (name) => {
      const resourceArn = logGroupArn(here, name);
      const logs = await here.clients.logs();
      await orNone(logs.untagResource({ resourceArn, tagKeys: [LABEL.revision] }));
    },
  });
}
