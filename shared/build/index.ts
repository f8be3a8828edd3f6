export * from './contract';
export { dockerIgnore, hasExceptions } from './dockerignore';
export { explainFailure, explainStart } from './first-error';
export { applyMessage, type EngineMessage, finishLast, withSizes } from './progress';
export * from './push';
export { explainPush, isPassing } from './push-error';
export * from './reference';
