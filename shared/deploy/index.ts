export * from './confirm';
export { deployContract } from './contract';
export * from './deploy';
export * from './labels';
export * from './logs';
export * from './paths';
export * from './record';
export * from './resources';
export * from './supervision';
