import { afterAll, beforeAll } from 'vitest';
import type { DeploymentId } from '../../../../shared/base/ids';
import type { RunMode } from '../../../../shared/estimate';
import { pricedBy, targetKit } from '../../testing/target-kit';
import { GROUP, type Outcome, SUBSCRIPTION } from './testing/arm-state';
import { packageOf, startStand } from './testing/stand';

let stand: Awaited<ReturnType<typeof startStand>>;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.azure.stop());

/** What each of the two shows of a package that is broken: a job runs only when it is told. */
const BROKEN: Readonly<Record<'service' | 'scheduled' | 'job', Outcome>> = {
  service: {
    image: /toy:broken/,
    error: 'Container package was terminated with exit code 1.',
    log: ['ModuleNotFoundError: no such model'],
  },
  scheduled: { image: /toy:broken/, error: 'UNAUTHORIZED: no such model is for you', log: [] },
  job: { image: /toy:broken/, error: 'MANIFEST_UNKNOWN: no such model', log: [] },
};

/** By hand: reached from elsewhere, or another time or patience, as the portal would do it. */
function tamper(id: DeploymentId, mode: RunMode) {
  const path = `Microsoft.App/${mode === 'service' ? 'containerApps' : 'jobs'}/${id}`;
  const { configuration } = stand.azure.state.get(path).properties as {
    configuration: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const changed = {
    service: { ingress: { ...configuration.ingress, external: true } },
    scheduled: {
      scheduleTriggerConfig: {
        ...configuration.scheduleTriggerConfig,
        cronExpression: '5 5 * * *',
      },
    },
    job: { replicaTimeout: 7 },
  }[mode];
  stand.azure.state.change(path, { configuration: { ...configuration, ...changed } });
}

for (const mode of ['service', 'scheduled', 'job'] as const) {
  targetKit(`Azure Container Apps, ${mode}`, () => {
    stand.azure.state.outcomes.splice(0, 1, BROKEN[mode]);
    return {
      driver: stand.driver,
      options: { subscription: SUBSCRIPTION, resourceGroup: GROUP },
      mode,
      priced: pricedBy('vcpu', 'memory', 'registry'),
      packages: { first: packageOf('a'), second: packageOf('b'), broken: packageOf('broken') },
      brokenSays: /no such model/i,
      inventory: async () => [
        ...stand.azure.state.things.keys(),
        ...stand.azure.state.images.map(
          ({ server, repository, tag }) => `${server}/${repository}:${tag}`,
        ),
      ],
      tamper: async (id) => tamper(id, mode),
      settings: { resources: { vcpu: 0.5, memoryGib: 1 } },
    };
  });
}
