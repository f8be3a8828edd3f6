/** The labels on everything a target makes. A deployment is found again from them alone. */
import { type RevisionRecord, revisionRecordSchema } from './record';

export const LABEL = {
  deployment: 'dev.slipway.deployment',
  revision: 'dev.slipway.revision',
  mode: 'dev.slipway.mode',
  package: 'dev.slipway.package',
  packageHash: 'dev.slipway.package-hash',
  /** A revision's record as JSON, on the one thing that stands for the revision. */
  record: 'dev.slipway.record',
  run: 'dev.slipway.run',
} as const;

/** Null where there is none, or one that this version cannot read. */
export function recordOf(labels: Readonly<Record<string, string>>): RevisionRecord | null {
  const text = labels[LABEL.record];
  if (text === undefined) return null;
  try {
    return revisionRecordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
