/** The road of trees.ipynb from its package to a place and back, by clicks and keys only. */
import { expect } from '@playwright/test';
import type { TargetId } from '../shared/estimate';
import { askNotebook } from './oracle';
import { AlivePage, DeployPage, EstimatePage, type Filled } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';
import { MODEL, NAME, ROWS } from './trees';

interface Road extends Filled {
  readonly target: TargetId;
}

/** Plan, price, confirm, answer, a second revision, back to the first, removed. */
export async function serveAt(studio: StudioPage, notebook: string, road: Road): Promise<void> {
  const { page } = studio;
  await new EstimatePage(page).chooseFor(studio, 'Service', road.target);
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

/** By the clock, and run when told: what a run writes is what the notebook writes. */
export async function scheduleAt(studio: StudioPage, says: string, road: Road): Promise<void> {
  const { page } = studio;
  const estimate = new EstimatePage(page);
  await estimate.chooseFor(studio, 'Scheduled job', road.target);
  const deploy = new DeployPage(page);
  await deploy.choose(studio, road);
  await deploy.schedule('0 2 * * *', 'UTC');
  // Another schedule is another price, which has to be seen.
  await studio.goTo('estimate');
  await estimate.isShown();
  await studio.goTo('deploy');
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText('Cluster');
  await expect(page.getByTestId('plan-total')).toContainText('$');
  await deploy.apply(600_000);

  await deploy.environment('SLIPWAY_E2E=second');
  await deploy.plan();
  await expect(page.getByTestId('deploy-revision')).toContainText('revision 1 becomes 2');
  await deploy.apply();

  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await expect(alive.state(NAME)).toContainText(/waits/, { timeout: 60_000 });
  await alive.rollBack(NAME, 1, /waits/);
  await alive.run(NAME);
  await expect(page.getByTestId('deployment-log')).toContainText(says, { timeout: 60_000 });
  await alive.remove(NAME);
}
