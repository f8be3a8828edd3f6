import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../shared/deploy';
import { quotaWords, wordsOfStatus } from './api-words';
import { cpuText, memoryText, project, quantity } from './projection';

describe('what stands, in the shape of what was asked for', () => {
  const shape = { replicas: 1, env: [], containers: [{ name: 'main', image: 'a' }] };

  it('leaves out what the cluster filled in, and keeps what somebody added', () => {
    const filled: Json = {
      replicas: 1,
      strategy: 'filled in',
      containers: [{ name: 'main', image: 'a', terminationMessagePath: 'filled in' }],
    };
    expect(project(shape, filled)).toEqual(shape);
    const touched: Json = {
      replicas: 3,
      env: [{ name: 'BY_HAND', value: '1' }],
      containers: [
        { name: 'theirs', image: 'x' },
        { name: 'main', image: 'b', args: [] },
      ],
    };
    expect(project(shape, touched)).toEqual({
      replicas: 3,
      env: [{ name: 'BY_HAND', value: '1' }],
      containers: [
        { name: 'theirs', image: 'x' },
        { name: 'main', image: 'b' },
      ],
    });
  });

  it('tells what is gone', () => {
    expect(project(shape, { replicas: 1 })).toEqual({ replicas: 1, env: [] });
  });

  it('writes quantities as the API gives them back', () => {
    expect([0.05, 0.5, 1, 2.5].map(cpuText)).toEqual(['50m', '500m', '1', '2500m']);
    expect([0.125, 1, 1.5, 4].map(memoryText)).toEqual(['128Mi', '1Gi', '1536Mi', '4Gi']);
    expect(['500m', '2', '1Gi', '128974848', '1e3', undefined].map(quantity)).toEqual([
      0.5, 2, 1073741824, 128974848, 1000, 0,
    ]);
  });
});

describe('the API’s own words', () => {
  const asked = { context: 'prod', server: 'https://prod.example' };
  const status = (code: number, message: string) => {
    const { kind, message: words } = wordsOfStatus(code, JSON.stringify({ message }), asked).error;
    return { kind, words };
  };

  it('become a sentence with the next step', () => {
    expect({
      denied: status(
        403,
        'deployments.apps "churn" is forbidden: User "ann" cannot patch resource "deployments" in API group "apps" in the namespace "ml"',
      ),
      busy: status(503, 'etcd is slow'),
      quota: quotaWords(
        'pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
      ),
    }).toEqual({
      denied: {
        kind: 'permission',
        words:
          'ann may not patch deployments.apps in the namespace ml. Ask for a role with the verb patch on deployments.apps.',
      },
      busy: {
        kind: 'server-unreachable',
        words:
          'The cluster of context “prod” could not answer (503): etcd is slow. Try again in a moment.',
      },
      quota:
        'The quota small does not allow it: pods=1 is asked for, pods=2 is used, the limit is pods=2. Ask for less, or have the quota raised.',
    });
  });
});
