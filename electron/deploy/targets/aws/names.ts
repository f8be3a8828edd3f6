/** What a deployment's things are called, and how its labels and record become tags. */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { fail } from '../../../../shared/base/studio-error';
import { LABEL, type RevisionRecord } from '../../../../shared/deploy';

export const PREFIX = 'slipway-';
export type Labels = Readonly<Record<string, string>>;

/** Names of load balancers and target groups hold 32 characters, those of roles and schedules 64. */
export function nameOf(id: string, suffix: string, most: number): string {
  const whole = `${PREFIX}${id}${suffix}`;
  if (whole.length <= most) return whole;
  const mark = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return `${whole.slice(0, most - suffix.length - 9)}-${mark}${suffix}`.replaceAll('--', '-');
}

export const repositoryName = (id: string, folder: string): string =>
  [folder, id].filter((part) => part !== '').join('/');

/** Roles are the account's, not the region's: the region is part of their name. */
export const roleName = (id: string, region: string, what: string): string =>
  nameOf(`${region}-${id}`, `-${what}`, 64);

/** All that AWS takes in a tag's value; JSON's quotes and braces are not among it. */
const TAG_VALUE = 256;
const MOST_CHUNKS = 40;

/** Packed, in pieces under numbered keys. */
export function recordTags(record: RevisionRecord): Labels {
  const text = deflateRawSync(Buffer.from(JSON.stringify(record)), { level: 9 }).toString(
    'base64url',
  );
  const chunks = text.match(new RegExp(`.{1,${TAG_VALUE}}`, 'g')) ?? [];
  if (chunks.length > MOST_CHUNKS) {
    fail(
      'invalid-input',
      `The settings of revision ${record.number} are too long for the tags of AWS. Move long environment variables into a file of the package or a secret.`,
    );
  }
  return Object.fromEntries(chunks.map((chunk, at) => [`${LABEL.record}.${at}`, chunk]));
}

/** Tags as labels: the record whole again, as JSON. */
export function labelsOf(tags: Labels): Record<string, string> {
  const isChunk = (key: string) => key.startsWith(`${LABEL.record}.`);
  const labels = Object.fromEntries(Object.entries(tags).filter(([key]) => !isChunk(key)));
  const chunks = Object.keys(tags)
    .filter(isChunk)
    .map((key) => Number(key.slice(LABEL.record.length + 1)))
    .sort((a, b) => a - b)
    .map((at) => tags[`${LABEL.record}.${at}`] ?? '');
  const text = unpacked(chunks.join(''));
  return text === null ? labels : { ...labels, [LABEL.record]: text };
}

function unpacked(chunks: string): string | null {
  if (chunks === '') return null;
  try {
    return inflateRawSync(Buffer.from(chunks, 'base64url')).toString();
  } catch {
    return null;
  }
}

/** The services of AWS spell a tag in three ways. */
export const upperTags = (labels: Labels): { Key: string; Value: string }[] =>
  Object.entries(labels).map(([Key, Value]) => ({ Key, Value }));
export const lowerTags = (labels: Labels): { key: string; value: string }[] =>
  Object.entries(labels).map(([key, value]) => ({ key, value }));

export function fromTags(
  tags:
    | readonly {
        Key?: string | undefined;
        Value?: string | undefined;
        key?: string | undefined;
        value?: string | undefined;
      }[]
    | undefined,
): Record<string, string> {
  return labelsOf(
    Object.fromEntries(
      (tags ?? []).map(({ Key, key, Value, value }) => [Key ?? key ?? '', Value ?? value ?? '']),
    ),
  );
}

/** What describes a thing to people in the console. */
export const madeFor = (id: string): string => `Made by Slipway for the deployment ${id}`;

export const isOf = (labels: Labels, id: string | null): boolean =>
  id === null ? labels[LABEL.deployment] !== undefined : labels[LABEL.deployment] === id;
