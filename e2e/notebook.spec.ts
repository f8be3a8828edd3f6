/** Open, edit, run, save, undo, recover: the notebook in the real window. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures';
import { NotebookPage } from './pages/notebook-page';
import type { StudioPage } from './pages/studio-page';

test('a sample runs from top to bottom and shows its tables and plots', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const notebook = new NotebookPage(studio.page);
  await notebook.useEnvironmentBeside();
  await notebook.runAll();
  await notebook.hasRun();
  await notebook.select(19);
  await expect(notebook.outputs(19)).toContainText(/AUC 0\.\d{3}, accuracy 0\.\d{3}/);
  await notebook.select(10);
  await expect(notebook.outputs(10).getByRole('img').first()).toBeVisible();
});

test('saved unchanged it is byte-equal; one edited cell changes that cell only', async ({
  studio,
  desk,
}) => {
  const path = desk.bring('demand');
  const before = readFileSync(path, 'utf8');
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  await studio.page.keyboard.press('Control+s');
  await notebook.isSaved();
  expect(readFileSync(path, 'utf8')).toBe(before);

  await notebook.write(9, 'horizon = 60');
  await studio.page.keyboard.press('Control+s');
  await notebook.isSaved();
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('horizon = 60');
  const changed = readFileSync(path, 'utf8').split('\n');
  const kept = new Set(before.split('\n'));
  const added = changed.filter((line) => !kept.has(line));
  expect(added.join('\n')).toContain('horizon = 60');
  expect(added.length).toBeLessThanOrEqual(2);
});

test('cells are added, moved, deleted and undone with the keys of Jupyter', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const notebook = new NotebookPage(studio.page);
  const count = await studio.page.getByTestId('cell').count();
  await notebook.select(2);
  await studio.page.keyboard.press('b');
  await expect(studio.page.getByTestId('cell')).toHaveCount(count + 1);
  await notebook.select(3);
  await studio.page.keyboard.press('d');
  await studio.page.keyboard.press('d');
  await expect(studio.page.getByTestId('cell')).toHaveCount(count);
  await studio.page.keyboard.press('z');
  await expect(studio.page.getByTestId('cell')).toHaveCount(count + 1);
});

test('a cell that fails shows its traceback and what came before is kept', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const notebook = new NotebookPage(studio.page);
  await notebook.useEnvironmentBeside();
  await notebook.write(2, 'print("so far")\nraise ValueError("no good")');
  await notebook.runWithKeys(2);
  await expect(notebook.runState(2)).toHaveAttribute('data-state', 'failed', { timeout: 30_000 });
  await expect(notebook.outputs(2)).toContainText('so far');
  await expect(notebook.outputs(2)).toContainText('ValueError');
});

test('a window reloaded in the middle of a long cell finds all its output on return', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const notebook = new NotebookPage(studio.page);
  await notebook.useEnvironmentBeside();
  await notebook.write(
    2,
    'import time\nfor number in range(40):\n    print("line", number, flush=True)\n    time.sleep(0.15)',
  );
  await notebook.runWithKeys(2);
  await expect(notebook.outputs(2)).toContainText('line 3', { timeout: 30_000 });
  await studio.page.reload();
  await studio.goTo('notebook');
  await expect(notebook.outputs(2)).toContainText('line 39', { timeout: 30_000 });
  await expect(notebook.runState(2)).toHaveAttribute('data-state', 'succeeded');
  const text = await notebook.outputs(2).innerText();
  expect(text.match(/line \d+/g)).toEqual(
    Array.from({ length: 40 }, (_, number) => `line ${number}`),
  );
});

test('the window process killed: the run goes on and its output is there', async ({
  studio,
  desk,
}) => {
  await studio.open(desk.bring('churn'));
  const notebook = new NotebookPage(studio.page);
  await notebook.useEnvironmentBeside();
  await notebook.write(
    2,
    'import time\nfor number in range(30):\n    print("line", number, flush=True)\n    time.sleep(0.15)',
  );
  await notebook.runWithKeys(2);
  await expect(notebook.outputs(2)).toContainText('line 2', { timeout: 30_000 });
  await studio.app.evaluate(({ BrowserWindow }) => {
    process.kill(BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0, 'SIGKILL');
  });
  await expect.poll(() => textAfterCrash(studio), { timeout: 40_000 }).toContain('line 29');
});

/** Playwright cannot follow a page whose process died, so it is asked through the main process; a dead one is silent. */
function textAfterCrash({ app }: StudioPage): Promise<string> {
  return app.evaluate(({ BrowserWindow }) =>
    Promise.race([
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        `document.querySelector('[data-testid="rail-notebook"]')?.click(); document.body.innerText`,
      ),
      new Promise<string>((resolve) => setTimeout(() => resolve(''), 1000)),
    ]),
  );
}

test('the host killed: the app says so, starts it again, and no saved or autosaved edit is lost', async ({
  studio,
  desk,
}) => {
  const path = desk.bring('churn');
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  await notebook.write(2, 'written_before_the_host_died = True');
  await notebook.select(3);
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('written_before_the_host_died');
  killHost(studio);
  await expect(studio.page.getByTestId('host-lost')).toContainText('engine stopped');
  await notebook.write(3, 'written_while_there_was_no_host = True');
  await expect(studio.page.getByTestId('host-lost')).toBeHidden({ timeout: 30_000 });
  await studio.goTo('notebook');
  await expect(notebook.cell(2)).toContainText('written_before_the_host_died');
  await expect(notebook.cell(3)).toContainText('written_while_there_was_no_host');
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('written_while_there_was_no_host');
});

test('the host killed a moment after a key: what it had not kept yet is given to the next one', async ({
  studio,
  desk,
}) => {
  const path = desk.bring('churn');
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  await notebook.write(2, 'written_a_moment_before = True');
  // The window sends it, the host has it; it is kept on the disk a little later.
  await studio.page.waitForTimeout(250);
  killHost(studio);
  await expect(studio.page.getByTestId('host-lost')).toBeVisible();
  await expect(studio.page.getByTestId('host-lost')).toBeHidden({ timeout: 30_000 });
  await expect(notebook.cell(2)).toContainText('written_a_moment_before');
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('written_a_moment_before');
});

function killHost(studio: StudioPage): void {
  const parent = String(studio.app.process().pid);
  const host = execFileSync('pgrep', ['-P', parent, '-f', 'host.mjs'], { encoding: 'utf8' });
  process.kill(Number(host.trim()), 'SIGKILL');
}
