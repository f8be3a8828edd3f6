/** The package's state, followed once for the pipeline (what the last run measured) and the package's own place. */
import type { PackageState } from '../../shared/package';
import { sharedStream } from '../studio';

export const packageStream = sharedStream<PackageState, null>(
  (studio, options) => studio.package.watch(undefined, options),
  null,
);
