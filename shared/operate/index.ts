export { operateContract } from './contract';
export { type ObservedDeployment, viewDeployment } from './deployment-view';
export { formOf } from './example-body';
export { p95FromMetrics } from './metrics';
export * from './operate';
export { deletedOf } from './removal';
