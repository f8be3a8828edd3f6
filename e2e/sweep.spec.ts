/** A sweep by keys alone: values checked as they are typed, points as they come, reload, cancel, go on, a point that fails. */
import { expect, test } from './fixtures';
import { heading, writeNotebook } from './notebooks';
import { Keys } from './pages/keys';

const CELLS = [
  { source: 'rate: float = 0.1\nyears: int = 5\npause: float = 0.0', tags: ['parameters'] },
  heading('Load'),
  'start = 100.0',
  heading('Grow'),
  'import time\ntime.sleep(pause)\ntotal = start * (1 + rate) ** years',
  heading('Report'),
  'gain = round(total - start, 4)\nper_year = round(gain / years, 4)\nbegan = start',
];

test('values are tried and compared, reloaded, cancelled and gone on with, all by keys', async ({
  studio,
  desk,
}) => {
  const { page } = studio;
  const keys = new Keys(page);
  await keys.open(studio, writeNotebook(desk.folder, 'growth', CELLS));
  await expect(studio.rail('pipeline')).toContainText('3 steps', { timeout: 30_000 });
  const field = (name: string) => page.getByTestId(`sweep-values-${name}`);
  const point = (number: number) => page.getByTestId(`sweep-point-${number}`);
  const [count, state] = [page.getByTestId('sweep-count'), page.getByTestId('sweep-state')];

  await test.step('the key opens the form; a value that breaks its type is named before anything runs', async () => {
    await keys.press('Control+Shift+E');
    await expect(field('rate')).toBeFocused();
    await keys.write('0.1, many');
    const form = page.getByTestId('sweep-form');
    await expect(form).toContainText('rate takes a number, not “many”.');
    await expect(page.getByTestId('sweep-start')).toBeDisabled();
    await keys.write('0.05 to 0.15 by 0.05');
    await expect(form).toContainText('3 values: 0.05, 0.1, 0.15');
    await keys.press('Tab');
    await keys.write('1 to 200');
    await expect(count).toHaveText(
      'That is 600 points, and 500 is the most here. Leave out some values.',
    );
    await keys.write('5, 10');
    await expect(count).toHaveText('6 points, 3 × 2. At most 500.');
  });

  await test.step('a row for each point, what is the same said once, and a drawing', async () => {
    await keys.press('Enter');
    await expect(state).toHaveText('6 of 6 points done', { timeout: 120_000 });
    await expect(point(1)).toContainText(/0\.05.*5.*27\.6282.*5\.5256.*done/s);
    await expect(point(6)).toContainText(/0\.15.*10.*304\.556/s);
    await expect(page.getByTestId('sweep-same')).toHaveText('The same at every point: began = 100');
    await expect(
      page.getByRole('img', {
        name: 'gain against rate, from 27.6282 at point 1 to 304.556 at point 6',
      }),
    ).toBeVisible();
    await keys.tabTo(
      page.getByTestId('sweep-table').getByRole('button', { name: 'gain' }),
      'Shift+Tab',
    );
    await keys.press('Enter', 'Enter');
    await expect(page.getByTestId('sweep-table').locator('tbody tr').first()).toContainText(
      '304.556',
    );
  });

  await test.step('a running sweep survives a reload of the window, is cancelled, and goes on', async () => {
    await keys.press('Control+Shift+E');
    await expect(field('rate')).toBeFocused();
    await keys.write('');
    await keys.press('Tab');
    await keys.write('5');
    await keys.press('Tab');
    await keys.write('0, 60');
    await keys.press('Enter');
    await expect(point(2)).toContainText('running: grow', { timeout: 60_000 });
    await page.reload();
    await expect(studio.rail('package')).toBeVisible({ timeout: 30_000 });
    await keys.press('Control+Shift+E');
    await expect(point(2)).toContainText('running: grow');
    await expect(field('pause')).toHaveValue('0, 60');
    const cancel = page.getByRole('button', { name: 'Cancel: Sweep' });
    await keys.activate(cancel);
    await expect(state).toHaveText('Cancelled: 1 of 2 points done', { timeout: 30_000 });
    await keys.activate(page.getByTestId('sweep-go-on'));
    await expect(point(1)).toContainText('none, all shared or unchanged', { timeout: 60_000 });
    await keys.activate(cancel);
    await expect(state).toHaveText('Cancelled: 1 of 2 points done', { timeout: 30_000 });
  });

  await test.step('a point that fails says why and leads to its cell', async () => {
    await keys.press('Control+Shift+E');
    await expect(field('rate')).toBeFocused();
    await keys.press('Tab');
    await keys.write('0, 5');
    await keys.press('Tab');
    await keys.write('');
    await keys.press('Enter');
    await expect(state).toHaveText('1 of 2 points done, 1 failed', { timeout: 60_000 });
    await expect(page.getByTestId('sweep-failure')).toContainText(
      'Point 1Step report, cell 7, line 2: ZeroDivisionError: float division by zero',
    );
    await keys.activate(
      page.getByTestId('sweep-failure').getByRole('button', { name: 'Show the cell' }),
    );
    await expect(page.getByTestId('cell').nth(6)).toBeFocused();
  });
});
