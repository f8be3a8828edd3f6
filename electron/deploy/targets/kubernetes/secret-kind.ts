/** The Secret of a revision: only fingerprints of its values are compared, told or kept. */
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  canonical,
  type DeploySettings,
  type Found,
  type Resource,
  type RevisionRecord,
} from '../../../../shared/deploy';
import type { ResourceKind, Wanted } from '../../resources/platform';
import { fingerprint, readSecret } from '../../resources/secrets';
import type { KubeObject } from './cluster';
import { KIND, keptOthers, labelsOf } from './manifests';
import { mustBeOurs, pathOf, removeWholly, type Space, selectorOf } from './object-kind';
import { carriedSecrets, namesOf } from './pod';

/** Values by fingerprint, of this run of the app: they go into the request and nowhere else. */
const VALUES = new Map<string, string>();

interface SecretSpec {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * That of the revision, and those of the revisions before as they stand: a roll back must not need a variable that is
 * gone. For the same reason what the revision's own Secret holds is taken where a reference can no longer be read.
 */
export async function secretResources(wanted: Wanted, space: Space): Promise<Resource[]> {
  const { id, revision, settings } = wanted;
  const earlier = keptOthers(wanted).filter((each) => carries(each.settings));
  if (earlier.length === 0 && !carries(settings)) return [];
  const standing = await secretsOf(space, id);
  const nameOf = (each: RevisionRecord) => namesOf(id, each.number).secret;
  const kept = earlier
    .flatMap((each) => standing.find(({ metadata }) => metadata.name === nameOf(each)) ?? [])
    .map((each) => resource(each.metadata.name, foundSecret(each).spec));
  if (!carries(settings)) return kept;
  const own = standing.find(({ metadata }) => metadata.name === nameOf(revision));
  const values = await printsOf(settings, own ? textsOf(own) : {});
  const spec = { labels: labelsOf(wanted, revision, space.target), values };
  return [...kept, resource(nameOf(revision), spec)];
}

const carries = (settings: DeploySettings | null): boolean =>
  settings !== null && carriedSecrets(settings).length > 0;

const resource = (name: string, spec: Found['spec']): Resource => ({
  ...{ kind: 'secret', name, what: `Secret ${name}`, spec, price: { kind: 'free' } },
  detail: Object.keys((spec as unknown as SecretSpec).values).join(', '),
});

async function printsOf(
  settings: DeploySettings,
  held: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const prints: Record<string, string> = {};
  for (const [name, reference] of carriedSecrets(settings)) {
    const value = await readSecret(name, reference).catch((thrown: unknown) => {
      const there = held[name];
      if (there !== undefined) return there;
      throw thrown;
    });
    if (value === null) continue;
    prints[name] = fingerprint(value);
    VALUES.set(prints[name], value);
  }
  return prints;
}

const secretsOf = (space: Space, id: DeploymentId | null): Promise<KubeObject[]> =>
  space.cluster.list(pathOf(space, KIND.secret), selectorOf(space, id));

const textsOf = ({ data }: KubeObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries((data ?? {}) as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );

export function secretKind(space: Space, restart: (id: string) => Promise<void>): ResourceKind {
  const put = async ({ name, spec }: Resource) => {
    const { labels, values } = spec as unknown as SecretSpec;
    const data = Object.entries(values).map(([key, mark]) => [
      key,
      Buffer.from(VALUES.get(mark) ?? '').toString('base64'),
    ]);
    await space.cluster.apply(pathOf(space, KIND.secret, name), {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name, labels },
      data: Object.fromEntries(data),
    });
  };
  return {
    kind: 'secret',
    list: async (id) => (await secretsOf(space, id)).map(foundSecret),
    create: async (resource, { task }) => {
      await mustBeOurs(space, KIND.secret, resource, task);
      await put(resource);
    },
    update: async (resource, found) => {
      const extra = Object.keys(valuesOf(found)).filter((key) => !(key in valuesOf(resource)));
      const path = pathOf(space, KIND.secret, resource.name);
      if (extra.length > 0) {
        const gone = Object.fromEntries(extra.map((key) => [key, null]));
        await space.cluster.merge(path, { data: gone });
      }
      await put(resource);
      // Variables are read when a pod starts.
      const isSame = canonical(valuesOf(found)) === canonical(valuesOf(resource));
      if (!isSame)
        await restart(
          (resource.spec as unknown as SecretSpec).labels['dev.slipway.deployment'] ?? '',
        );
    },
    remove: (name, task) => removeWholly(space, KIND.secret, name, task),
  };
}

const valuesOf = ({ spec }: Pick<Resource, 'spec'>) => (spec as unknown as SecretSpec).values;

function foundSecret(object: KubeObject): Found {
  const { name, labels = {} } = object.metadata;
  const values = Object.entries(textsOf(object)).map(([key, text]) => [key, fingerprint(text)]);
  return { kind: 'secret', name, spec: { labels, values: Object.fromEntries(values) }, labels };
}
