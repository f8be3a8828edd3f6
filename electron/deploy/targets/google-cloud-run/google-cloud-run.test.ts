import { afterAll, beforeAll } from 'vitest';
import type { DeploymentId } from '../../../../shared/base/ids';
import type { RunMode } from '../../../../shared/estimate';
import { pricedBy, targetKit } from '../../testing/target-kit';
import { PROJECT } from './testing/fake-google';
import type { Outcome } from './testing/google-state';
import { packageOf, startStand } from './testing/stand';

let stand: Awaited<ReturnType<typeof startStand>>;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.google.stop());

const REGION = 'europe-west3';
const PARENT = `projects/${PROJECT}/locations/${REGION}`;
/** What each of the two shows of a package that is broken: a job runs only when it is told. */
const BROKEN: Readonly<Record<'service' | 'scheduled' | 'job', Outcome>> = {
  service: {
    image: /toy:broken/,
    reason: 'HEALTH_CHECK_CONTAINER_ERROR',
    message: 'The user-provided container failed to start and listen on the port.',
    log: ['ModuleNotFoundError: no such model'],
  },
  scheduled: {
    image: /toy:broken/,
    reason: 'CONTAINER_IMAGE_UNAUTHORIZED',
    message: 'No such model of a container for this architecture.',
    log: [],
  },
  job: {
    image: /toy:broken/,
    reason: 'CONTAINER_MISSING',
    message: 'No such model in the registry.',
    log: [],
  },
};

/** By hand: opened to all, or another time or size, as the console would do it. */
function tamper(id: DeploymentId, mode: RunMode) {
  const change = (name: string, more: Readonly<Record<string, unknown>>) => {
    const there = stand.google.state.things.get(`${PARENT}/${name}`);
    if (!there) throw new Error(`${name} is not there`);
    stand.google.state.things.set(there.name, { ...there, ...more });
  };
  if (mode === 'service') change(`services/${id}`, { invokerIamDisabled: true });
  else if (mode === 'scheduled') change(`schedules/slipway-${id}`, { schedule: '5 5 * * *' });
  else change(`jobs/${id}`, { template: { taskCount: 1, template: { maxRetries: 7 } } });
}

for (const mode of ['service', 'scheduled', 'job'] as const) {
  targetKit(`Google Cloud Run, ${mode}`, () => {
    stand.google.state.outcomes.splice(0, 1, BROKEN[mode]);
    return {
      driver: stand.driver,
      options: { project: PROJECT, region: REGION },
      mode,
      priced: pricedBy('vcpu', 'memory'),
      packages: { first: packageOf('a'), second: packageOf('b'), broken: packageOf('broken') },
      brokenSays: /no such model/i,
      inventory: async () => [
        ...stand.google.state.things.keys(),
        ...stand.google.state.images.keys(),
      ],
      tamper: async (id) => tamper(id, mode),
    };
  });
}
