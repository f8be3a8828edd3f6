export * from './contract';
export * from './package-run';
export * from './package-state';
