/** Several notebooks in one pipeline by keys alone: added, put in order by their files, explained, moved, taken out. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from './fixtures';
import { writeIn, writeNotebook } from './notebooks';
import { Keys } from './pages/keys';

test('a notebook joins the pipeline, is explained and leaves it', async ({ studio, desk }) => {
  const { page } = studio;
  const keys = new Keys(page);
  const path = writeNotebook(desk.folder, '02-train', [
    'rows = open("clean.csv").read().split()',
    'with open("model.txt", "w") as file:\n    file.write(str(len(rows)))',
  ]);
  const folder = dirname(path);
  writeIn(folder, '01-prepare', ['open("clean.csv", "w").write("1 2 3")']);
  writeIn(folder, '03-notes', ['print("nothing of the files")']);
  await keys.open(studio, path);
  await keys.press('Control+2');
  await expect(page.getByTestId('pipeline-counts')).toHaveText('1 step · 0 parameters');
  const dialog = page.getByTestId('add-notebook');
  const inspector = page.getByTestId('step-inspector');

  await test.step('the key asks which; the one that writes the file comes first', async () => {
    await keys.press('Control+Shift+N');
    await expect(dialog.getByRole('radio', { name: '01-prepare.ipynb' })).toBeFocused();
    await keys.press('Enter');
    await expect(page.getByTestId('pipeline-counts')).toHaveText('2 steps · 0 parameters');
    await keys.activate(page.getByLabel('Step 01-prepare.ipynb', { exact: true }));
    await expect(inspector).toContainText(
      'It writes clean.csv, which 02-train.ipynb reads (cell 1).',
    );
  });

  await test.step('the button does the same; what no file decides is said, and moved', async () => {
    await keys.activate(page.getByTestId('pipeline-add-notebook'));
    await expect(dialog.getByRole('radio', { name: '03-notes.ipynb' })).toBeChecked();
    await keys.activate(dialog.getByTestId('add-notebook-done'));
    await keys.activate(page.getByLabel('Step 03-notes.ipynb', { exact: true }));
    await expect(inspector).toContainText(
      'It runs after 02-train.ipynb because the list of notebooks says so',
    );
    await keys.activate(inspector.getByTestId('notebook-earlier'));
    await expect(inspector).toContainText('It runs before 02-train.ipynb');
    await keys.tab('Cells');
    await expect(page.getByTestId('cell-list').getByRole('listitem')).toHaveText([
      /^01-prepare\.ipynb/,
      /^03-notes\.ipynb/,
      /^1rows = /,
      /^2with open/,
    ]);
  });

  await test.step('it leaves by the inspector, and slipway.yaml says so', async () => {
    const kept = () => readFileSync(join(folder, 'slipway.yaml'), 'utf8');
    expect(kept()).toMatch(/- 01-prepare\.ipynb\s+- 03-notes\.ipynb\s+- 02-train\.ipynb/);
    await keys.activate(inspector.getByTestId('notebook-remove'));
    await expect(page.getByTestId('pipeline-counts')).toHaveText('2 steps · 0 parameters');
    await expect.poll(kept).not.toContain('03-notes');
  });
});
