/** One deployment at the stand, as the app makes it. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeploymentId } from '../../../../../shared/base/ids';
import { StudioFailure } from '../../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../../shared/deploy';
import { KnownPlaces } from '../../../resources/known-places';
import type { TargetDriver } from '../../../resources/platform';
import { ResourceTarget } from '../../../resources/resource-target';
import { applyPlan, ESTIMATE, PRICED, SILENT } from '../../../testing/target-kit';
import { GROUP, SUBSCRIPTION } from './arm-state';
import { packageOf } from './stand';

const ID = DeploymentId('churn');

export async function deployer(driver: TargetDriver, more: Partial<DeploySettings> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'slipway-container-apps-'));
  const target = new ResourceTarget(driver, new KnownPlaces(home));
  const settings: DeploySettings = {
    name: ID,
    mode: 'service',
    port: null,
    schedule: null,
    parameters: {},
    environment: {},
    secrets: {},
    resources: { vcpu: 0.5, memoryGib: 1 },
    replicas: 1,
    ...more,
    options: { subscription: SUBSCRIPTION, resourceGroup: GROUP, ...more.options },
  };
  const key = `${ID}@${SUBSCRIPTION}.${GROUP}`;
  const request = (hash: string) => ({
    settings,
    package: packageOf(hash),
    estimate: ESTIMATE,
    priced: PRICED,
    priceAs: () => PRICED,
  });
  return {
    target,
    key,
    exported: (hash = 'a') => target.exportFiles(request(hash)),
    plan: (hash = 'a') => target.plan(request(hash)),
    deploy: async (hash = 'a') => applyPlan(target, await target.plan(request(hash))),
    /** Planned; applied when that is called. */
    begin: async (hash: string) => {
      const plan = await target.plan(request(hash));
      return () => applyPlan(target, plan);
    },
    check: () => target.check(request('a')),
    remove: () => target.remove(key, SILENT),
  };
}

/** What a person is told, or what came of it. */
export async function told(work: Promise<unknown>) {
  const thrown = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(thrown instanceof StudioFailure)) return thrown;
  const { kind, message, nextSteps } = thrown.error;
  return { kind, message, next: nextSteps.map(({ shell }) => shell) };
}
