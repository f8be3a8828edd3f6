/**
 * trees.ipynb from the window to the clouds. Each is a stand on this machine; the image is really built and pushed,
 * and what the cloud is told to run runs on the tests' engine and answers. Beside targets.spec, whose package it shares.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { testEngine } from '../electron/deploy/testing/engine-work';
import type { Registry } from '../electron/engine/testing/registry';
import { TARGET_TITLES } from '../shared/estimate';
import { CLOUDS, type CloudStand, startCloudRegistry } from './cloud-stands';
import { takeRoadByCommands } from './commands';
import { expect } from './fixtures';
import { askNotebook, type Truth } from './oracle';
import { askSlipway } from './packaged';
import { AlivePage, DeployPage, EstimatePage } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';
import { answersWith } from './roads';
import { images, MARK, NAME, standing } from './standing';
import { bringTrees, MODEL, openTrees, ROWS, test, whyNotHere } from './trees';

/** The command line knows no cloud by name: one will do. */
const BY_COMMANDS = 'azure-container-apps';
/** In the app's environment, and named by a deployment's secrets only. */
const SECRET = 'planted-value-of-a-secret';
/** Python ends at once with these words. */
const BROKEN = {
  environment: `${MARK}=broken\nPYTHONPATH=/nowhere`,
  says: /No module named '?trees/,
};

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

/** What was built and pushed is kept here until it is cleaned up, so that the next one finds it. */
test.afterAll(async ({ trees }) => {
  await registry?.stop();
  await askSlipway(trees.home, trees.folder, 'images', '--clean');
  expect(await images(docker)).toEqual([]);
});

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
    if (cloud.target === BY_COMMANDS) {
      const { options, choices, answered } = stand;
      const road = { target: cloud.target, options, choices, answered, truth };
      shown.push(...(await takeRoadByCommands(desk, { ...road, exports: 'main.tf' })));
    }
    await expect.poll(() => stand?.inventory(), { timeout: 30_000 }).toEqual(inventory);
    // Of the desk, not of the cloud: it stays until it is cleaned up.
    expect(await images(docker)).not.toEqual([]);
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
  truth: Truth,
): Promise<string[]> {
  const { page } = studio;
  const answers = (mark: string) => answersWith(page, truth, cloud.answered, mark);
  const read: string[] = [];
  const note = async () => read.push(await page.locator('body').innerText());
  await new EstimatePage(page).chooseFor(studio, 'Service', target);
  const deploy = new DeployPage(page);
  await deploy.choose(studio, cloud);
  await deploy.environment(`${MARK}=first`);

  if (cloud.hasSecrets) await deploy.secrets('API_KEY=env:SLIPWAY_E2E_SECRET');
  if (cloud.refusesSecret) {
    expect(await deploy.fails('deploy-plan')).toMatch(cloud.refusesSecret);
    await note();
    await deploy.secrets('');
  }
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText(cloud.place);
  await deploy.confirms(TARGET_TITLES[target]);
  await note();
  await deploy.applyInSight(480_000);
  await note();
  await answers('first');
  const [image, ...others] = await cloud.pushed();
  expect({ reference: image?.reference, others }).toEqual({
    reference: expect.stringMatching(
      new RegExp(`slipway(-lambda)?[-/]${NAME}.*:[0-9a-f]{12}-[0-9a-f]{6}$`),
    ),
    others: [],
  });
  read.push(await historyOf(image?.reference ?? ''));

  await deploy.plan();
  const lines = await planned(page);
  expect(lines).not.toEqual([]);
  expect(lines.filter((each) => !each.startsWith('keep as it is'))).toEqual([]);
  if (cloud.hasTerraform) {
    // Beside the package: what lies there is searched for secrets at the end.
    expect(await deploy.exportFiles()).toContain(target);
    await expect(page.getByTestId('deploy-left-out')).toContainText(
      'Terraform builds and pushes none',
    );
  }

  await deploy.environment(BROKEN.environment);
  await deploy.plan();
  const said = await deploy.fails('deploy-apply');
  expect(said).toMatch(BROKEN.says);
  expect(said).toContain('Revision 1 runs again.');
  await note();
  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await alive.deployment(NAME).click();
  await expect(alive.state(NAME)).toContainText(/running/, { timeout: 60_000 });
  await expect(page.getByTestId('revision-1').getByText('current')).toBeVisible();
  await answers('first');

  await studio.goTo('deploy');
  await deploy.environment(`${MARK}=second`);
  await deploy.plan();
  await expect(page.getByTestId('deploy-revision')).toContainText(/revision 1 becomes [23]/);
  await deploy.apply();
  await answers('second');

  await studio.goTo('operate');
  await expect(alive.state(NAME)).toContainText(/running/, { timeout: 60_000 });
  await alive.rollBack(NAME, 1);
  await answers('first');
  await note();
  await alive.remove(NAME);
  return read;
}

/** What a plan would do, a line each. */
async function planned(page: Page): Promise<string[]> {
  const rows = await page.getByTestId('plan-change').all();
  const all = await Promise.all(
    rows.map(async (row) => [
      (await row.getByRole('img').getAttribute('aria-label')) ?? '',
      await row.innerText(),
    ]),
  );
  return all.map((each) => each.join(' '));
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
