export * from './contract';
export * from './facts';
export * from './pipeline';
