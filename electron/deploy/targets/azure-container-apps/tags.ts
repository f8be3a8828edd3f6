/** Labels as tags. A tag holds 256 characters, so that what is longer is pressed and cut into several. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { LABEL, type RevisionRecord, recordOf } from '../../../../shared/deploy';

export type Tags = Readonly<Record<string, string>>;

const RECORDS = 'dev.slipway.records';
const LONGEST = 256;
/** Azure takes 50 tags a resource; some are left for people. */
const MOST_CHUNKS = 40;

export function recordTags(records: readonly RevisionRecord[]): Tags {
  const text = deflateRawSync(JSON.stringify(records)).toString('base64url');
  const chunks = text.match(new RegExp(`.{1,${LONGEST}}`, 'g')) ?? [];
  if (chunks.length > MOST_CHUNKS)
    fail(
      'precondition',
      'The settings of its revisions are too long for the tags of Azure. Name fewer environment variables and parameters.',
    );
  return Object.fromEntries(chunks.map((chunk, at) => [`${RECORDS}.${at}`, chunk]));
}

/** Oldest first; empty where there are none, or none that this version can read. */
export function readRecords(tags: Tags | undefined): RevisionRecord[] {
  const text = Object.entries(tags ?? {})
    .filter(([key]) => key.startsWith(`${RECORDS}.`))
    .sort(([a], [b]) => Number(a.slice(RECORDS.length + 1)) - Number(b.slice(RECORDS.length + 1)))
    .map(([, chunk]) => chunk)
    .join('');
  if (text === '') return [];
  try {
    const all = JSON.parse(inflateRawSync(Buffer.from(text, 'base64url')).toString()) as unknown[];
    return all
      .flatMap((each) => recordOf({ [LABEL.record]: JSON.stringify(each) }) ?? [])
      .sort((a, b) => a.number - b.number);
  } catch {
    return [];
  }
}

export const ownTags = (id: DeploymentId, more: Tags = {}): Tags => ({
  [LABEL.deployment]: id,
  ...more,
});

/** Ours replaced, those of people kept. */
export const withTags = (there: Tags | undefined, ours: Tags): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(there ?? {}).filter(([key]) => !key.startsWith('dev.slipway.')),
  ),
  ...ours,
});

export const labelsOf = (tags: Tags | undefined, record: RevisionRecord | null) => ({
  ...Object.fromEntries(
    Object.values(LABEL).flatMap((key) => (tags?.[key] ? [[key, tags[key]] as const] : [])),
  ),
  ...(record ? { [LABEL.record]: JSON.stringify(record) } : {}),
});

export const isOf = (tags: Tags | undefined, id: DeploymentId | null): boolean => {
  const owner = tags?.[LABEL.deployment];
  return id === null ? owner !== undefined : owner === id;
};
