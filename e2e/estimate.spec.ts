/** What it will cost stands beside each other before anything is deployed, and follows what is assumed. */
import { expect } from './fixtures';
import { test } from './packaged';
import { EstimatePage } from './pages/road-pages';

const TARGETS = [
  'this-computer',
  'docker',
  'docker-swarm',
  'kubernetes',
  'argo-workflows',
  'aws-fargate',
  'aws-lambda',
  'google-cloud-run',
  'azure-container-apps',
];

test('four targets are priced from the measured run; an edited assumption changes the likely price', async ({
  studio,
  notebook,
}) => {
  await studio.open(notebook);

  // Nothing can be planned before the estimate was seen.
  const deploy = await studio.goTo('deploy');
  await deploy.getByTestId('deploy-plan').click();
  await expect(deploy).toContainText(/estimate/i);
  await expect(deploy.getByTestId('plan')).toBeHidden();

  await studio.goTo('estimate');
  const estimate = new EstimatePage(studio.page);
  await estimate.mode('Service');
  await estimate.isShown();
  for (const target of TARGETS) await expect(estimate.likely(target)).toContainText(/\$\d/);

  // The price per hour of this computer is measured, not guessed; its electricity is assumed and can be said.
  await estimate.choose('this-computer');
  const before = (await estimate.likely('this-computer').textContent()) ?? '';
  await estimate.assume('rate-card.usdPerKwh', '1.5');
  await expect(estimate.assumption('rate-card.usdPerKwh')).toContainText('edited');
  await expect(estimate.likely('this-computer')).not.toHaveText(before);
  await estimate.takeBack('rate-card.usdPerKwh');
  await expect(estimate.assumption('rate-card.usdPerKwh')).toContainText('assumed');
  await expect(estimate.likely('this-computer')).toHaveText(before);
});

test('a price nobody knows is called unknown, never zero', async ({ studio, notebook }) => {
  await studio.open(notebook);
  await studio.goTo('estimate');
  const estimate = new EstimatePage(studio.page);
  await estimate.mode('Job');
  await estimate.isShown();
  await estimate.choose('google-cloud-run');
  // The price book has no memory price for this region.
  await estimate.assumeChoice('place.googleRegion', 'europe-west2');
  await expect(estimate.likely('google-cloud-run')).toContainText(/unknown|priced lines only/);
  await expect(studio.place('estimate').getByTestId('estimate-lines')).toContainText('unknown');
});
