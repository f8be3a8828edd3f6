/** The target kit on the stand: a service as a function behind an address of its own. */
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { PRICED, targetKit } from '../../testing/target-kit';
import { inventoryOf } from '../aws/testing/inventory';
import { type AwsStand, SIGNED_IN, startAwsStand, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
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
  beforeAll(async () => {
    for (const [name, value] of Object.entries(SIGNED_IN)) vi.stubEnv(name, value);
    stand = await startAwsStand();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await stand.stop();
  });

  targetKit('a service', () => ({
    driver: () => awsLambdaDriver({ images: standImages(BEHAVIOURS), endpoint: stand.endpoint }),
    options: {},
    mode: 'service',
    packages: { first: made('first'), second: made('second'), broken: made('broken') },
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
    priced: LINES,
  }));
});

const made = (hash: string) => ({
  folder: '/nowhere',
  name: 'toy',
  hash,
  python: '3.11',
  hasService: true,
});

const line = (id: string) => ({
  id,
  label: id,
  kind: 'usage' as const,
  quantity: 1,
  unit: 'request',
  price: 1,
  usd: 1,
  range: { low: 1, likely: 1, high: 1 },
  basis: 'assumed' as const,
  how: '',
  source: null,
  date: null,
  region: null,
  staleness: null,
});
const LINES = { ...PRICED, lines: ['duration', 'requests', 'image'].map(line) };
