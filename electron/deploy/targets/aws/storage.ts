/** What every deployment in an AWS account keeps: its log group, its image repository and the images in it. */
import type { Json, Resource, ResourcePrice, RevisionRecord } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { repositoryName } from './names';

/** With the current one: AWS keeps as many as one likes, people look at few. */
const MOST_OTHERS = 4;

export const FREE: ResourcePrice = { kind: 'free' };
export const pricedBy = (...ids: string[]): ResourcePrice => ({ kind: 'lines', ids });

export type Part = Omit<Resource, 'spec'> & { readonly spec: Readonly<Record<string, Json>> };

export const ownedBy = ({ id }: Wanted, parts: readonly Part[]): Resource[] =>
  parts.map((part) => ({ ...part, spec: { deployment: id, ...part.spec } }));

/** Oldest first, so that a revision is made before the next one. */
export function kept({ revision, others }: Wanted): RevisionRecord[] {
  const newest = [...others].sort((a, b) => a.number - b.number).slice(-MOST_OTHERS);
  return [...newest, revision].sort((a, b) => a.number - b.number);
}

interface Kept {
  readonly logGroup: string;
  readonly logDays: number;
  readonly repositoryFolder: string;
}

export function storage(
  wanted: Wanted,
  { logGroup, logDays, repositoryFolder }: Kept,
  standingImages: readonly string[],
): Part[] {
  const { id, mode, revision } = wanted;
  const repository = repositoryName(id, repositoryFolder);
  const others = kept(wanted).flatMap(({ image }) => image ?? []);
  // One of an earlier revision that was deleted cannot be built here again: going back to it says so.
  const images = [...new Set(others)].filter(
    (image) => image === revision.image || standingImages.includes(image),
  );
  const perMonth: ResourcePrice = {
    kind: 'unknown',
    why: 'It costs by the month, and a single run is priced here.',
  };
  return [
    {
      kind: 'log group',
      name: logGroup,
      what: `Log group ${logGroup}`,
      detail: `kept for ${logDays} days`,
      price: {
        kind: 'unknown',
        why: 'CloudWatch Logs costs by what is written; the price book does not have it.',
      },
      spec: { retentionDays: logDays, repository },
    },
    {
      kind: 'image repository',
      name: repository,
      what: `Image repository ${repository}`,
      detail: 'in ECR; a tag is never written over',
      price: FREE,
      spec: { tags: 'IMMUTABLE', scanned: true },
    },
    ...images.map((name) => ({
      kind: 'image',
      name,
      what: `Image ${name.slice(name.indexOf('/') + 1)}`,
      detail: `pushed to ${name.slice(0, name.indexOf('/'))}`,
      price: mode === 'job' ? perMonth : pricedBy('image'),
      spec: {},
    })),
  ];
}
