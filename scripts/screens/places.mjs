/**
 * The places, in the order a person meets them. `arrange` leads there and selects something, `leave` closes what
 * covers the window; what later places need (`isAlways`) is arranged even when no picture of it is wanted.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const RUN_MS = 180_000;

async function goTo(page, place) {
  await page.getByTestId(`rail-${place}`).click();
  await page.getByTestId('place').first().waitFor();
}

const closeDialog = (page) => page.keyboard.press('Escape');

async function runNotebook(page) {
  await page.getByTestId('notebook').waitFor({ timeout: 60_000 });
  await page.getByTestId('kernel-chip').click();
  const beside = page.getByTestId('environment').filter({ hasText: 'near the notebook' }).first();
  await beside.getByRole('button', { name: /^Use / }).click({ timeout: 60_000 });
  await page.getByTestId('kernel-chip').filter({ hasText: 'idle' }).waitFor({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Run all' }).click();
  const states = page.getByTestId('run-state');
  const end = Date.now() + RUN_MS;
  const areDone = () =>
    states.evaluateAll((all) => all.every((one) => one.dataset.state === 'succeeded'));
  while (!(await areDone())) {
    if (Date.now() > end) throw new Error('the cells did not all succeed in time');
    await sleep(250);
  }
  const cell = page.getByTestId('cell').nth(2);
  await cell.scrollIntoViewIfNeeded();
  await cell.focus();
}

/** What a notification says is said by the place as well, and it would hide a part of it. */
async function closeNotifications(page) {
  for (const close of await page.locator('.mantine-Notification-closeButton').all()) {
    await close.click();
  }
}

const BASE_IMAGE = process.env.SLIPWAY_TEST_BASE_IMAGE ?? '';
const ENGINE_MS = 600_000;
const KEPT_MS = 1000;

/** What is written is kept a moment later: a plan made before that would be of other settings. */
async function fill(page, testId, text) {
  const field = page.getByTestId(testId);
  await field.fill(text);
  await field.blur();
  await sleep(KEPT_MS);
}

async function planOnEngine(page) {
  await goTo(page, 'build');
  await fill(page, 'build-baseImage', BASE_IMAGE);
  await goTo(page, 'estimate');
  await page.getByTestId('estimate-row-docker').click();
  await page.locator('[data-testid="estimate"][data-shown="true"]').waitFor();
  await goTo(page, 'deploy');
  await page.getByTestId('deploy-memory').waitFor();
  await fill(page, 'deploy-environment', 'LOG_LEVEL=info\nTEAM=growth');
  await fill(page, 'deploy-memory', '2');
  await plan(page);
}

async function plan(page) {
  await page.getByTestId('deploy-plan').click();
  await page.getByTestId('plan').waitFor({ timeout: 60_000 });
}

async function deploy(page) {
  await page.getByTestId('deploy-apply').click();
  await page.getByTestId('deploy-result').waitFor({ timeout: ENGINE_MS });
}

/** Two revisions, one of them answered, so that there is something to see and to go back to. */
async function deployOnEngine(page) {
  await goTo(page, 'deploy');
  // Where only this picture is wanted.
  if (!(await page.getByTestId('plan').isVisible())) await planOnEngine(page);
  await deploy(page);
  await fill(page, 'deploy-environment', 'LOG_LEVEL=warning\nTEAM=growth');
  await page.getByTestId('plan').waitFor({ state: 'hidden' });
  await plan(page);
  await deploy(page);
  await goTo(page, 'operate');
  await page.locator('[data-testid^="deployment-"]').filter({ hasText: 'Docker' }).first().click();
  await page.getByTestId('revision-1').waitFor();
  await page.getByTestId('try-it-send').click();
  await page.getByTestId('try-it-answer').waitFor();
  await page.getByTestId('deployment-log').filter({ hasText: '/predict' }).waitFor();
  await page
    .getByTestId('place')
    .first()
    .evaluate((place) => place.scrollTo(0, 0));
  await closeNotifications(page);
}

