import { DeploymentId } from '../../../../../shared/base/ids';
import type { Trial } from '../../aws/testing/try-out';
import { awsLambdaDriver } from '..';

/** A small service, open to everyone. */
export const LAMBDA: Trial = {
  driver: awsLambdaDriver,
  place: 'aws-lambda-123456789012-eu-central-1',
  settings: {
    name: DeploymentId('churn'),
    mode: 'service',
    port: null,
    schedule: null,
    parameters: {},
    environment: { GREETING: 'hello' },
    secrets: {},
    resources: { vcpu: 0.25, memoryGib: 0.5 },
    replicas: 1,
    options: {},
  },
};
