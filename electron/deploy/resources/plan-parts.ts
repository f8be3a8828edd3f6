/** Parts of a plan that need no place: the revision asked for, the price of each line. */
import { createHash } from 'node:crypto';
import { formatUsd } from '../../../shared/base/units';
import {
  type Change,
  type ChangePrice,
  canonical,
  type DeploymentRecord,
  type DeploySettings,
  type Json,
  type ResourceChange,
  type ResourcePrice,
  type RevisionRecord,
} from '../../../shared/deploy';
import type { TargetEstimate } from '../../../shared/estimate';
import type { DeployRequest } from '../targets/target';
import type { Wanted } from './platform';

/** The same package with the same settings is the same revision: its plan is empty. */
export function wantedOf(
  request: DeployRequest,
  settings: DeploySettings,
  now: DeploymentRecord | null,
  image: string,
): Wanted {
  const { package: made, estimate, priced } = request;
  const isSame = (each: RevisionRecord) =>
    each.packageDigest === made.hash &&
    each.image === image &&
    canonical(asJson(each.settings)) === canonical(asJson(settings));
  const revisions = [...(now?.revisions ?? [])].sort(byNumber);
  const last = revisions.at(-1);
  const current = revisions.find(({ number }) => number === now?.currentRevision);
  // The last one too: it may have been begun and interrupted.
  const again = [current, last].find((each) => each && isSame(each));
  const revision: RevisionRecord = again ?? {
    number: (last?.number ?? 0) + 1,
    createdAt: Date.now(),
    packageName: made.name,
    packageDigest: made.hash,
    environment: null,
    image,
    parameters: settings.parameters,
    schedule: settings.schedule,
    settings,
    estimate: { id: estimate.id, perRun: priced.perRun, perMonth: priced.perMonth },
  };
  return {
    id: settings.name,
    mode: settings.mode,
    revision,
    settings,
    others: revisions.filter(({ number }) => number !== revision.number),
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

export function priceOf(mode: DeploySettings['mode'], priced: TargetEstimate): ChangePrice {
  const per = mode === 'job' ? 'run' : 'month';
  const usd = per === 'run' ? priced.perRun : priced.perMonth;
  return usd
    ? { kind: 'priced', usd, per }
    : { kind: 'unknown', why: 'The estimate has no price for it.' };
}

const NOTABLE = 0.005;

/** Said in the plan where settings and place cost other than what the estimate assumed for the target. */
export function unlikeEstimate(planned: ChangePrice, estimated: ChangePrice): string[] {
  if (planned.kind !== 'priced' || estimated.kind !== 'priced') return [];
  const [now, then] = [planned.usd.likely, estimated.usd.likely];
  return Math.abs(now - then) <= NOTABLE * Math.max(now, then)
    ? []
    : [
        `The price is that of what is deployed with these settings, ${formatUsd(now)} a ${planned.per}; the estimate assumed other ones and says ${formatUsd(then)}.`,
      ];
}

/** What would be done now and stood in no line of the plan that was read. */
export function unplanned(
  planned: readonly Change[],
  now: readonly ResourceChange[],
): ResourceChange[] {
  const read = new Set(planned.filter(({ kind }) => kind !== 'keep').map(({ id }) => id));
  return now.filter(({ id, kind }) => kind !== 'keep' && !read.has(id));
}

/** A line without a price is not in the total, and that is said. */
export function totalOf(total: ChangePrice, changes: readonly Change[]): ChangePrice {
  const isWhole = changes.every(({ price }) => price.kind !== 'unknown');
  return total.kind !== 'priced' || isWhole
    ? total
    : { ...total, usd: { ...total.usd, isComplete: false } };
}

export function withPrice(
  change: ResourceChange,
  total: ChangePrice,
  priced: TargetEstimate,
): Change {
  const { id, kind, what, detail, price } = change;
  return { id, kind, what, detail, price: changePrice(price, total, priced) };
}

function changePrice(
  price: ResourcePrice,
  total: ChangePrice,
  { lines, period }: TargetEstimate,
): ChangePrice {
  switch (price.kind) {
    case 'free':
    case 'unknown':
      return price;
    case 'total':
      return total;
    case 'lines': {
      const ranges = lines.filter(({ id }) => price.ids.includes(id)).map(({ range }) => range);
      const known = ranges.filter((range) => range !== null);
      if (known.length === 0)
        return { kind: 'unknown', why: 'The price book has no price for it.' };
      const sum = (key: 'low' | 'likely' | 'high') =>
        known.reduce((all, range) => all + range[key], 0);
      const isComplete = known.length === ranges.length;
      const usd = { low: sum('low'), likely: sum('likely'), high: sum('high'), isComplete };
      return { kind: 'priced', usd, per: period };
    }
  }
}

export const byNumber = (a: RevisionRecord, b: RevisionRecord): number => a.number - b.number;
export const planned = ({ id, kind }: ResourceChange): Json => ({ id, kind });
export const digest = (value: Json): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
