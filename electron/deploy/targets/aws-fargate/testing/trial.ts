import { DeploymentId } from '../../../../../shared/base/ids';
import type { Trial } from '../../aws/testing/try-out';
import { awsFargateDriver } from '..';

/** A small service with an address of its own. */
export const FARGATE: Trial = {
  driver: awsFargateDriver,
  place: 'aws-123456789012-eu-central-1',
  settings: {
    name: DeploymentId('churn'),
    mode: 'service',
    port: null,
    schedule: null,
    parameters: {},
    environment: {},
    secrets: {},
    resources: { vcpu: 0.25, memoryGib: 0.5 },
    replicas: 1,
    options: { exposure: 'public address' },
  },
};
