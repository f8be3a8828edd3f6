export * from './contract';
export * from './distributions';
export * from './environment';
export * from './kernel';
export * from './kernel-output';
