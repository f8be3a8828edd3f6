/** From what was read of a deployment to what is shown of it. */
import type { DeploymentRecord, RevisionRecord, RuntimeState } from '../deploy';
import { currentRevision } from '../deploy';
import { HOURS_PER_MONTH, type UsdRange } from '../estimate';
import type { CostSoFar, Deployment, DeploymentStatus, Health, Revision } from './operate';

export interface ObservedDeployment {
  readonly key: string;
  readonly place: string | null;
  readonly record: DeploymentRecord;
  readonly state: RuntimeState | null;
  readonly isSupervised: boolean;
  readonly url: string | null;
  readonly folder: string | null;
  readonly p95Ms: number | null;
  readonly survival: readonly string[];
}

export function viewDeployment(
  observed: ObservedDeployment,
  activity: Deployment['activity'],
): Deployment {
  const { record, state } = observed;
  const { status, detail } = statusOf(observed);
  const isUp = ['running', 'unhealthy', 'starting', 'restarting'].includes(status);
  const current = currentRevision(record);
  return {
    id: observed.key,
    name: record.id,
    place: observed.place,
    targetId: record.targetId,
    mode: record.mode,
    packageName: current?.packageName ?? '',
    status,
    statusDetail: detail,
    since: state?.since ?? null,
    health: isUp && state ? state.health : NOT_ASKED,
    url: observed.url,
    port: record.port,
    schedule: current?.schedule ?? null,
    nextRunAt: observed.isSupervised ? (state?.nextRunAt ?? null) : null,
    revision: record.currentRevision,
    revisions: revisionsOf(record),
    traffic: {
      requests: record.mode === 'service' ? (state?.requests ?? null) : null,
      errors: record.mode === 'service' ? (state?.errors ?? null) : null,
      p95Ms: observed.p95Ms,
      source: 'Counted in the service’s access log since this revision started',
    },
    restarts: state?.restarts ?? 0,
    runs: state?.runs ?? [],
    cost: costOf(record, state, observed.isSupervised && isUp),
    deployedAt: record.deployedAt,
    folder: observed.folder,
    survival: [...observed.survival],
    activity,
  };
}

const NOT_ASKED: Health = { status: 'unknown', message: 'Not asked', checkedAt: null };

function statusOf({ record, state, isSupervised, folder }: ObservedDeployment): {
  status: DeploymentStatus;
  detail: string;
} {
  // On this computer the supervisor starts before it can tell; elsewhere nothing starts what tells of no state.
  const isUnfinished = !isSupervised || (folder === null && state === null);
  if (!record.isFinished && isUnfinished) {
    return {
      status: 'unfinished',
      detail:
        'It was begun and not finished. Unless it is being deployed right now: deploy it again to go on where it stopped, or remove it.',
    };
  }
  if (record.wanted === 'stopped') return { status: 'stopped', detail: 'Stopped by a person.' };
  if (!isSupervised) {
    return {
      status: 'lost',
      detail:
        'Its supervising process is gone: the computer was restarted, or the process was ended from outside. Start it again.',
    };
  }
  return { status: state?.status ?? 'starting', detail: state?.detail ?? 'The supervisor starts.' };
}

const revisionsOf = (record: DeploymentRecord): Revision[] =>
  record.revisions
    .map((each) => ({
      number: each.number,
      createdAt: each.createdAt,
      packageName: each.packageName,
      packageDigest: each.packageDigest,
      isCurrent: each.number === record.currentRevision,
      price: priceOf(record, each),
    }))
    .reverse();

function priceOf({ mode }: DeploymentRecord, { estimate }: RevisionRecord): Revision['price'] {
  const per = mode === 'job' ? 'run' : 'month';
  const usd = mode === 'job' ? estimate?.perRun : estimate?.perMonth;
  return usd ? { usd, per } : null;
}

/** Estimated, not metered: the time up, or the runs made, at the estimate's rates. */
function costOf(record: DeploymentRecord, state: RuntimeState | null, isUp: boolean): CostSoFar {
  const estimate = currentRevision(record)?.estimate ?? null;
  const isService = record.mode === 'service';
  const per = isService ? (estimate?.perMonth ?? null) : (estimate?.perRun ?? null);
  const hours = (state?.activeMs ?? 0) / 3_600_000;
  const amount = isService ? hours / HOURS_PER_MONTH : (state?.runCount ?? 0);
  const perMonth = estimate?.perMonth ?? null;
  return {
    toDate: per && scale(per, amount),
    perHour:
      record.mode === 'job' || !perMonth
        ? null
        : isService && !isUp
          ? 0
          : perMonth.likely / HOURS_PER_MONTH,
    estimate: record.mode === 'job' ? (estimate?.perRun ?? null) : perMonth,
    estimatePer: record.mode === 'job' ? 'run' : 'month',
    how: isService
      ? `${hours.toFixed(2)} h up so far, at the estimate’s price for a month of ${HOURS_PER_MONTH} h`
      : `${amount} runs so far, at the estimate’s price for a run`,
  };
}

const scale = ({ low, likely, high }: UsdRange, by: number): UsdRange => ({
  low: low * by,
  likely: likely * by,
  high: high * by,
});
