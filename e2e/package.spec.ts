/** The generated folder in the window: its files, where each line came from, and when it is out of date. */
import { expect } from './fixtures';
import { test } from './packaged';
import { NotebookPage } from './pages/notebook-page';

test('files are listed, a line leads to its cell, and an edited notebook makes the package stale', async ({
  studio,
  notebook,
}) => {
  const { page } = studio;
  await studio.open(notebook);
  const place = await studio.goTo('package');
  const file = (path: string) => place.getByTestId(`file-${path}`);
  for (const path of ['Dockerfile', 'requirements.lock', 'src/churn/steps/train.py']) {
    await expect(file(path)).toBeVisible();
  }

  await file('src/churn/steps/train.py').click();
  const code = place.getByTestId('package-code');
  await expect(code).toHaveAttribute('data-path', 'src/churn/steps/train.py');
  await code.getByText('RandomForestClassifier(').first().click();
  await expect(place.getByTestId('line-origin')).toContainText('cell 17, line 1, step Train');
  await page.keyboard.press('Enter');
  await expect(studio.place('notebook')).toBeVisible();
  await expect(page.locator(':focus').first()).toBeVisible();

  await new NotebookPage(page).write(6, 'df.size');
  await studio.goTo('package');
  await expect(place.getByTestId('package-stale')).toBeVisible();
});
