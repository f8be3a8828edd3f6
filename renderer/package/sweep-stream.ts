import type { SweepRun } from '../../shared/package';
import { sharedStream } from '../studio';

/** Null before there was a sweep of this notebook's package. */
export const sweepStream = sharedStream<SweepRun | null, null>(
  (studio, options) => studio.package.watchSweep(undefined, options),
  null,
);
