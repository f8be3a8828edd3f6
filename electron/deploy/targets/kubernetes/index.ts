export { type KubernetesNeeds, kubernetesDriver } from './driver';
