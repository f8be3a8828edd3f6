/** The public file of the package stage. */
export { PackageService, type PackageNeeds, type PackageSource } from './package-service';
export { packageRouter } from './router';
export { SharedEnvironments } from './shared-environments';
