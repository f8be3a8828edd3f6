/** Parts of a plan that need no place: the revision asked for, the price of each line. */
import { createHash } from 'node:crypto';
import {
  type Change,
  canonical,
  type DeploymentRecord,
  type DeploySettings,
  type Json,
  type ResourceChange,
  type RevisionRecord,
} from '../../../shared/deploy';
import type { DeployRequest } from '../targets/target';
import type { Wanted } from './platform';

/** The same package with the same settings is the same revision: its plan is empty. */
export function wantedOf(
  request: DeployRequest,
  settings: DeploySettings,
  now: DeploymentRecord | null,
  image: string,
): Wanted {
  const { package: made, estimate, priced } = request;
  const isSame = (each: RevisionRecord) =>
    each.packageDigest === made.hash &&
    each.image === image &&
    canonical(asJson(each.settings)) === canonical(asJson(settings));
  const revisions = [...(now?.revisions ?? [])].sort(byNumber);
  const last = revisions.at(-1);
  const current = revisions.find(({ number }) => number === now?.currentRevision);
  // The last one too: it may have been begun and interrupted.
  const again = [current, last].find((each) => each && isSame(each));
  const revision: RevisionRecord = again ?? {
    number: (last?.number ?? 0) + 1,
    createdAt: Date.now(),
    packageName: made.name,
    packageDigest: made.hash,
    environment: null,
    image,
    parameters: settings.parameters,
    schedule: settings.schedule,
    settings,
    estimate: { id: estimate.id, perRun: priced.perRun, perMonth: priced.perMonth },
  };
  return {
    id: settings.name,
    mode: settings.mode,
    revision,
    settings,
    others: revisions.filter(({ number }) => number !== revision.number),
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** What would be done now and stood in no line of the plan that was read. */
export function unplanned(
  planned: readonly Change[],
  now: readonly ResourceChange[],
): ResourceChange[] {
  const read = new Set(planned.filter(({ kind }) => kind !== 'keep').map(({ id }) => id));
  return now.filter(({ id, kind }) => kind !== 'keep' && !read.has(id));
}

export const byNumber = (a: RevisionRecord, b: RevisionRecord): number => a.number - b.number;
export const planned = ({ id, kind }: ResourceChange): Json => ({ id, kind });
export const digest = (value: Json): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
