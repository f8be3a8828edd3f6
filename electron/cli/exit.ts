/** Exit codes, documented in the README; a script can act on them. */
import type { ErrorKind, StudioError } from '../../shared/base/studio-error';

export const EXIT = {
  done: 0,
  /** It ran, and the answer is no: a step failed, a comparison differs. */
  no: 1,
  /** The command line or the notebook cannot be used as it is. */
  unusable: 2,
  /** Something outside is missing: an engine, a package index, an environment. */
  missing: 3,
  cancelled: 130,
} as const;

const MISSING: readonly ErrorKind[] = [
  'environment',
  'engine-missing',
  'package-index',
  'server-unreachable',
  'unauthorized',
  'disk-full',
  'permission',
  'port-in-use',
];
const NO: readonly ErrorKind[] = [
  'cell-failed',
  'step-failed',
  'build-failed',
  'kernel-dead',
  'unexpected',
];

export function exitCodeOf(error: StudioError): number {
  if (error.kind === 'cancelled') return EXIT.cancelled;
  if (MISSING.includes(error.kind)) return EXIT.missing;
  if (NO.includes(error.kind)) return EXIT.no;
  return EXIT.unusable;
}
