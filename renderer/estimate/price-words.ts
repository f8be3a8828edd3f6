/** How prices and quantities of an estimate are said. Unknown is said as unknown, never as zero. */
import { formatUsd } from '../../shared/base/units';
import {
  type Assumption,
  type Estimate,
  SECONDS_PER_MONTH,
  type TargetEstimate,
} from '../../shared/estimate';

/** The total that decides between targets: a run of a job, a month of all else. */
export function mainTotal(target: TargetEstimate): TargetEstimate['perMonth'] {
  return target.period === 'run' ? target.perRun : target.perMonth;
}

export function priceOrUnknown(usd: number | null): string {
  return usd === null ? 'unknown' : formatUsd(usd);
}

export function periodWords(mode: Estimate['mode']): string {
  return mode === 'job' ? 'a run' : 'a month';
}

/** Requests a month from the assumed rate; null where the estimate assumes none. */
export function requestsPerMonth(assumptions: readonly Assumption[]): number | null {
  const perSecond = numberOf(assumptions, 'use.requestsPerSecond');
  return perSecond === null ? null : perSecond * SECONDS_PER_MONTH;
}

function numberOf(assumptions: readonly Assumption[], key: string): number | null {
  const value = assumptions.find((assumption) => assumption.key === key)?.value;
  return typeof value === 'number' ? value : null;
}

/** What the last column shows: a run for jobs, a thousand requests for a service. */
export function unitPrice(target: TargetEstimate, requests: number | null): number | null {
  if (target.period === 'run' || requests === null) return target.perRun?.likely ?? null;
  const month = target.perMonth?.likely ?? null;
  return month === null || requests === 0 ? null : (month / requests) * 1000;
}

/** 1 051 200, 0.4, 0.00125: thin spaces between thousands, at most four significant digits below a hundred. */
export function formatQuantity(value: number): string {
  const text =
    Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, text.includes('.') ? '' : '\u202f');
}

/** 26 149 vCPU-seconds, 1 request. */
export function formatAmount(quantity: number, unit: string): string {
  const counted = /(second|hour|request|task|month|run|image)( of .*)?$/;
  const words = quantity === 1 ? unit : unit.replace(counted, '$1s$2');
  return `${formatQuantity(quantity)} ${words}`;
}

/** The price of one unit, with as many digits as it has: price books go down to $0.0000025. */
export function formatUnitPrice(usd: number): string {
  if (usd === 0 || Math.abs(usd) >= 1) return formatUsd(usd);
  return `$${Number(usd.toPrecision(6)).toFixed(12).replace(/0+$/, '').padEnd(4, '0')}`;
}
