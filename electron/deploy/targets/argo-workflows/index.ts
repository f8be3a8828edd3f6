export { type ArgoNeeds, argoWorkflowsDriver } from './driver';
export { exportArgoFiles } from './export';
