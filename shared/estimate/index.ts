/** The public face of the estimate: what other stages and rooms import. */
export type { AssumptionContext, ComputerFacts } from './assumption-draft';
export { DEFAULT_SCHEDULE, listAssumptions } from './assumptions';
export { estimateContract } from './contract';
export { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './conventions';
export type { Deployed } from './deployed';
export * from './estimate';
export { estimateDeployed, estimateTargets } from './estimate-targets';
export { measurementOf } from './measurement';
export { type PriceBook, priceBookSchema } from './price-book';
export { FARGATE_SIZES, LAMBDA_MB, lambdaSize, lambdaVcpus, pickSize } from './sizes';
export * from './target-id';
