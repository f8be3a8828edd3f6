/** Bad files, bad cells, bad disks: each ends in a sentence that names the place, a next step, and nothing lost. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { placeEnvironment } from './environment';
import { type Desk, expect, test } from './fixtures';
import { ConnectPage } from './pages/connect-page';
import { NotebookPage } from './pages/notebook-page';
import type { StudioPage } from './pages/studio-page';

const code = (id: string, source: string) => ({
  cell_type: 'code',
  execution_count: null,
  id,
  metadata: {},
  outputs: [],
  source: source.split(/(?<=\n)/),
});

function notebookText(cells: readonly object[]): string {
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function put(desk: Desk, text: string, name = 'bad.ipynb'): string {
  mkdirSync(desk.folder, { recursive: true });
  const path = join(desk.folder, name);
  writeFileSync(path, text);
  return path;
}

/** Another program writes the file: one cell of the notebook has another text. */
function changeElsewhere(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

async function problems(studio: StudioPage) {
  await studio.page.getByTestId('status-problems').click();
  return studio.page.getByTestId('panel');
}

const INVALID = [
  {
    what: 'a file that is not JSON',
    text: '{"cells": [\n  oops\n]}',
    says: /bad\.ipynb is not JSON: line 2, column 3/,
    holds: 'oops',
  },
  {
    what: 'JSON that is not a notebook',
    text: '{"name": "a package", "version": 1}',
    says: /bad\.ipynb is JSON, but no notebook: it has no “nbformat” number/,
    holds: 'a package',
  },
  {
    what: 'a notebook of format 3',
    text: '{"nbformat": 3, "nbformat_minor": 0, "worksheets": [], "metadata": {"name": "old one"}}',
    says: /bad\.ipynb is written in notebook format 3, from before 2015/,
    holds: 'old one',
  },
];

for (const { what, text, says, holds } of INVALID) {
  test(`${what}: said with its place, its text can be viewed, the file stays as it is`, async ({
    studio,
    desk,
  }) => {
    const path = put(desk, text);
    await studio.tryToOpen(path);
    const notice = studio.page.getByTestId('error-notice').filter({ hasText: says });
    await expect(notice).toBeVisible();
    await notice.getByRole('button', { name: 'View its text' }).click();
    await expect(studio.page.getByTestId('read-only')).toBeVisible();
    await expect(studio.place('notebook')).toContainText(holds);
    await studio.page.keyboard.press('Control+s');
    expect(readFileSync(path, 'utf8')).toBe(text);

    await studio.command('Go to the start page');
    await studio.open(put(desk, notebookText([code('a', 'fine = 1')]), 'good.ipynb'));
    await expect(new NotebookPage(studio.page).cell(1)).toContainText('fine = 1');
  });
}

test('duplicate cell ids: named, both cells are shown, and each is saved for itself', async ({
  studio,
  desk,
}) => {
  const path = put(desk, notebookText([code('same', 'first = 1'), code('same', 'second = 2')]));
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  await expect(notebook.cell(1)).toContainText('first = 1');
  await expect(notebook.cell(2)).toContainText('second = 2');
  await expect(await problems(studio)).toContainText(
    'Cell 2 has the same id as an earlier cell (“same”)',
  );
  await notebook.write(2, 'second = 3');
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('second = 3');
  const { cells } = JSON.parse(readFileSync(path, 'utf8'));
  expect(cells.map(({ source }: { source: string[] }) => source.join(''))).toEqual([
    'first = 1',
    'second = 3',
  ]);
});

const FAILING = [
  { what: 'a Python 2 print', source: 'print "hello"', says: 'SyntaxError' },
  { what: 'a cell that does not parse', source: 'for x in:\n    pass', says: 'SyntaxError' },
  {
    what: 'a missing CSV',
    source: 'import pandas as pd\npd.read_csv("no/such.csv")',
    says: 'FileNotFoundError',
  },
];

for (const { what, source, says } of FAILING) {
  test(`${what}: the cell says so, the problem names the cell, what came before is kept`, async ({
    studio,
    desk,
  }) => {
    const path = put(desk, notebookText([code('a', 'print("before")'), code('b', source)]));
    placeEnvironment(dirname(path));
    await studio.open(path);
    const notebook = new NotebookPage(studio.page);
    await notebook.useEnvironmentBeside();
    await notebook.runAll();
    await expect(notebook.runState(2)).toHaveAttribute('data-state', 'failed', { timeout: 60_000 });
    await expect(notebook.outputs(2)).toContainText(says);
    await expect(notebook.outputs(1)).toContainText('before');
    const listed = (await problems(studio)).getByRole('button').filter({ hasText: says });
    await expect(listed.first()).toContainText('cell 2');
    await listed.first().click();
    await expect(notebook.cell(2)).toHaveAttribute('data-selected', 'true');
  });
}

test('magics and shell lines run as in Jupyter', async ({ studio, desk }) => {
  const path = put(
    desk,
    notebookText([
      code('a', '%matplotlib inline\n!echo from the shell'),
      code('b', '%%bash\necho from bash'),
    ]),
  );
  placeEnvironment(dirname(path));
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  await notebook.useEnvironmentBeside();
  await notebook.runAll();
  await notebook.hasRun();
  await expect(notebook.outputs(1)).toContainText('from the shell');
  await expect(notebook.outputs(2)).toContainText('from bash');
});

const canMount = mayMount();

test('a disk that is full at save: said, kept, and saved once there is room', async ({
  launch,
  desk,
}) => {
  test.skip(!canMount, 'no disk may be mounted here');
  const big = Array.from({ length: 2000 }, () => `#${'x'.repeat(99)}`).join('\n');
  await onDisk(desk, 'size=100k', async (folder) => {
    const path = join(folder, 'bad.ipynb');
    const before = notebookText([code('a', 'x = 1')]);
    writeFileSync(path, before);
    const first = await launch();
    await first.studio.open(path);
    const notebook = new NotebookPage(first.page);
    await notebook.write(1, big);
    const banner = first.studio.place('notebook').getByTestId('error-notice');
    await expect(banner).toContainText(`${path} does not fit: the disk is full`, {
      timeout: 30_000,
    });
    await expect(banner).toContainText('Your edits are safe');
    expect(readFileSync(path, 'utf8')).toBe(before);

    execFileSync('mount', ['-o', 'remount,size=4m', folder]);
    await banner.getByRole('button', { name: 'Save again' }).click();
    await expect.poll(() => sourceOf(path)).toBe(big);
    await expect(banner).toBeHidden();
    await first.close();
  });
});

test('a folder that is read-only at save: said, kept, and saved elsewhere', async ({
  launch,
  desk,
}) => {
  test.skip(!canMount, 'no disk may be mounted here');
  await onDisk(desk, 'size=4m', async (folder) => {
    const path = join(folder, 'bad.ipynb');
    writeFileSync(path, notebookText([code('a', 'x = 1')]));
    const first = await launch();
    await first.studio.open(path);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const notebook = new NotebookPage(first.page);
    await notebook.write(1, 'kept = "mine"');
    const banner = first.studio.place('notebook').getByTestId('error-notice');
    await expect(banner).toContainText(`${path} is on a read-only disk`, { timeout: 30_000 });
    await expect(banner).toContainText('Your edits are safe');
    const elsewhere = join(desk.folder, 'elsewhere.ipynb');
    await first.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, elsewhere);
    await banner.getByRole('button', { name: 'Save as…' }).click();
    await expect.poll(() => readIfThere(elsewhere)).toContain('mine');
    await expect(notebook.cell(1)).toContainText('kept = "mine"');
    await expect(banner).toBeHidden();
    await first.close();
  });
});

