export { operateContract } from './contract';
export * from './operate';
