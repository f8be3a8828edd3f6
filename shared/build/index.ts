export * from './contract';
export { explainFailure } from './first-error';
export { applyMessage, type EngineMessage, finishLast, withSizes } from './progress';
