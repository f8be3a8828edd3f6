/** Cells as steps: suggested, renamed, split and merged with keys, their edges explained, their literals made parameters. */
import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures';
import { PipelinePage } from './pages/pipeline-page';

test('steps are shown, explained, renamed with keys, split and merged', async ({
  studio,
  desk,
}) => {
  const path = desk.bring('churn');
  await studio.open(path);
  await studio.goTo('pipeline');
  const pipeline = new PipelinePage(studio.page);
  await pipeline.hasSteps('load', 'features', 'train', 'evaluate');

  await pipeline.selectEdge('features', 'train');
  await expect(pipeline.inspector('edge')).toContainText(/X_train.*writes it.*reads it/s);

  await pipeline.selectWithKeys('Features');
  await pipeline.rename('prepare');
  await pipeline.hasSteps('load', 'prepare', 'train', 'evaluate');
  await studio.page.keyboard.press('Control+s');
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('step:prepare');

  await pipeline.ofCell(17, 'Split the step here');
  await expect(studio.page.getByTestId('pipeline-counts')).toContainText('5 steps');
  await pipeline.selectWithKeys('Load');
  await pipeline.mergeWith('prepare');
  await expect(studio.page.getByTestId('pipeline-counts')).toContainText('4 steps');
});

test('a literal becomes a parameter', async ({ studio, desk }) => {
  await studio.open(desk.bring('churn'));
  await studio.goTo('pipeline');
  const pipeline = new PipelinePage(studio.page);
  await pipeline.hasSteps('load', 'features', 'train', 'evaluate');
  await pipeline.ofCell(17, /Make a literal a parameter/);
  const dialog = studio.page.getByTestId('promote');
  await dialog.getByText('5', { exact: true }).click();
  await dialog.getByTestId('promote-name').fill('leaf_size');
  await dialog.getByTestId('promote-done').click();
  await expect(pipeline.parameter('leaf_size')).toContainText('int');
});
