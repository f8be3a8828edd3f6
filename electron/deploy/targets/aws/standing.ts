/** What a deployment's revisions say of it, whatever runs them. */
import type { DeploymentId } from '../../../../shared/base/ids';
import type { DeploymentRecord, RevisionRecord } from '../../../../shared/deploy';

export interface Standing {
  /** Oldest first; never none. */
  readonly revisions: readonly RevisionRecord[];
  /** Null where nothing runs from any revision yet. */
  readonly current: number | null;
}

/** A number that no revision has is none. */
export const amongThem = (revisions: readonly RevisionRecord[], current: number | null) =>
  revisions.some(({ number }) => number === current) ? current : null;

/** The revision that runs, or the last where none does; null where there is no revision. */
export function currentOf({ revisions, current }: Standing): RevisionRecord | null {
  return revisions.find(({ number }) => number === current) ?? revisions.at(-1) ?? null;
}

export function recordFor(
  id: DeploymentId,
  { revisions, current: number }: Standing,
  current: RevisionRecord,
  what: Pick<DeploymentRecord, 'targetId' | 'mode' | 'port' | 'wanted'>,
): DeploymentRecord {
  return {
    version: 1,
    id,
    ...what,
    isFinished: number !== null,
    currentRevision: current.number,
    revisions: [...revisions],
    createdAt: revisions[0]?.createdAt ?? current.createdAt,
    deployedAt: current.createdAt,
  };
}
