/** One target of a test's own, as an app would hold it: plans, applies, waits, and takes all away at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DeploymentId } from '../../../shared/base/ids';
import type { DeployPlan, DeployResult, DeploySettings } from '../../../shared/deploy';
import type { RunMode } from '../../../shared/estimate';
import type { TaskContext } from '../../task';
import { KnownPlaces } from '../resources/known-places';
import type { TargetDriver } from '../resources/platform';
import { ResourceTarget } from '../resources/resource-target';
import type { DeployRequest, Observation } from '../targets/target';
import { applyPlan, ESTIMATE, PRICED, SILENT } from './target-kit';
import { TOYS } from './toy-images';

const WAIT_MS = 60_000;

export function kitRequest(
  mode: RunMode,
  which: keyof typeof TOYS,
  more: Partial<DeploySettings> = {},
): DeployRequest {
  return {
    settings: {
      name: DeploymentId('kit-desk'),
      mode,
      port: null,
      schedule: mode === 'scheduled' ? { cron: '0 2 * * *', timeZone: 'UTC' } : null,
      parameters: {},
      environment: {},
      secrets: {},
      resources: null,
      replicas: 1,
      options: {},
      ...more,
    },
    package: TOYS[which],
    estimate: ESTIMATE,
    priced: PRICED,
    priceAs: () => PRICED,
  };
}

export async function openKit(driver: TargetDriver, options: DeploySettings['options'] = {}) {
  const home = await mkdtemp(join(tmpdir(), 'slipway-desk-'));
  const target = new ResourceTarget(driver, new KnownPlaces(home));
  const all = Object.fromEntries(
    driver.describe().options.map((each) => [each.key, each.fallback]),
  );
  const platform = await driver.open({ ...all, ...options });
  const placeId = platform.place.id;
  await platform.close();
  const said: string[] = [];
  const task: TaskContext = {
    ...SILENT,
    progress: (_, message) => void said.push(message),
    log: (line) => void said.push(line),
  };
  return {
    target,
    task,
    /** All that was told on the way. */
    said,
    apply: (plan: DeployPlan): Promise<DeployResult> => applyPlan(target, plan, task),
    keyOf: (plan: DeployPlan): string => `${plan.deploymentId}@${placeId}`,
    /** What is told from now on, the last lines first, until `end`. */
    follow: (key: string) => {
      const stop = new AbortController();
      const texts: string[] = [];
      const following = (async () => {
        for await (const { lines } of target.followLogs(key, 10, stop.signal)) {
          for (const { index, text } of lines) texts[index] = text;
        }
      })();
      const end = async () => {
        stop.abort();
        await following;
      };
      return { texts, end };
    },
    until: async (key: string, isSo: (observed: Observation) => boolean): Promise<Observation> => {
      for (const deadline = Date.now() + WAIT_MS; ; ) {
        const observed = await target.observe(key);
        if (isSo(observed)) return observed;
        if (Date.now() > deadline)
          throw new Error(`It never came to be: ${JSON.stringify(observed)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    close: async (key: string): Promise<void> => {
      expect(await target.remove(key, SILENT)).toEqual([]);
      await target.dispose();
      await rm(home, { recursive: true, force: true });
    },
  };
}
