export { type KubernetesNeeds, kubernetesDriver } from './driver';
export { exportFiles } from './export';
