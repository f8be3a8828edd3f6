/** Jobs and schedules, and deployments that were interrupted, with real processes. */
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { fail } from '../../shared/base/studio-error';
import { ended } from '.';
import { testDeployments, toyEnvironment, unwrap } from './test-deployments';

let studio: Awaited<ReturnType<typeof testDeployments>>;
afterEach(() => studio.dispose());

describe('a job on this computer', () => {
  it('runs when told, with its parameters, and remembers how it ended', async () => {
    studio = await testDeployments();
    await studio.deploys.setSettings({ parameters: { n_estimators: '20' } });
    const { deploymentId: id, url } = await studio.deploy('job');
    const idle = (await studio.operate.find(id)).status;
    unwrap(await ended(studio.operate.command(id, 'run')));
    const after = await studio.until(id, (each) => each.runs[0]?.endedAt != null);
    const result = await readFile(
      `${after.folder}/data/runs/${after.runs[0]?.id}/result.txt`,
      'utf8',
    );
    const log = unwrap(await studio.operate.searchLogs(id, 'arguments'));
    expect({
      url,
      idle,
      state: after.runs[0]?.state,
      trigger: after.runs[0]?.trigger,
      result,
      arguments: log.map((line) => line.text),
      cost: after.cost.toDate?.likely === after.cost.estimate?.likely,
    }).toEqual({
      url: null,
      idle: 'idle',
      state: 'succeeded',
      trigger: 'person',
      result: 'done',
      arguments: ['arguments --n-estimators=20'],
      cost: true,
    });
  });

  it('says how a run failed and waits for the next', async () => {
    studio = await testDeployments();
    await studio.deploys.setSettings({ parameters: { fail: 'yes' } });
    const { deploymentId: id } = await studio.deploy('job');
    unwrap(await ended(studio.operate.command(id, 'run')));
    const after = await studio.until(id, (each) => each.runs[0]?.endedAt != null);
    expect({
      state: after.runs[0]?.state,
      exitCode: after.runs[0]?.exitCode,
      status: after.status,
    }).toEqual({
      state: 'failed',
      exitCode: 3,
      status: 'idle',
    });
  });

  it('runs on a schedule in its time zone', async () => {
    studio = await testDeployments();
    await studio.deploys.setSettings({
      mode: 'scheduled',
      schedule: { cron: '30 6 * * *', timeZone: 'Asia/Tokyo' },
    });
    const { deploymentId: id, nextRunAt } = await studio.deploy('scheduled');
    const alive = await studio.operate.find(id);
    const next = new Date(alive.nextRunAt ?? 0);
    expect({
      status: alive.status,
      at: [next.getUTCHours(), next.getUTCMinutes()],
      told: nextRunAt === alive.nextRunAt,
    }).toEqual({
      status: 'scheduled',
      at: [21, 30],
      told: true,
    });
  });
});

describe('a deployment that was interrupted', () => {
  it('stands in the list as unfinished and goes on with the same plan', async () => {
    const environment = await toyEnvironment();
    let isBroken = true;
    studio = await testDeployments({
      find: async () => null,
      ensure: async () =>
        isBroken ? fail('package-index', 'The package index can’t be reached.') : environment,
    });
    const plan = await studio.plan('job');
    const failed = await studio.apply(plan);
    const progress = { ...studio.deploys.state.value.progress };
    const unfinished = (await studio.operate.find(plan.deploymentId)).status;
    isBroken = false;
    const again = await studio.apply(plan);
    expect({
      failed: failed.ok || failed.error.kind,
      progress,
      unfinished,
      again: again.ok,
      status: (await studio.operate.find(plan.deploymentId)).status,
    }).toEqual({
      failed: 'package-index',
      progress: { folder: 'done', package: 'done', environment: 'failed', process: 'planned' },
      unfinished: 'unfinished',
      again: true,
      status: 'idle',
    });
  });
});

describe('what decides the price', () => {
  it('can’t be changed after the price was seen', async () => {
    studio = await testDeployments();
    await studio.plan('scheduled');
    const set = await studio.deploys.setSettings({
      schedule: { cron: '* * * * *', timeZone: 'UTC' },
    });
    const runs = studio.estimates.state.value.assumptions.find(
      (each) => each.key === 'use.runsPerMonth',
    );
    const refused = await studio.deploys.plan();
    const wrong = await studio.deploys.setSettings({
      schedule: { cron: 'soon', timeZone: 'UTC' },
    });
    expect({
      set: set.ok,
      runs: runs?.value,
      refused: refused.ok || refused.error.kind,
      wrong: wrong.ok || wrong.error.kind,
    }).toEqual({ set: true, runs: 43_800, refused: 'estimate-needed', wrong: 'invalid-input' });
  });
});
