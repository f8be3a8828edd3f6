/** A revision is a published version: what it was made from cannot be changed any more. Its record stands in the function's tags. */
import { isDeepStrictEqual } from 'node:util';
import { DeploymentId } from '../../../../../shared/base/ids';
import {
  type Found,
  type Json,
  LABEL,
  type RevisionRecord,
  recordOf,
} from '../../../../../shared/deploy';
import type { ResourceKind, WorkContext } from '../../../resources/platform';
import { given, kindOf, specOf } from '../../aws/here';
import { isOf } from '../../aws/names';
import type { Here } from '../here';
import { functionName, versionName } from '../naming';
import { dropRecord, recordLabel, writeRecord } from '../records';
import { settled } from '../waiting';
import { type Config, configOf, configure, readFunction } from './functions';

interface VersionSpec extends Config {
  readonly record: RevisionRecord;
}

/** Lambda's number for a revision. */
export interface Published {
  readonly revision: number;
  readonly version: string;
}

const DESCRIPTION = /^Slipway revision (\d+)$/;

export function versions(here: Here): ResourceKind {
  return kindOf(here, 'version', {
    list: (id) => listVersions(here, id),
    create: ({ spec }, context) => publish(here, specOf<VersionSpec>({ spec }), context),
    update: async ({ spec }, found, context) => {
      const { record, ...config } = specOf<VersionSpec>({ spec });
      const { record: _, ...stands } = specOf<VersionSpec>(found);
      if (isDeepStrictEqual(config, stands)) {
        const { arn, tags } = await theFunction(here, config.deployment);
        return writeRecord(here, arn, record, tags);
      }
      await removeVersions(here, DeploymentId(config.deployment), config.revision);
      await publish(here, { ...config, record }, context);
    },
    remove: async (name) => {
      const at = name.lastIndexOf(':r');
      await removeVersions(here, DeploymentId(name.slice(0, at)), Number(name.slice(at + 2)));
    },
  });
}

/** All that are ours, oldest first. */
export const publishedOf = (here: Here, id: string): Promise<Published[]> =>
  here.clients.shared(`versions of ${id}`, async () =>
    (await here.lambda.versions(functionName(id))).flatMap(({ Version, Description }) => {
      const revision = DESCRIPTION.exec(Description)?.[1];
      return revision === undefined ? [] : [{ revision: Number(revision), version: Version }];
    }),
  );

/** Lambda's newest version of a revision. */
export async function versionOf(here: Here, id: string, revision: number): Promise<string> {
  const all = await publishedOf(here, id);
  const version = all.findLast((each) => each.revision === revision)?.version;
  return given(version, `the version of revision ${revision}`);
}

async function listVersions(here: Here, id: DeploymentId): Promise<Found[]> {
  const made = await readFunction(here, id);
  const tags = made?.Tags ?? {};
  if (!made || !isOf(tags, id)) return [];
  const newest = new Map((await publishedOf(here, id)).map((each) => [each.revision, each]));
  const found = await Promise.all(
    [...newest.values()].map(async ({ revision, version }): Promise<Found[]> => {
      const at = await here.lambda.getFunction(functionName(id), version);
      if (!at) return [];
      const labels = {
        [LABEL.deployment]: id,
        [LABEL.mode]: tags[LABEL.mode] ?? '',
        [LABEL.revision]: String(revision),
        ...recordLabel(tags, revision),
      };
      const record = JSON.parse(JSON.stringify(recordOf(labels))) as Json;
      const name = versionName(id, revision);
      return [{ kind: 'version', name, labels, spec: { ...configOf(at, id), record } }];
    }),
  );
  return found.flat();
}

/** Made from the function as it is then; where that is another revision's, it is as before afterwards. */
async function publish(
  here: Here,
  { record, ...config }: VersionSpec,
  { task }: WorkContext,
): Promise<void> {
  const name = functionName(config.deployment);
  const { arn, tags, now } = await theFunction(here, config.deployment);
  await writeRecord(here, arn, record, tags);
  const isOther = !isDeepStrictEqual(now, config);
  if (isOther) await configure(here, name, config, task);
  const { Version } = await here.lambda.publish(name, `Slipway revision ${config.revision}`);
  await settled(here, name, task, Version);
  if (isOther) await configure(here, name, now, task);
}

async function theFunction(here: Here, id: string) {
  const made = given(await here.lambda.getFunction(functionName(id)), `the function of “${id}”`);
  return {
    arn: made.Configuration.FunctionArn,
    tags: made.Tags ?? {},
    now: configOf(made, id),
  };
}

async function removeVersions(here: Here, id: DeploymentId, revision: number): Promise<void> {
  for (const each of await publishedOf(here, id)) {
    if (each.revision === revision) {
      await here.lambda.deleteFunction(functionName(id), each.version);
    }
  }
  const made = await here.lambda.getFunction(functionName(id));
  if (made) await dropRecord(here, made.Configuration.FunctionArn, revision, made.Tags ?? {});
}
