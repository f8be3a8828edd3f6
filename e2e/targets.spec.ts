/** trees.ipynb, which nobody here wrote, from the window to engines (here, on another host by ssh, in a swarm) and to a cluster. */
import type { Page } from '@playwright/test';
import type Docker from 'dockerode';
import { openTestCluster, whyNoCluster } from '../electron/deploy/testing/test-cluster';
import { startRegistry, whyNoRegistry } from '../electron/engine/testing/registry';
import { type SshHost, startSshHost, whyNoSshHost } from '../electron/engine/testing/ssh-host';
import { expect, sharedNotebook } from './fixtures';
import { askNotebook } from './oracle';
import { AlivePage, DeployPage, EstimatePage } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';
import {
  bringTrees,
  engine,
  MODEL,
  NAME,
  noEngine,
  openTrees,
  ROWS,
  standing,
  test,
} from './trees';

const ownEngine = process.env.DOCKER_HOST;

interface Road {
  readonly target: 'docker' | 'docker-swarm' | 'kubernetes';
  readonly options: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
}

/** Plan, price, confirm, answer, a second revision, back to the first, removed: clicks and keys only. */
async function takeRoad(page: Page, studio: StudioPage, notebook: string, road: Road) {
  await new EstimatePage(page).chooseService(studio, road.target);
  const deploy = new DeployPage(page);
  await deploy.choose(studio, road);
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText(/Docker|Swarm|Cluster/);
  await expect(page.getByTestId('plan-total')).toContainText('$');
  await deploy.apply(600_000);
  const truth = askNotebook(notebook, MODEL, ROWS);
  expect(await deploy.tryIt({ rows: truth.rows })).toMatchObject({
    predictions: truth.predictions,
  });

  await deploy.environment('SLIPWAY_E2E=second');
  await deploy.plan();
  await expect(page.getByTestId('deploy-revision')).toContainText('revision 1 becomes 2');
  await deploy.apply();
  expect(await deploy.tryIt({ rows: truth.rows })).toMatchObject({
    predictions: truth.predictions,
  });

  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await expect(alive.state(NAME)).toContainText(/running/, { timeout: 60_000 });
  await alive.rollBack(NAME, 1);
  await alive.remove(NAME);
}

test.describe('trees.ipynb to an engine', () => {
  let docker: Docker;
  let before: string[] = [];
  let host: SshHost | null = null;

  test.beforeEach(async ({ desk, trees }) => {
    test.skip(noEngine() !== null, noEngine() ?? '');
    test.skip(sharedNotebook('trees.ipynb') === null, 'the folder ../shared is not here');
    test.setTimeout(900_000);
    docker = engine();
    before = await standing(docker);
    bringTrees(trees, desk);
  });
  test.afterEach(async () => {
    delete process.env.SLIPWAY_SSH_CONFIG;
    if (ownEngine !== undefined) process.env.DOCKER_HOST = ownEngine;
    await host?.stop();
    host = null;
    if (noEngine() === null) expect(await standing(docker)).toEqual(before);
  });

  test('here', async ({ studio, desk }) => {
    const path = await openTrees(studio, desk.folder);
    await takeRoad(studio.page, studio, path, { target: 'docker', options: {}, choices: {} });
  });

  test('on another host, by ssh', async ({ launch, desk }) => {
    const why = whyNoSshHost();
    test.skip(why !== null, why ?? '');
    host = await startSshHost(process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock');
    process.env.SLIPWAY_SSH_CONFIG = host.config;
    // On the computer of the window no engine answers: all goes by ssh.
    process.env.DOCKER_HOST = 'unix:///nowhere/docker.sock';
    const { studio } = await launch();
    const path = await openTrees(studio, desk.folder);
    await takeRoad(studio.page, studio, path, {
      target: 'docker',
      options: { engine: host.address },
      choices: {},
    });
  });

  test('in a swarm', async ({ studio, desk }) => {
    test.skip(!process.env.DOCKER_HOST, 'the engine here is not ours to make a swarm of');
    await docker.swarmLeave({ force: true }).catch(() => undefined);
    await docker.swarmInit({ ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' });
    try {
      const path = await openTrees(studio, desk.folder);
      await takeRoad(studio.page, studio, path, {
        target: 'docker-swarm',
        options: {},
        choices: { publish: 'host' },
      });
    } finally {
      await docker.swarmLeave({ force: true });
    }
  });

  // Run with the cluster's own tests, last: it is built while the others run.
  test('on Kubernetes @cluster', async ({ studio, desk }) => {
    const why = whyNoCluster() ?? whyNoRegistry();
    test.skip(why !== null, why ?? '');
    const cluster = await openTestCluster('e2e');
    const registry = await startRegistry();
    try {
      const inventory = await cluster.inventory();
      const path = await openTrees(studio, desk.folder);
      await takeRoad(studio.page, studio, path, {
        target: 'kubernetes',
        options: {
          kubeconfig: cluster.kubeconfig,
          namespace: cluster.namespace,
          registry: `${registry.host}/team`,
        },
        choices: {},
      });
      await expect.poll(() => cluster.inventory(), { timeout: 60_000 }).toEqual(inventory);
    } finally {
      await cluster.close();
      await registry.stop();
    }
  });
});
