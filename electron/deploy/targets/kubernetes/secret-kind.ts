/** The Secret of a revision: only fingerprints of its values are compared, told or kept. */
import { canonical, type Found, type Resource } from '../../../../shared/deploy';
import type { ResourceKind, Wanted } from '../../resources/platform';
import { fingerprint, readSecret } from '../../resources/secrets';
import type { KubeObject } from './cluster';
import { KIND, labelsOf } from './manifests';
import { mustBeOurs, pathOf, removeWholly, type Space, selectorOf } from './object-kind';
import { carriedSecrets, namesOf } from './pod';

/** Values by fingerprint, of this run of the app: they go into the request and nowhere else. */
const VALUES = new Map<string, string>();

interface SecretSpec {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

export async function secretResource(wanted: Wanted, target: string): Promise<Resource[]> {
  const { id, revision, settings } = wanted;
  const carried = carriedSecrets(settings);
  if (carried.length === 0) return [];
  const values: Record<string, string> = {};
  for (const [name, reference] of carried) {
    const value = await readSecret(name, reference);
    if (value === null) continue;
    values[name] = fingerprint(value);
    VALUES.set(values[name], value);
  }
  const name = namesOf(id, revision.number).secret;
  const spec = { labels: labelsOf(wanted, revision, target), values };
  const detail = Object.keys(values).join(', ');
  return [{ kind: 'secret', name, what: `Secret ${name}`, detail, spec, price: { kind: 'free' } }];
}

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
    list: async (id) => {
      const path = pathOf(space, KIND.secret);
      return (await space.cluster.list(path, selectorOf(space, id))).map(foundSecret);
    },
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

function foundSecret({ metadata, data }: KubeObject): Found {
  const entries = Object.entries((data ?? {}) as Record<string, string>).map(([key, value]) => [
    key,
    fingerprint(Buffer.from(value, 'base64').toString('utf8')),
  ]);
  const labels = metadata.labels ?? {};
  return {
    kind: 'secret',
    name: metadata.name,
    spec: { labels, values: Object.fromEntries(entries) },
    labels,
  };
}
