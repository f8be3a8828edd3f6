/** From what should stand to blocks of Terraform. What no rule takes up is said, never dropped. */
import {
  canonical,
  type Found,
  type Json,
  LABEL,
  type Resource,
  resourceId,
} from '../../../shared/deploy';
import type { Block } from './hcl';

/** Blocks for it, none where another resource's block holds it; or why it cannot be in the export at all. */
export type Part = { readonly blocks: readonly Block[] } | { readonly leftOut: string };

/** Specs tell which of their fields were read, so rules take resources from what they are given alone. */
export type Rule = (resource: Resource, all: readonly Resource[]) => Part;

/** One a kind of resource. */
export type Rules = Readonly<Record<string, Rule>>;

export interface Mapped {
  readonly blocks: readonly Block[];
  /** A sentence each. */
  readonly leftOut: readonly string[];
}

/** A record that stands already is taken as it was written: read back, its fields may come in another order. */
export function asWritten(
  resources: readonly Resource[],
  found: readonly Found[],
): readonly Resource[] {
  const standing = new Map(found.map((each) => [resourceId(each), each.labels[LABEL.record]]));
  return resources.map((resource) => {
    const text = standing.get(resourceId(resource));
    const { spec } = resource;
    if (text === undefined || typeof spec !== 'object' || spec === null || !('record' in spec))
      return resource;
    const record = JSON.parse(text) as Json;
    return canonical(record) === canonical(spec.record)
      ? { ...resource, spec: { ...spec, record } }
      : resource;
  });
}

export function mapResources(resources: readonly Resource[], rules: Rules): Mapped {
  const watched = resources.map((resource) => {
    const { value, unread } = watch(resource.spec);
    return { resource: { ...resource, spec: value }, unread };
  });
  const all = watched.map(({ resource }) => resource);
  const parts = watched.map(({ resource, unread }) => ({
    resource,
    unread,
    part: rules[resource.kind]?.(resource, all) ?? { leftOut: 'Terraform is not told of its kind' },
  }));
  return {
    blocks: parts.flatMap(({ part }) => ('blocks' in part ? part.blocks : [])),
    // Only now: a field may have been read for the block of another resource.
    leftOut: parts.flatMap(({ resource: { what }, unread, part }) =>
      'leftOut' in part
        ? [`${what}: ${part.leftOut}.`]
        : unread().map((field) => `${what}: its ${field} has no place in Terraform.`),
    ),
  };
}

interface Watched {
  readonly value: Json;
  readonly unread: () => string[];
}

function watch(spec: Json): Watched {
  const read = new Set<string>();
  return {
    value: watchAt(spec, '', read),
    unread: () => leavesOf(spec, '').filter((path) => !read.has(path)),
  };
}

function watchAt(value: Json, path: string, read: Set<string>): Json {
  if (typeof value !== 'object' || value === null) {
    read.add(path);
    return value;
  }
  return new Proxy(value, {
    get: (target, key, self) => {
      const own = Object.getOwnPropertyDescriptor(target, key);
      return typeof key === 'string' && own?.enumerable
        ? watchAt(own.value as Json, within(path, key), read)
        : (Reflect.get(target, key, self) as unknown);
    },
  });
}

function leavesOf(value: Json, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each as Json, within(path, key)));
}

const within = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Fields that stand in the export without being written into it: values of secrets that are asked for. */
export const known = (part: Json): void => void JSON.stringify(part);
