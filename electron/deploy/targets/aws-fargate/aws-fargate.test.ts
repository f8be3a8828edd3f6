/** The target kit on the stand: a service behind a load balancer, one with a public address, a scheduled job, a job. */

import { describe, vi } from 'vitest';
import { fail } from '../../../../shared/base/studio-error';
import type { RunMode } from '../../../../shared/estimate';
import { type KitSubject, pricedBy, targetKit } from '../../testing/target-kit';
import { inventoryOf } from '../aws/testing/inventory';
import { type AwsStand, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
import { packageOf } from '../aws/testing/try-out';
import { useAwsStand } from '../aws/testing/use-stand';
import type { ImageMaker } from '../target';
import { awsFargateDriver } from '.';

const why = whyNoAwsStand();
/** A kill at each call is some thousand calls to moto. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

/** All that it makes is made by the load balancer’s service and the scheduled job too. */
const VARIANT = { isVariant: true } as const;

describe.skipIf(why !== null)(`AWS Fargate${why ? ` (skipped: ${why})` : ''}`, () => {
  let stand: AwsStand;
  useAwsStand((started) => {
    stand = started;
  });

  const kit = (
    title: string,
    mode: RunMode,
    options: Record<string, string>,
    more: Partial<KitSubject> = {},
  ) =>
    targetKit(title, () => ({
      ...more,
      driver: () => awsFargateDriver({ images: IMAGES, endpoint: stand.endpoint }),
      options,
      mode,
      packages: {
        first: packageOf('first'),
        second: packageOf('second'),
        broken: packageOf(mode === 'service' ? 'broken' : 'refused'),
      },
      brokenSays: mode === 'service' ? /exit code 3.*no such model/ : /refused/,
      inventory: () => inventoryOf(stand),
      tamper: async (id) => {
        const logGroupName = `/slipway/${id}`;
        await stand.byHand.logs.putRetentionPolicy({ logGroupName, retentionInDays: 3 });
      },
      priced: pricedBy('vcpu', 'memory', 'address', 'load-balancer', 'image'),
    }));

  kit('a service behind a load balancer', 'service', {});
  kit('a service with a public address', 'service', { exposure: 'public address' }, VARIANT);
  kit('a scheduled job', 'scheduled', {});
  kit('a job', 'job', {}, VARIANT);
});

const BEHAVIOURS = new Map<string, Behaviour>([
  ['first', { exitCode: null, log: ['first is up'] }],
  ['second', { exitCode: null, log: ['second is up'] }],
  ['broken', { exitCode: 3, log: ['loading', 'no such model'] }],
]);

const STAND_IMAGES = standImages(BEHAVIOURS);
/** A job is not started when it is deployed: what can go wrong is its image. */
const IMAGES: ImageMaker = {
  ...STAND_IMAGES,
  push: (package_, ...rest) =>
    package_.hash === 'refused'
      ? fail('build-failed', 'The image was refused by the registry.')
      : STAND_IMAGES.push(package_, ...rest),
};
