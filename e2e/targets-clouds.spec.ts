/**
 * trees.ipynb from the window to the clouds. Each is a stand on this machine; the image is really built and pushed,
 * and what the cloud is told to run runs on the tests' engine and answers. Beside targets.spec, whose package it shares.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { testEngine } from '../electron/deploy/testing/engine-work';
import type { Registry } from '../electron/engine/testing/registry';
import { dataPython } from '../electron/package/test-python';
import { CLOUDS, type CloudStand, startCloudRegistry } from './cloud-stands';
import { type Desk, expect } from './fixtures';
import { askNotebook, type Truth } from './oracle';
import { askSlipway } from './packaged';
import { AlivePage, DeployPage, EstimatePage } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';
import { bringTrees, MODEL, NAME, openTrees, ROWS, standing, test, whyNotHere } from './trees';

/** The command line knows no cloud by name: the two whose stands are quickest will do. */
const BY_COMMANDS = ['google-cloud-run', 'azure-container-apps'];
/** In the app's environment, and named by a deployment's secrets only. */
const SECRET = 'planted-value-of-a-secret';
/** Python ends at once with these words. */
const BROKEN = { environment: 'PYTHONPATH=/nowhere', says: /No module named '?trees/ };

const docker = testEngine();
let before: string[] = [];
let stand: CloudStand | null = null;
let truth: Truth | null = null;
let registry: Registry | null = null;
let added: string[] = [];

// Said of the whole file: else the first test would package the notebook before it is skipped.
const why = whyNotHere();
test.skip(why !== null, why ?? '');

test.beforeEach(async ({ trees, desk }) => {
  bringTrees(trees, desk);
  before = await standing(docker);
});
test.afterEach(async () => {
  for (const name of added) delete process.env[name];
  await stand?.stop();
  stand = null;
  expect(await standing(docker)).toEqual(before);
});

test.afterAll(() => registry?.stop());

for (const cloud of CLOUDS) {
  test(`trees.ipynb to ${cloud.title}`, async ({ launch, desk }) => {
    const noStand = cloud.whyNot();
    test.skip(noStand !== null, noStand ?? '');
    test.setTimeout(900_000);
    registry ??= await startCloudRegistry();
    stand = await cloud.start(registry);
    const inventory = await stand.inventory();
    const environment = { ...stand.environment, SLIPWAY_E2E_SECRET: SECRET };
    added = Object.keys(environment);
    Object.assign(process.env, environment);
    const { studio } = await launch();
    const notebook = await openTrees(studio, desk.folder);
    truth ??= askNotebook(notebook, MODEL, ROWS);
    const shown = await takeRoad(studio, cloud.target, stand, truth);
    if (BY_COMMANDS.includes(cloud.target))
      shown.push(...(await takeRoadByCommands(desk, cloud.target, stand, truth)));
    await expect.poll(() => stand?.inventory(), { timeout: 30_000 }).toEqual(inventory);
    expect(await stand.pushed()).toEqual([]);
    const planted = [...stand.planted, SECRET];
    expect(leaks([...shown, ...filesIn(desk.home), ...filesIn(desk.folder)], planted)).toEqual([]);
  });
}

/** Answers all that was to be read on the way. */
async function takeRoad(
  studio: StudioPage,
  target: (typeof CLOUDS)[number]['target'],
  cloud: CloudStand,
  { rows, predictions }: Truth,
): Promise<string[]> {
  const { page } = studio;
  const read: string[] = [];
  const note = async () => read.push(await page.locator('body').innerText());
  await new EstimatePage(page).chooseFor(studio, 'Service', target);
  const deploy = new DeployPage(page);
  await deploy.choose(studio, cloud);

  if (cloud.hasSecrets) await deploy.secrets('API_KEY=env:SLIPWAY_E2E_SECRET');
  if (cloud.refusesSecret) {
    expect(await deploy.fails('deploy-plan')).toMatch(cloud.refusesSecret);
    await note();
    await deploy.secrets('');
  }
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText(cloud.place);
  await expect(page.getByTestId('plan-total')).toContainText('$');
  await note();
  await deploy.apply(480_000);
  await note();
  expect(await deploy.tryIt({ rows })).toMatchObject({ predictions });
  const [image, ...others] = await cloud.pushed();
  expect({ reference: image?.reference, others }).toEqual({
    reference: expect.stringMatching(
      new RegExp(`slipway(-lambda)?[-/]${NAME}.*:[0-9a-f]{12}-[0-9a-f]{6}$`),
    ),
    others: [],
  });
  read.push(await historyOf(image?.reference ?? ''));

  await deploy.plan();
  expect(await changes(page)).toEqual([]);
  if (cloud.hasTerraform) {
    // Beside the package: what lies there is searched for secrets at the end.
    await page.getByTestId('deploy-export').click();
    await expect(page.getByTestId('deploy-exported')).toContainText(target, { timeout: 60_000 });
    await expect(page.getByTestId('deploy-left-out')).toContainText(
      'Terraform builds and pushes none',
    );
  }

  await deploy.environment(BROKEN.environment);
  await deploy.plan();
  expect(await deploy.fails('deploy-apply')).toMatch(BROKEN.says);
  await note();
  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await alive.deployment(NAME).click();
  await expect(alive.state(NAME)).toContainText(/running/, { timeout: 60_000 });
  await expect(page.getByTestId('revision-1').getByText('current')).toBeVisible();

  await studio.goTo('deploy');
  await deploy.environment('SLIPWAY_E2E=second');
  await deploy.plan();
  await expect(page.getByTestId('deploy-revision')).toContainText(/revision 1 becomes [23]/);
  await deploy.apply();
  expect(await deploy.tryIt({ rows })).toMatchObject({ predictions });

  await studio.goTo('operate');
  await expect(alive.state(NAME)).toContainText(/running/, { timeout: 60_000 });
  await alive.rollBack(NAME, 1);
  await note();
  await alive.remove(NAME);
  return read;
}

/** The same road without the window, with the package that it left. Answers all that was printed. */
async function takeRoadByCommands(
  desk: Desk,
  target: string,
  { options, choices }: CloudStand,
  { rows, predictions }: Truth,
): Promise<string[]> {
  const printed: string[] = [];
  const ask = async (...args: string[]) => {
    const answer = await askSlipway(desk.home, join(desk.folder, NAME), ...args);
    printed.push(JSON.stringify(answer));
    return answer;
  };
  const settings = Object.entries({ ...options, ...choices });
  const road = [
    ...['trees.ipynb', '--environment', dataPython(), '--serve', MODEL, '--name', NAME],
    ...['--mode', 'service', '--target', target],
    ...settings.flatMap(([key, value]) => ['--option', `${key}=${value}`]),
  ];
  expect(await ask('deploy', ...road, '--yes')).toMatchObject({
    deployed: { deploymentId: NAME, revision: 1 },
  });
  expect(await ask('predict', NAME, JSON.stringify({ rows }))).toMatchObject({
    status: 200,
    body: { predictions },
  });
  const { changes: again } = planSchema.parse(await ask('plan', ...road));
  expect(again.filter(({ kind }) => kind !== 'keep')).toEqual([]);
  await ask('remove', NAME);
  expect(await ask('list')).toMatchObject({ deployments: [], unreachable: [] });
  return printed;
}

const planSchema = z.object({ changes: z.array(z.object({ kind: z.string() }).loose()) });

/** What a plan would do. */
async function changes(page: Page): Promise<string[]> {
  const rows = await page.getByTestId('plan-change').all();
  const all = await Promise.all(
    rows.map(async (row) => [
      (await row.getByRole('img').getAttribute('aria-label')) ?? '',
      await row.innerText(),
    ]),
  );
  return all.filter(([kind]) => kind !== 'keep as it is').map((each) => each.join(' '));
}

/** Labels, environment and the commands of an image, as anybody who pulls it can read them. */
async function historyOf(reference: string): Promise<string> {
  const images = await docker.listImages();
  const tag = images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .find((each) => each.endsWith(reference.slice(reference.lastIndexOf(':'))));
  const image = docker.getImage(tag ?? '');
  return JSON.stringify([await image.inspect(), await image.history()]);
}

function* filesIn(folder: string): Generator<string> {
  for (const each of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, each.name);
    if (each.isDirectory()) yield* filesIn(path);
    // What uv and Python bring is no text of ours.
    else if (each.isFile() && statSync(path).size < 5e6) yield `${path}\n${readFileSync(path)}`;
  }
}

const leaks = (texts: Iterable<string>, planted: readonly string[]): string[] =>
  [...texts].flatMap((text) =>
    planted.filter((word) => text.includes(word)).map((word) => `${word} in ${text.slice(0, 200)}`),
  );
