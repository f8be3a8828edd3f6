/** The records of the revisions, in tags of the function: its versions carry none of their own. */
import { fail } from '../../../../shared/base/studio-error';
import { LABEL, type RevisionRecord } from '../../../../shared/deploy';
import { type Labels, labelsOf, recordTags } from '../aws/names';
import type { Here } from './here';

/** A function has 50 tags at most; six revisions stand for a moment. */
const MOST_CHUNKS = 7;

const prefixOf = (revision: number): string => `${LABEL.record}.${revision}.`;
const isOf = (revision: number) => (key: string) => key.startsWith(prefixOf(revision));

export function tagsOf(record: RevisionRecord): Labels {
  const chunks = Object.values(recordTags(record));
  if (chunks.length > MOST_CHUNKS) {
    fail(
      'invalid-input',
      `The settings of revision ${record.number} are too long for the tags of Lambda. Move long environment variables into a file of the package.`,
    );
  }
  return Object.fromEntries(chunks.map((chunk, at) => [`${prefixOf(record.number)}${at}`, chunk]));
}

/** The label that has the record, where it is whole. */
export function recordLabel(tags: Labels, revision: number): Labels {
  const mine = Object.entries(tags).filter(([key]) => isOf(revision)(key));
  return labelsOf(
    Object.fromEntries(
      mine.map(([key, value]) => [
        `${LABEL.record}.${key.slice(prefixOf(revision).length)}`,
        value,
      ]),
    ),
  );
}

export async function writeRecord(
  here: Here,
  arn: string,
  record: RevisionRecord,
  standing: Labels,
): Promise<void> {
  const tags = tagsOf(record);
  const old = Object.keys(standing).filter(isOf(record.number));
  await here.lambda.untag(
    arn,
    old.filter((key) => !(key in tags)),
  );
  await here.lambda.tag(arn, tags);
}

export async function dropRecord(
  here: Here,
  arn: string,
  revision: number,
  standing: Labels,
): Promise<void> {
  await here.lambda.untag(arn, Object.keys(standing).filter(isOf(revision)));
}
