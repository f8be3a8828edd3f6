/** The image: what to do without an engine, and with one its steps and its size. */
import { startRegistry, whyNoRegistry } from '../electron/engine/testing/registry';
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

test('the image is built, tried, pushed and cleaned up: its steps, its size, what is in it', async ({
  studio,
  notebook,
}) => {
  const base = process.env.SLIPWAY_TEST_BASE_IMAGE ?? '';
  test.skip(
    process.env.SLIPWAY_TEST_DOCKER !== '1' || base === '',
    process.env.SLIPWAY_TEST_DOCKER_WHY ?? 'no Docker engine was started for the tests',
  );
  test.setTimeout(900_000);
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
  await expect(place.getByTestId('build-image-check')).toHaveAttribute('data-state', 'passed');
  const contents = place.getByTestId('build-contents');
  await contents.getByText(/^Python packages/).click();
  await expect(contents).toContainText(/numpy \d/);

  const why = whyNoRegistry();
  if (why) {
    test.info().annotations.push({ type: 'not pushed', description: why });
    return;
  }
  const registry = await startRegistry();
  try {
    const to = place.getByTestId('build-pushTo');
    await to.fill(`${registry.host}/team`);
    await to.press('Enter');
    await studio.command('Push the image');
    const pushed = place.getByTestId('build-pushed');
    // 800 MB are packed for it, beside other tests.
    await expect(pushed.or(place.getByRole('alert')).first()).toBeVisible({ timeout: 360_000 });
    await expect(pushed).toContainText(`${registry.host}/team/`);
    const [, path = '', digest = ''] =
      /^[^/]+\/(.+)@(sha256:.+)$/.exec((await pushed.getAttribute('title')) ?? '') ?? [];
    const manifest = await fetch(`http://${registry.host}/v2/${path}/manifests/${digest}`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    });
    expect(manifest.status).toBe(200);
  } finally {
    await registry.stop();
  }

  // Others of Slipway may be on that engine: only this test's own go.
  await place.getByTestId('build-look-at-kept').click();
  const kept = place
    .getByTestId('build-kept-image')
    .filter({ hasText: /^(127\.0\.0\.1:\d+\/team\/)?churn:/ });
  await expect(kept).toHaveCount(1);
  await kept.getByRole('button', { name: /^Remove/ }).click();
  await expect(kept).toHaveCount(0);
  await expect(image).toBeHidden();
});
