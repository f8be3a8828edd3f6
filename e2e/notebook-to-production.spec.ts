/** The whole road in the real window, clicks and keys only: a notebook becomes a service that answers as its model does. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, sharedNotebook, test } from './fixtures';
import { askNotebook } from './oracle';
import { NotebookPage } from './pages/notebook-page';
import { AlivePage, DeployPage, EstimatePage, PackagePage } from './pages/road-pages';
import { tryIt } from './pages/try-it';

interface Road {
  readonly title: string;
  readonly notebook: string | null;
  /** Whose `predict` is served, and the table whose first rows are sent. */
  readonly model: string;
  readonly rows: string;
}

const ROADS: readonly Road[] = [
  { title: 'the churn sample', notebook: 'churn', model: 'model', rows: 'X_test' },
  {
    title: 'trees.ipynb, which nobody here wrote',
    notebook: sharedNotebook('trees.ipynb'),
    // The grid search is seeded; the notebook's own trees are not, and another run may grow another tree.
    model: 'grid',
    rows: 'X_test',
  },
  {
    title: 'train-test-split.ipynb, which nobody here wrote',
    notebook: sharedNotebook('train-test-split.ipynb'),
    model: 'classifier',
    rows: 'test_X',
  },
];

for (const { title, notebook, model, rows } of ROADS) {
  test(`the road, end to end: ${title}`, async ({ studio, desk }) => {
    test.skip(notebook === null, 'the folder ../shared with other people’s notebooks is not here');
    test.setTimeout(480_000);
    const path = desk.bring(notebook ?? '');
    const { page } = studio;

    await studio.open(path);
    const cells = new NotebookPage(page);
    await cells.useEnvironmentBeside();
    await cells.runAll();
    await cells.hasRun();

    await studio.goTo('pipeline');
    await expect(page.getByTestId('pipeline-counts')).toContainText(/\d+ steps?/);

    await studio.goTo('package');
    const packaged = new PackagePage(page);
    await packaged.write();
    await packaged.runAndCompare();
    const proofs = await packaged.proofRows();
    expect(await proofs.count()).toBeGreaterThan(0);
    await expect(page.locator('[data-testid="proof-row"][data-verdict="different"]')).toHaveCount(
      0,
    );
    await packaged.serve(model);
    await packaged.write();
    await packaged.runAndCompare();

    await studio.goTo('estimate');
    const estimate = new EstimatePage(page);
    await estimate.mode('Service');
    await estimate.isShown();
    for (const target of [
      'this-computer',
      'aws-fargate',
      'google-cloud-run',
      'azure-container-apps',
    ]) {
      await expect(estimate.likely(target)).toContainText(/\$|unknown/);
    }
    await estimate.choose('this-computer');
    await estimate.plan();

    const deploy = new DeployPage(page);
    await expect(page.getByTestId('plan-total')).toContainText('$');
    await deploy.apply();
    const truth = askNotebook(path, model, rows);
    const answer = await tryIt(page, { rows: truth.rows });
    expect(answer).toMatchObject({ predictions: truth.predictions });

    await studio.goTo('operate');
    const alive = new AlivePage(page);
    const row = page
      .locator('[data-testid^="deployment-"][data-testid*="-"]')
      .locator('visible=true')
      .first();
    await expect(row).toBeVisible();
    const id = readdirSync(join(desk.home, 'deployments'))[0] ?? '';
    await expect(alive.deployment(id).getByTestId('deployment-state')).toContainText(/running/i, {
      timeout: 30_000,
    });
    await alive.remove(id);
    expect(existsSync(join(desk.home, 'deployments', id))).toBe(false);
  });
}
