/** What a plan costs: each line, the whole, what of it is fixed, and what stood before. */
import { formatUsd } from '../../../shared/base/units';
import {
  type Change,
  type ChangePrice,
  currentRevision,
  type DeploymentRecord,
  type DeployPlan,
  type DeploySettings,
  type Resource,
  type ResourceChange,
  type ResourcePrice,
} from '../../../shared/deploy';
import { fixedUsdOf, type TargetEstimate, type Total } from '../../../shared/estimate';

export function priceOf(
  mode: DeploySettings['mode'],
  priced: Pick<TargetEstimate, 'perRun' | 'perMonth'>,
): ChangePrice {
  const per = mode === 'job' ? 'run' : 'month';
  const usd = per === 'run' ? priced.perRun : priced.perMonth;
  return usd
    ? { kind: 'priced', usd, per }
    : { kind: 'unknown', why: 'The estimate has no price for it.' };
}

/** What is fixed comes without any use. */
export function fixedOf(
  { kind }: ChangePrice,
  { lines }: TargetEstimate,
  elsewhere: ReadonlySet<string> = new Set(),
): number | null {
  if (kind !== 'priced') return null;
  return fixedUsdOf(lines.filter(({ id }) => !elsewhere.has(id)));
}

/** What is there already and somebody pays for is not priced again. */
export function planPrice(
  mode: DeploySettings['mode'],
  priced: TargetEstimate,
  desired: readonly Resource[],
  changes: readonly Change[],
): Pick<DeployPlan, 'total' | 'fixedUsd'> {
  const there = new Set(desired.flatMap(({ price }) => (price.kind === 'there' ? price.ids : [])));
  const whole = priceOf(mode, priced);
  const total = totalOf(without(whole, priced, there), changes);
  return { total, fixedUsd: fixedOf(whole, priced, there) };
}

function without(
  total: ChangePrice,
  { lines }: TargetEstimate,
  there: ReadonlySet<string>,
): ChangePrice {
  if (total.kind !== 'priced' || there.size === 0) return total;
  const ranges = lines.flatMap(({ id, range }) => (there.has(id) && range ? [range] : []));
  const less = (key: keyof Omit<Total, 'isComplete'>) =>
    ranges.reduce((left, range) => left - range[key], total.usd[key]);
  const usd = { low: less('low'), likely: less('likely'), high: less('high') };
  return { ...total, usd: { ...total.usd, ...usd } };
}

/** By what its plan said. Null for a first deployment. */
export function priceBefore(
  mode: DeploySettings['mode'],
  now: DeploymentRecord | null,
): ChangePrice | null {
  const estimate = now?.isFinished ? currentRevision(now)?.estimate : null;
  return estimate ? priceOf(mode, estimate) : null;
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
    case 'there':
      return { kind: 'free' };
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
