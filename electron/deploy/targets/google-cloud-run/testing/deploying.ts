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
import { PROJECT } from './fake-google';
import { packageOf } from './stand';

export const REGION = 'europe-west3';
const ID = DeploymentId('churn');

export async function deployer(driver: TargetDriver, more: Partial<DeploySettings> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'slipway-cloud-run-'));
  const target = new ResourceTarget(driver, new KnownPlaces(home));
  const settings: DeploySettings = {
    name: ID,
    mode: 'service',
    port: null,
    schedule: null,
    parameters: {},
    environment: {},
    secrets: {},
    resources: null,
    replicas: 1,
    ...more,
    options: { project: PROJECT, region: REGION, ...more.options },
  };
  const key = `${ID}@${PROJECT}.${REGION}`;
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
    deploy: async (hash = 'a', task = SILENT) =>
      applyPlan(target, await target.plan(request(hash)), task),
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