test('changed by another program with nothing unsaved here: the new text is shown', async ({
  studio,
  desk,
}) => {
  const path = put(desk, notebookText([code('a', 'x = 1')]));
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  await expect(notebook.cell(1)).toContainText('x = 1');
  changeElsewhere(path, 'x = 1', 'x = 22');
  await expect(notebook.cell(1)).toContainText('x = 22');
  await expect(studio.page.getByTestId('conflict')).toBeHidden();
});

test('changed by another program under unsaved edits: keep mine, or take theirs and undo', async ({
  launch,
  desk,
}) => {
  mkdirSync(desk.home, { recursive: true });
  writeFileSync(join(desk.home, 'settings.json'), JSON.stringify({ isAutosaveOn: false }));
  const path = put(desk, notebookText([code('a', 'x = 1'), code('b', 'y = 1')]));
  const { studio } = await launch();
  await studio.open(path);
  const notebook = new NotebookPage(studio.page);
  const banner = studio.page.getByTestId('conflict');
  const saveState = studio.page.getByTestId('save-state');

  await notebook.write(1, 'x = "mine"');
  await expect(saveState).toHaveAttribute('data-status', 'unsaved');
  changeElsewhere(path, 'y = 1', 'y = 22');
  await expect(banner).toContainText('Another program changed this notebook');
  await expect(notebook.cell(1)).toContainText('mine');
  await banner.getByRole('button', { name: 'Keep mine' }).click();
  await expect(banner).toBeHidden();
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('mine');
  expect(readFileSync(path, 'utf8')).toContain('y = 1');

  await notebook.write(1, 'x = "mine again"');
  await expect(saveState).toHaveAttribute('data-status', 'unsaved');
  changeElsewhere(path, 'y = 1', 'y = 22');
  await expect(banner).toBeVisible();
  await banner.getByRole('button', { name: /Take the file/ }).click();
  await expect(notebook.cell(2)).toContainText('y = 22');
  await expect(banner).toBeHidden();
  await studio.command('Undo the last edit of the notebook');
  await expect(notebook.cell(1)).toContainText('mine again');

  changeElsewhere(path, 'y = 22', 'y = 333');
  await expect(banner).toBeVisible();
  await banner.getByRole('button', { name: 'Save mine as a copy' }).click();
  await expect(notebook.cell(2)).toContainText('y = 333');
  expect(readFileSync(path, 'utf8')).toContain('y = 333');
});

test('a package index that cannot be reached: said, with the way to the settings or the log', async ({
  launch,
  desk,
}) => {
  mkdirSync(desk.home, { recursive: true });
  const packageIndex = 'http://127.0.0.1:9/simple';
  writeFileSync(join(desk.home, 'settings.json'), JSON.stringify({ packageIndex }));
  const { studio } = await launch();
  await studio.open(put(desk, notebookText([code('a', 'import pandas')])));
  const connect = new ConnectPage(studio.page);
  await connect.open();
  await connect.makeEnvironment();
  const notice = studio.page.getByTestId('error-notice').filter({ hasText: /index/i }).first();
  await expect(notice).toBeVisible({ timeout: 120_000 });
  await expect(notice.getByRole('button').first()).toBeVisible();
  await expect(connect.environment('made by Slipway')).toHaveCount(0);
});

function sourceOf(path: string): string {
  return JSON.parse(readFileSync(path, 'utf8')).cells[0].source.join('');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** A small disk of its own, gone afterwards. */
async function onDisk(
  desk: Desk,
  options: string,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = join(desk.folder, 'disk');
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  try {
    await work(folder);
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
}
