export { type DeployNeeds, DeployService } from './deploy-service';
export { KnownPlaces } from './resources/known-places';
export { ResourceTarget } from './resources/resource-target';
export { deployRouter } from './router';
export { argoWorkflowsDriver } from './targets/argo-workflows';
export { awsFargateDriver } from './targets/aws-fargate';
export { awsLambdaDriver } from './targets/aws-lambda';
export { azureContainerAppsDriver } from './targets/azure-container-apps';
export { dockerDriver } from './targets/docker';
export { dockerSwarmDriver } from './targets/docker-swarm';
export { googleCloudRunDriver } from './targets/google-cloud-run';
export { kubernetesDriver } from './targets/kubernetes';
export type {
  DeployablePackage,
  DeploymentCommand,
  EnvironmentMaker,
  Observation,
  Target,
} from './targets/target';
export { type ThisComputerNeeds, ThisComputerTarget } from './targets/this-computer';
export { curlOf, readSample } from './targets/this-computer/sample-request';
export type { SupervisorProgram } from './targets/this-computer/supervisor-control';
export { awsEndpoint, azureNeeds, googleNeeds, readTestClouds, TEST_CLOUDS } from './test-clouds';
