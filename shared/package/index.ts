export * from './contract';
export * from './package-run';
export * from './package-state';
export { type GeneratedPackage, generatePackage, type PackageFile, type PackageInput } from './generate';
export type { Templates } from './templates';
export { packageNameFor, serveCandidates, servableFunctions } from './serve';
