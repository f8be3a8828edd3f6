/** From the estimate to an engine and back without a mouse: compared, set, planned, confirmed, tried, looked after, removed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Truth } from './oracle';
import { Keys } from './pages/keys';
import { AlivePage } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';
import { answerIn, tryItForm } from './pages/try-it';
import type { Answered } from './roads';
import { MARK, NAME } from './standing';

export async function serveByKeys(
  { page }: StudioPage,
  { rows, predictions }: Truth,
  answered: Answered,
): Promise<void> {
  const keys = new Keys(page);
  const plan = page.getByTestId('plan');
  const mark = async (value: string) => {
    await keys.tabTo(page.getByTestId('deploy-environment'));
    await keys.write(`${MARK}=${value}`);
    await keys.press('Tab');
    await expect(plan).toBeHidden();
  };
  const apply = async () => {
    await keys.activate(page.getByTestId('deploy-plan'));
    await expect(plan).toBeVisible({ timeout: 60_000 });
    await keys.activate(page.getByTestId('deploy-apply'));
    await expect(page.getByTestId('deploy-result')).toBeVisible({ timeout: 600_000 });
  };
  const answers = async (value: string) => {
    const form = tryItForm(page);
    await expect(form.getByTestId('try-it-send')).toBeVisible({ timeout: 30_000 });
    const view = form.getByRole('radiogroup', { name: 'Fill it in as' });
    await keys.choice(view, 'JSON');
    await keys.tabTo(form.getByTestId('try-it-json'));
    await keys.press('Control+a');
    await page.keyboard.insertText(JSON.stringify({ rows }));
    const since = Date.now();
    await keys.activate(form.getByTestId('try-it-send'));
    expect(await answerIn(form)).toMatchObject({ predictions });
    await expect.poll(() => answered(since)).toEqual([value]);
  };

  await test.step('the targets are compared, one is chosen, its settings are made', async () => {
    await keys.press('Control+5');
    await keys.choice(page.getByTestId('estimate-mode'), 'Service');
    const row = page.getByTestId('estimate-row-docker');
    await keys.activate(row.getByRole('button'));
    await expect(row).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByTestId('estimate')).toHaveAttribute('data-shown', 'true');
    await keys.press('Control+6');
    await mark('first');
  });

  await test.step('planned, confirmed, tried, exported', async () => {
    await apply();
    await answers('first');
    await keys.activate(page.getByTestId('deploy-export'));
    const folder = await page.getByTestId('deploy-exported').innerText({ timeout: 60_000 });
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain(`${MARK}: first`);
  });

  await test.step('a second revision', async () => {
    await mark('second');
    await apply();
    await answers('second');
  });

  await test.step('its log, stopped, started, rolled back, removed', async () => {
    await keys.press('Control+7');
    const alive = new AlivePage(page);
    const row = alive.deployment(NAME);
    await keys.activate(row.getByRole('button', { name: `${NAME} r2` }));
    await expect(alive.state(NAME)).toContainText('running', { timeout: 60_000 });
    await expect(page.getByTestId('deployment-log')).toContainText('POST /predict');
    await keys.activate(page.getByTestId('stop'));
    await expect(alive.state(NAME)).toContainText('stopped', { timeout: 60_000 });
    await keys.activate(page.getByTestId('start'));
    await expect(alive.state(NAME)).toContainText('running', { timeout: 60_000 });
    await keys.activate(page.getByRole('button', { name: 'Roll back to r1' }));
    await expect(page.getByTestId('revision-1')).toContainText('current', { timeout: 60_000 });
    await expect(alive.state(NAME)).toContainText('running', { timeout: 60_000 });
    await answers('first');
    await keys.activate(page.getByTestId('remove'));
    await keys.activate(page.getByTestId('remove-confirm'));
    await expect(row).toBeHidden({ timeout: 60_000 });
  });
}