async function leaveEngine(page) {
  await goTo(page, 'build');
  await fill(page, 'build-baseImage', '');
}

export const PLACES = [
  { name: 'notebook', isAlways: true, arrange: runNotebook },
  {
    name: 'start',
    arrange: async (page) => {
      await page.getByRole('button', { name: 'Start page' }).click();
      // Away from the button, whose tooltip would cover the road.
      await page.mouse.move(640, 500);
    },
  },
  {
    name: 'kernel',
    arrange: async (page) => {
      await goTo(page, 'notebook');
      await page.getByTestId('kernel-chip').click();
      await page.getByTestId('environment').first().waitFor();
    },
    leave: closeDialog,
  },
  {
    name: 'pipeline',
    arrange: async (page) => {
      await goTo(page, 'pipeline');
      await page
        .locator('[data-testid^="edge-"]:not([data-testid="edge-inspector"])')
        .first()
        .click({ force: true });
      await page.getByTestId('edge-inspector').waitFor();
    },
  },
  {
    name: 'package',
    arrange: async (page) => {
      await goTo(page, 'package');
      await page.locator('[data-testid^="file-"]').filter({ hasText: 'train.py' }).first().click();
      await page.locator('[data-testid="package-code"] .view-line').nth(8).click();
    },
  },
  {
    name: 'run',
    arrange: async (page) => {
      await goTo(page, 'package');
      await page.getByRole('tab', { name: 'Run' }).click();
      await page.getByTestId('package-run-view').waitFor();
    },
  },
  {
    name: 'sweep',
    arrange: async (page) => {
      await goTo(page, 'package');
      await page.keyboard.press('Control+Shift+E');
      await page.getByTestId('sweep-values-n_estimators').fill('20 to 120 by 50');
      await page.getByTestId('sweep-values-test_size').fill('0.2, 0.3');
      await page.getByTestId('sweep-start').click();
      await page
        .getByTestId('sweep-state')
        .filter({ hasText: '6 of 6 points done' })
        .waitFor({ timeout: RUN_MS });
      await closeNotifications(page);
    },
  },
  {
    name: 'proof',
    arrange: async (page) => {
      await goTo(page, 'package');
      await page.getByRole('tab', { name: 'Proof' }).click();
      await page.getByTestId('proof-row').first().waitFor();
    },
  },
  { name: 'image', arrange: (page) => goTo(page, 'build') },
  {
    name: 'estimate',
    arrange: async (page) => {
      await goTo(page, 'estimate');
      await page.getByTestId('estimate-row-aws-fargate').click();
      await page.getByTestId('estimate-lines').waitFor();
    },
  },
  {
    name: 'deploy-plan',
    isAlways: true,
    arrange: async (page) => {
      await goTo(page, 'estimate');
      await page.getByTestId('estimate-row-this-computer').click();
      await page.getByTestId('estimate-plan').click();
      await page.getByTestId('plan').waitFor({ timeout: 60_000 });
    },
  },
  {
    name: 'deploy',
    isAlways: true,
    arrange: async (page) => {
      await goTo(page, 'deploy');
      await page.getByTestId('deploy-apply').click();
      await page.getByTestId('deploy-result').waitFor({ timeout: RUN_MS });
      await closeNotifications(page);
    },
  },
  {
    name: 'alive',
    arrange: async (page) => {
      await goTo(page, 'operate');
      await page.getByTestId('deployment-details').waitFor();
    },
  },
  // Needs an engine that the tests would have too.
  { name: 'docker-plan', needsEngine: true, arrange: planOnEngine },
  { name: 'docker-alive', needsEngine: true, arrange: deployOnEngine, leave: leaveEngine },
  {
    name: 'settings',
    arrange: (page) => page.getByRole('button', { name: 'Settings' }).first().click(),
    leave: closeDialog,
  },
  {
    name: 'palette',
    arrange: async (page) => {
      await goTo(page, 'notebook');
      await page.keyboard.press('Control+k');
      await page.getByRole('textbox', { name: 'Search commands' }).waitFor();
    },
    leave: closeDialog,
  },
];
