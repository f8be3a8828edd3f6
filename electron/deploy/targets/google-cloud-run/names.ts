/** Names and labels as Google takes them: keys without dots, values of lower case letters, digits and hyphens. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { LABEL, type RevisionRecord } from '../../../../shared/deploy';
import type { DeployablePackage } from '../target';
import type { Google } from './google';

const labelKey = (key: string): string => key.replaceAll('.', '-');
export const DEPLOYMENT_LABEL = labelKey(LABEL.deployment);

export const labelsOf = (id: DeploymentId, more: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    Object.entries({ [LABEL.deployment]: id as string, ...more }).map(([key, value]) => [
      labelKey(key),
      value,
    ]),
  );

const OURS = Object.values(LABEL);

type Texts = Readonly<Record<string, string>> | null | undefined;

/** Back to the names used everywhere else; annotations may hold dots. */
export function readLabels(labels: Texts, annotations: Texts): Record<string, string> {
  const pairs = OURS.flatMap((key) => {
    const value = annotations?.[key] ?? labels?.[labelKey(key)];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(pairs);
}

export const isOf = (labels: Texts, id: DeploymentId | null): boolean => {
  const owner = labels?.[DEPLOYMENT_LABEL];
  return id === null ? owner !== undefined : owner === id;
};

export const revisionName = (id: string, { number }: Pick<RevisionRecord, 'number'>): string =>
  `${id}-r${number}`;

/** Of a deployment alone, so that it can go with it. */
export const ownRepository = (id: string): string => `slipway-${id}`;

/** In a repository shared with others each deployment has a folder of its own. */
export function imageReference(
  { project, region }: Pick<Google, 'project' | 'region'>,
  repository: string,
  id: string,
  tagged: string,
): string {
  const host = `${region}-docker.pkg.dev/${project}`;
  const own = ownRepository(id);
  return repository === '' || repository === own
    ? `${host}/${own}/${tagged}`
    : `${host}/${repository}/${own}/${tagged}`;
}

/** "churn:4f1c20a9b3d1" of the package. */
export type NameOf = (made: DeployablePackage) => string;

export const lastPart = (name: string | null | undefined): string =>
  (name ?? '').split('/').at(-1) ?? '';
