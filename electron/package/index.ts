/** The public file of the package stage. */
export type { PackageNeeds, PackageSource } from './package-needs';
export { PackageService } from './package-service';
export { packageRouter } from './router';
export type { SweepWish } from './run-sweep';
export { SharedEnvironments } from './shared-environments';
