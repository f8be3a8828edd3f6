/** Environments, a dead kernel, a Jupyter server elsewhere: who runs the cells, in the real window. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures';
import { startJupyterServer } from './jupyter-server';
import { ConnectPage } from './pages/connect-page';
import { NotebookPage } from './pages/notebook-page';

test('the environments of this computer are listed, one is chosen and runs the cells', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const [notebook, connect] = [new NotebookPage(studio.page), new ConnectPage(studio.page)];
  await connect.open();
  const near = connect.environment('near the notebook').first();
  await expect(near).toContainText('Python 3.11');
  await expect(near).toContainText('has all imports', { timeout: 30_000 });
  await near.getByRole('button', { name: /^Use / }).click();
  await notebook.isIdle();
  await notebook.write(2, 'import sys\nprint("runs in", sys.prefix)');
  await notebook.runWithKeys(2);
  await expect(notebook.outputs(2)).toContainText(/runs in .*\.venv/);

  await connect.open();
  await expect(connect.environment('near the notebook').first()).toHaveAttribute(
    'data-current',
    'true',
  );
});

test('an environment is made for this notebook, with progress, and its cells run in it', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const [notebook, connect] = [new NotebookPage(studio.page), new ConnectPage(studio.page)];
  await connect.open();
  await connect.makeEnvironment();
  await expect(connect.dialog.getByRole('progressbar')).toBeVisible();
  await expect(connect.environment('made by Slipway')).toContainText('has all imports', {
    timeout: 240_000,
  });
  await notebook.isIdle();
  await studio.page.keyboard.press('Escape');
  await notebook.write(2, 'import sys, pandas, sklearn\nprint("runs in", sys.prefix)');
  await notebook.runWithKeys(2);
  await expect(notebook.outputs(2)).toContainText(`runs in ${join(desk.home, 'environments')}`, {
    timeout: 60_000,
  });
});

test('a kernel killed in mid-cell: a sentence, and a button that starts it again', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const [notebook, connect] = [new NotebookPage(studio.page), new ConnectPage(studio.page)];
  await notebook.useEnvironmentBeside();
  await notebook.write(
    2,
    'import os, time\nprint("before", flush=True)\ntime.sleep(1)\nos.kill(os.getpid(), 9)',
  );
  await notebook.runWithKeys(2);
  const notice = connect.notice(/kernel .* died/i);
  await expect(notice).toBeVisible({ timeout: 30_000 });
  await expect(notebook.outputs(2)).toContainText('before');
  await expect(notebook.runState(2)).not.toHaveAttribute('data-state', 'running');
  await notice.getByRole('button', { name: /Restart/ }).click();
  await notebook.isIdle();
  await expect(notice).toBeHidden();
  await notebook.write(2, 'print("alive again")');
  await notebook.runWithKeys(2);
  await expect(notebook.outputs(2)).toContainText('alive again');
});

test('a running Jupyter server: a wrong token is said, the right one runs cells, its end is said', async ({
  studio,
  desk,
}) => {
  const path = desk.bring('churn');
  const folder = join(desk.folder, 'server');
  mkdirSync(folder, { recursive: true });
  const server = await startJupyterServer(folder, 'open-sesame');
  try {
    await studio.open(path);
    const [notebook, connect] = [new NotebookPage(studio.page), new ConnectPage(studio.page)];
    await connect.openServers();
    await connect.askServer(server.url, 'guessed');
    const refusal = connect.dialog.getByTestId('error-notice');
    await expect(refusal).toContainText(/token/i);
    await expect(refusal.getByRole('button').first()).toBeVisible();

    await connect.askServer(server.url, 'open-sesame');
    await connect.dialog.getByRole('button', { name: /^Start Python 3/ }).click();
    await notebook.isIdle();
    await expect(studio.page.getByTestId('kernel-chip')).toContainText('127.0.0.1');
    await notebook.write(2, 'import os\nprint("runs in", os.getcwd())');
    await notebook.runWithKeys(2);
    await expect(notebook.outputs(2)).toContainText(`runs in ${folder}`, { timeout: 30_000 });

    await server.end();
    const gone = connect.notice(/server at http:\/\/127\.0\.0\.1/i);
    await expect(gone).toBeVisible({ timeout: 60_000 });
    await expect(gone.getByRole('button', { name: 'Connect again' })).toBeVisible();
    await notebook.runWithKeys(2);
    await expect(notebook.runState(2)).not.toHaveAttribute('data-state', 'running');
    await expect(notebook.outputs(2)).toContainText('runs in');

    await gone.getByRole('button', { name: 'Enter address and token' }).click();
    await expect(connect.dialog).toBeVisible();
  } finally {
    await server.end();
  }
});

test('an address where nothing answers is said, with what to do', async ({ studio, desk }) => {
  await studio.open(desk.bring('churn'));
  const connect = new ConnectPage(studio.page);
  await connect.openServers();
  await connect.askServer('http://127.0.0.1:9/', 'any');
  const refusal = connect.dialog.getByTestId('error-notice');
  await expect(refusal).toContainText('http://127.0.0.1:9/');
  await expect(refusal.getByRole('button').first()).toBeVisible();
});
