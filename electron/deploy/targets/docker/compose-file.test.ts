import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { DeploymentId, EstimateId } from '../../../../shared/base/ids';
import type { DeploySettings } from '../../../../shared/deploy';
import { composeFiles } from './compose-file';

const settings: DeploySettings = {
  name: DeploymentId('churn'),
  mode: 'service',
  port: 8001,
  schedule: null,
  parameters: {},
  environment: { GREETING: 'hello for $5' },
  secrets: { TOKEN: 'env:MY_TOKEN' },
  resources: { vcpu: 0.5, memoryGib: 1 },
  replicas: 1,
  options: { listen: '0.0.0.0' },
};

it('writes the container as compose.yaml, with the name of a secret and never its value', () => {
  process.env.MY_TOKEN = 'planted-secret';
  const revision = {
    number: 1,
    createdAt: 0,
    packageName: 'churn',
    packageDigest: 'digest',
    environment: null,
    image: 'churn:abc',
    parameters: {},
    schedule: null,
    settings,
    estimate: { id: EstimateId('e'), perRun: null, perMonth: null },
  };
  const wanted = { id: settings.name, mode: settings.mode, revision, settings, others: [] };
  const files = composeFiles(wanted, ['python3', '-c', 'print("$HOME")'], '../churn');
  expect(JSON.stringify(files)).not.toContain('planted-secret');
  expect(parse(files['compose.yaml'] ?? '')).toEqual({
    name: 'churn',
    services: {
      churn: {
        image: 'churn:abc',
        build: '../churn',
        command: ['python3', '-c', 'print("$$HOME")'],
        restart: 'unless-stopped',
        init: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        ports: ['0.0.0.0:8001:8000'],
        healthcheck: {
          test: ['CMD', 'python3', '-c', expect.stringContaining('http://127.0.0.1:8000/healthz')],
          interval: '5s',
          timeout: '5s',
          start_period: '180s',
          retries: 3,
        },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: compose fills it in, not TypeScript.
        environment: { GREETING: 'hello for $$5', TOKEN: '${TOKEN:?}' },
        cpus: 0.5,
        mem_limit: '1024m',
      },
    },
  });
});
