export { deployContract } from './contract';
export * from './deploy';
export * from './paths';
export * from './record';
export * from './supervision';
