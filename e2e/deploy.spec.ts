/** A plan with its price, a confirmation, a URL that answers. */
import { expect } from './fixtures';
import { deployments, test } from './packaged';
import { DeployPage, EstimatePage } from './pages/road-pages';

test('planned, confirmed, deployed: the URL answers and the form predicts', async ({
  studio,
  notebook,
  desk,
}) => {
  await studio.open(notebook);
  await studio.goTo('estimate');
  const estimate = new EstimatePage(studio.page);
  await estimate.mode('Service');
  await estimate.isShown();
  await estimate.choose('this-computer');
  await estimate.plan();

  // A plan changes nothing yet.
  await expect(studio.page.getByTestId('plan-change').first()).toBeVisible();
  await expect(studio.page.getByTestId('plan-total')).toContainText('$');
  expect(deployments(desk)).toEqual([]);

  const deploy = new DeployPage(studio.page);
  await deploy.apply();
  const health = await fetch(new URL('/healthz', await deploy.url()));
  expect(health.status).toBe(200);
  await studio.page.getByTestId('try-it').getByTestId('try-it-send').click();
  await expect(studio.page.getByTestId('try-it-answer')).toContainText('predictions');
  await expect(studio.page.getByTestId('deploy-curl')).toContainText('/predict');
});
