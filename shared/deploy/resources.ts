/**
 * What a target must make, told apart from how it makes it. A target says what should stand and what does stand;
 * the plan is the difference. So a plan is empty once it was carried out, a deployment that was interrupted goes on
 * where it stopped, and what was changed by hand is seen.
 */
import type { Change } from './deploy';

/** Plain JSON: what is compared must be able to go into a label, a request and a file. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One thing that should stand. Kind and name together are its identity at a place. */
export interface Resource {
  readonly kind: string;
  readonly name: string;
  /** For people: "Container churn-r2", "starts at once, restarted when it ends". */
  readonly what: string;
  readonly detail: string;
  /** All that decides whether it is as it should be, in the shape in which it is read back. */
  readonly spec: Json;
  /** Which lines of the estimate it causes; without any it costs nothing by itself. */
  readonly price: ResourcePrice;
}

export type ResourcePrice =
  | { readonly kind: 'free' }
  /** The whole price of the deployment. */
  | { readonly kind: 'total' }
  /** Ids of lines of the estimate. */
  | { readonly kind: 'lines'; readonly ids: readonly string[] }
  /** Lines of the estimate that somebody pays for already: it is used, and not made. */
  | { readonly kind: 'there'; readonly ids: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** What stands at the place, read from the place itself. */
export interface Found {
  readonly kind: string;
  readonly name: string;
  readonly spec: Json;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ResourceChange extends Pick<Change, 'id' | 'kind' | 'what' | 'detail'> {
  readonly resource: Pick<Resource, 'kind' | 'name'>;
  readonly price: ResourcePrice;
}

export const resourceId = ({ kind, name }: Pick<Resource, 'kind' | 'name'>): string =>
  `${kind}/${name}`;

/**
 * In the order of making: what to create, change and keep as `desired` has it, then what is there and wanted no more,
 * last made first.
 */
export function diffResources(
  desired: readonly Resource[],
  found: readonly Found[],
): ResourceChange[] {
  const standing = new Map(found.map((each) => [resourceId(each), each]));
  const wanted = new Set(desired.map(resourceId));
  const made = desired.map((resource): ResourceChange => {
    const there = standing.get(resourceId(resource));
    const differences = there ? differencesOf(resource.spec, there.spec) : [];
    const kind = !there ? 'create' : differences.length > 0 ? 'change' : 'keep';
    return {
      id: resourceId(resource),
      kind,
      what: resource.what,
      detail: kind === 'change' ? differences.slice(0, MOST_TOLD).join('; ') : resource.detail,
      resource,
      // What stands already is paid already: it is not priced again.
      price: kind === 'keep' ? { kind: 'free' } : resource.price,
    };
  });
  const unwanted = found
    .filter((each) => !wanted.has(resourceId(each)))
    .map(
      (each): ResourceChange => ({
        id: resourceId(each),
        kind: 'remove',
        what: `${capital(each.kind)} ${each.name}`,
        detail: 'No part of the deployment any more',
        resource: each,
        price: { kind: 'free' },
      }),
    )
    .reverse();
  return [...made, ...unwanted];
}

const MOST_TOLD = 6;

/** "image: churn:1 becomes churn:2", one a place; a list counts as one value unless it holds objects. */
export function differencesOf(wanted: Json, there: Json, path = ''): string[] {
  // What we note for ourselves is no difference that a person would judge.
  if (/(^|\.)records?$/.test(path))
    return canonical(wanted) === canonical(there) ? [] : ['the notes of its revisions change'];
  if (isRecord(wanted) && isRecord(there)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(there)])].sort();
    return keys.flatMap((key) =>
      differencesOf(wanted[key] ?? null, there[key] ?? null, path === '' ? key : `${path}.${key}`),
    );
  }
  if (canonical(wanted) === canonical(there)) return [];
  return [`${path}: ${short(there)} becomes ${short(wanted)}`];
}

/** The same value gives the same text, whatever the order of its keys. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function short(value: Json): string {
  if (value === null) return 'nothing';
  const text = typeof value === 'string' ? value : canonical(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const isEmptyPlan = (changes: readonly Pick<Change, 'kind'>[]): boolean =>
  changes.every(({ kind }) => kind === 'keep');
