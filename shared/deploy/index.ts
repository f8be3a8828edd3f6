export { deployContract } from './contract';
export * from './deploy';
export * from './record';
export * from './supervision';
