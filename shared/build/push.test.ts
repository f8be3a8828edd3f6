import { expect, it } from 'vitest';
import {
  applyPushMessage,
  describePush,
  digestIn,
  type PushMessage,
  type PushProgress,
  pushFraction,
} from './push';

const MB = 1_000_000;
const told = (...messages: PushMessage[]) =>
  messages.reduce<PushProgress>(applyPushMessage, { target: 'r/a:1', attempt: 1, layers: [] });
const words = (push: PushProgress) => [pushFraction(push), describePush(push)];
const pushing = (id: string, current: number, total: number): PushMessage => ({
  ...{ id, status: 'Pushing', progressDetail: { current, total } },
});

it('tells how much is sent once every layer has begun, without those that are there', () => {
  const begun = [
    { id: 'a', status: 'Waiting' },
    { id: 'b', status: 'Layer already exists' },
  ];
  const sent = [pushing('a', 20 * MB, 80 * MB), pushing('c', 10 * MB, 20 * MB)];
  expect([
    words(told(...begun)),
    words(told(...begun, ...sent)),
    words({ ...told(...begun, ...sent), attempt: 2 }),
    words(told({ id: 'b', status: 'Layer already exists' })),
  ]).toEqual([
    [null, 'Pushing 2 layers'],
    [0.3, 'Pushing 3 layers: 30.0 MB of 100 MB'],
    [0.3, 'Pushing 3 layers: 30.0 MB of 100 MB (attempt 2)'],
    [null, 'Pushing 1 layer'],
  ]);
});

it('reads the digest as Docker and as Podman tell it', () => {
  const digest = `sha256:${'0a'.repeat(32)}`;
  expect([
    digestIn({ aux: { Digest: digest } }),
    digestIn({ status: `1: digest: ${digest} size: 345` }),
    digestIn({ status: 'Pushing' }),
  ]).toEqual([digest, digest, null]);
});
