/** What stands, in the shape of what was asked for: what the cluster filled in itself is no difference. */
import type { Json } from '../../../../shared/deploy';

type Fields = { readonly [key: string]: Json };

export const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/**
 * Of an object the fields that were asked for. Of a list every item, those that somebody added by hand too: another
 * container or variable is a difference.
 */
export function project(shape: Json | undefined, live: Json): Json {
  if (isFields(shape) && isFields(live)) {
    const parts = Object.keys(shape).flatMap((key): [string, Json][] => {
      const value = live[key];
      if (value !== undefined) return [[key, project(shape[key], value)]];
      // An empty list is not written down by the API.
      return isList(shape[key]) && shape[key].length === 0 ? [[key, []]] : [];
    });
    return Object.fromEntries(parts);
  }
  if (isList(shape) && isList(live)) {
    return live.map((item, index) => project(counterpart(shape, item, index), item));
  }
  return live;
}

function counterpart(shape: readonly Json[], item: Json, index: number): Json | undefined {
  const name = isFields(item) ? item.name : undefined;
  if (name === undefined) return shape[index];
  return shape.find((each) => isFields(each) && each.name === name);
}

/** Quantities as the API writes them, so that what is read back is what was written. */
export const cpuText = (vcpu: number): string => {
  const milli = Math.max(1, Math.round(vcpu * 1000));
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
};

export const memoryText = (gib: number): string => {
  const mib = Math.max(16, Math.round(gib * 1024));
  return mib % 1024 === 0 ? `${mib / 1024}Gi` : `${mib}Mi`;
};

const UNITS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 },
};

/** "500m" is 0.5, "1Gi" is 1073741824. */
export function quantity(text: string | undefined): number {
  const found = /^([\d.]+(?:e[+-]?\d+)?)([a-zA-Z]*)$/.exec(text ?? '0');
  return found ? Number(found[1]) * (UNITS[found[2] ?? ''] ?? 1) : 0;
}
