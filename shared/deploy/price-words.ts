/** What stands beside a plan's total, for the window and the terminal alike. */
import { formatUsd } from '../base/units';
import type { DeployPlan } from './deploy';

/** Range, what of it is fixed, what it costs now; empty where the total is not known. */
export function totalDetails({
  total,
  fixedUsd,
  before,
}: Pick<DeployPlan, 'total' | 'fixedUsd' | 'before'>): string[] {
  if (total.kind !== 'priced') return [];
  const { low, likely, high, isComplete } = total.usd;
  return [
    `${formatUsd(low)} to ${formatUsd(high)}${isComplete ? '' : ', priced lines only'}`,
    ...(fixedUsd === null || total.per === 'run' ? [] : [partsOf(likely, fixedUsd)]),
    ...(before?.kind === 'priced' ? [`now ${formatUsd(before.usd.likely)} a ${before.per}`] : []),
  ];
}

function partsOf(likely: number, fixed: number): string {
  const byUse = Math.max(0, likely - fixed);
  if (fixed === 0) return 'all of it by use';
  return byUse < likely / 1000
    ? 'fixed: used or not'
    : `${formatUsd(fixed)} fixed, ${formatUsd(byUse)} by use`;
}
