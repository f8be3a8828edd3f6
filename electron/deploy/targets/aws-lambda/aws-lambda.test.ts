/** The target kit on the stand: a service as a function behind an address of its own. */

import { describe, vi } from 'vitest';
import { pricedBy, targetKit } from '../../testing/target-kit';
import { inventoryOf } from '../aws/testing/inventory';
import { type AwsStand, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
import { packageOf } from '../aws/testing/try-out';
import { useAwsStand } from '../aws/testing/use-stand';
import { awsLambdaDriver } from '.';

const why = whyNoAwsStand();
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const BEHAVIOURS = new Map<string, Behaviour>([
  ['first', { exitCode: null, log: ['first is up'] }],
  ['second', { exitCode: null, log: ['second is up'] }],
  ['broken', { exitCode: 3, log: ['loading', 'no such model'] }],
]);

describe.skipIf(why !== null)(`AWS Lambda${why ? ` (skipped: ${why})` : ''}`, () => {
  let stand: AwsStand;
  useAwsStand((started) => {
    stand = started;
  });

  targetKit('a service', () => ({
    driver: () => awsLambdaDriver({ images: standImages(BEHAVIOURS), endpoint: stand.endpoint }),
    options: {},
    mode: 'service',
    packages: {
      first: packageOf('first'),
      second: packageOf('second'),
      broken: packageOf('broken'),
    },
    brokenSays: /exit status 3.*no such model/,
    inventory: () => inventoryOf(stand),
    // Somebody gives the function other memory in the console, and takes the permissions of the address away.
    tamper: async (id) => {
      const one = stand.lambda.functions.get(`slipway-${id}`);
      const alias = one?.aliases.get('live');
      if (!one || !alias) throw new Error('nothing to change by hand');
      alias.statements = [];
      one.latest.config.MemorySize = 3008;
    },
    priced: pricedBy('duration', 'requests', 'image'),
  }));
});
