export { deployContract } from './contract';
export * from './deploy';
