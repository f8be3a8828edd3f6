/** The image: what to do without an engine, and with one its steps and its size. */
import { expect } from './fixtures';
import { test } from './packaged';

test.describe('without an engine', () => {
  test.use({ extraEnv: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });

  test('the place says so, what to do, and blocks nothing else', async ({ studio, notebook }) => {
    await studio.open(notebook);
    const place = await studio.goTo('build');
    const engine = place.getByTestId('engine-state');
    await expect(engine).toHaveAttribute('data-status', 'missing', { timeout: 30_000 });
    await expect(engine).toContainText(/start|install/i);
    await expect(place.getByTestId('build-start')).toBeDisabled();
    await place.getByRole('button', { name: 'Go on to the estimate' }).click();
    await expect(studio.place('estimate')).toBeVisible();
  });
});

test('the image is built: its steps, its size', async ({ studio, notebook }) => {
  const base = process.env.SLIPWAY_TEST_BASE_IMAGE ?? '';
  test.skip(
    process.env.SLIPWAY_TEST_DOCKER !== '1' || base === '',
    process.env.SLIPWAY_TEST_DOCKER_WHY ?? 'no Docker engine was started for the tests',
  );
  test.setTimeout(480_000);
  await studio.open(notebook);
  const place = await studio.goTo('build');
  const field = place.getByTestId('build-baseImage');
  await field.fill(base);
  await field.press('Enter');
  await place.getByTestId('build-start').click();
  // Either end of it, so that a failure is told at once.
  const image = place.getByTestId('build-image');
  await expect(image.or(place.getByRole('alert')).first()).toBeVisible({ timeout: 300_000 });
  await expect(image).toBeVisible();
  await expect(place.getByTestId('build-step').first()).toBeVisible();
  await expect(place.getByTestId('build-image-size')).toContainText(/\d+ [MG]B/);
});
