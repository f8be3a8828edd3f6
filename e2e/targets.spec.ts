/** trees.ipynb, which nobody here wrote, from the window to engines (here, on another host by ssh, in a swarm) and to a cluster. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import Docker from 'dockerode';
import { openTestCluster, whyNoCluster } from '../electron/deploy/testing/test-cluster';
import { startRegistry, whyNoRegistry } from '../electron/engine/testing/registry';
import { type SshHost, startSshHost, whyNoSshHost } from '../electron/engine/testing/ssh-host';
import { environment } from './environment';
import { test as base, expect, sharedNotebook } from './fixtures';
import { askNotebook } from './oracle';
import { runSlipway } from './packaged';
import { AlivePage, DeployPage, EstimatePage } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';

const NAME = 'trees';
const MODEL = 'grid';
const ROWS = 'X_test';

const test = base.extend<object, { readonly trees: { home: string; folder: string } }>({
  /** Packaged and run once, by the command line: the window's part begins at the estimate. */
  trees: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies from this pattern.
    async ({}, use) => {
      const place = mkdtempSync(join(tmpdir(), 'slipway-targets-'));
      const trees = { home: join(place, 'home'), folder: join(place, 'trees') };
      mkdirSync(trees.folder, { recursive: true });
      cpSync(sharedNotebook('trees.ipynb') ?? '', join(trees.folder, 'trees.ipynb'));
      const python = join(environment(), 'bin', 'python');
      runSlipway(trees.home, trees.folder, [
        ...['run', 'trees.ipynb', '--environment', python],
        ...['--serve', MODEL, '--no-compare', '--name', NAME],
      ]);
      await use(trees);
      rmSync(place, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 300_000 },
  ],
});

const ownEngine = process.env.DOCKER_HOST;

const noEngine = (): string | null =>
  process.env.SLIPWAY_TEST_DOCKER === '1' && process.env.SLIPWAY_TEST_BASE_IMAGE
    ? null
    : (process.env.SLIPWAY_TEST_DOCKER_WHY ?? 'no Docker engine was started for the tests');

const engine = (): Docker =>
  new Docker({ socketPath: (process.env.DOCKER_HOST ?? '').replace('unix://', '') || undefined });

async function standing(docker: Docker): Promise<string[]> {
  const containers = await docker.listContainers({ all: true });
  const { Volumes } = await docker.listVolumes();
  return [
    ...containers.map(({ Names }) => `container ${Names[0]}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ].sort();
}

interface Road {
  readonly target: 'docker' | 'docker-swarm' | 'kubernetes';
  readonly options: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
}

/** Plan, price, confirm, answer, a second revision, back to the first, removed: clicks and keys only. */
async function takeRoad(page: Page, studio: StudioPage, notebook: string, road: Road) {
  await studio.goTo('estimate');
  const estimate = new EstimatePage(page);
  await estimate.mode('Service');
  await estimate.isShown();
  await estimate.choose(road.target);
  await studio.goTo('deploy');
  for (const [key, value] of Object.entries(road.options)) {
    const field = page.getByTestId(`deploy-option-${key}`);
    await field.fill(value);
    await field.press('Enter');
  }
  for (const [key, value] of Object.entries(road.choices)) {
    await page.getByTestId(`deploy-option-${key}`).selectOption(value);
  }
  const deploy = new DeployPage(page);
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText(/Docker|Swarm|Cluster/);
  await expect(page.getByTestId('plan-total')).toContainText('$');
  await deploy.apply(600_000);
  const truth = askNotebook(notebook, MODEL, ROWS);
  expect(await deploy.tryIt({ rows: truth.rows })).toMatchObject({
    predictions: truth.predictions,
  });

  const greeting = page.getByTestId('deploy-environment');
  await greeting.fill('SLIPWAY_E2E=second');
  await greeting.blur();
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
    cpSync(trees.folder, join(desk.folder, 'trees'), { recursive: true });
    cpSync(trees.home, desk.home, { recursive: true });
  });
  test.afterEach(async () => {
    delete process.env.SLIPWAY_SSH_CONFIG;
    if (ownEngine !== undefined) process.env.DOCKER_HOST = ownEngine;
    await host?.stop();
    host = null;
    if (noEngine() === null) expect(await standing(docker)).toEqual(before);
  });

  const open = async (studio: StudioPage, folder: string): Promise<string> => {
    const path = join(folder, 'trees', 'trees.ipynb');
    await studio.open(path);
    const place = await studio.goTo('build');
    const field = place.getByTestId('build-baseImage');
    await field.fill(process.env.SLIPWAY_TEST_BASE_IMAGE ?? '');
    await field.press('Enter');
    return path;
  };

  test('here', async ({ studio, desk }) => {
    const path = await open(studio, desk.folder);
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
    const path = await open(studio, desk.folder);
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
      const path = await open(studio, desk.folder);
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
      const path = await open(studio, desk.folder);
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
