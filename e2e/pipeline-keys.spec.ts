/** From cells to proof by keys alone: bands, reasons, graph, every kind of fix, parameters, a step's settings, the proof. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, test } from './fixtures';
import { heading, writeNotebook } from './notebooks';
import { Keys } from './pages/keys';

const TROUBLED = [
  heading('Load'),
  'source = open("data.txt")',
  heading('Read'),
  'lines = source.read().split()',
  { source: 'scale = 2', tags: ['skip'] },
  heading('Scale'),
  'scaled = [len(each) * scale for each in lines]',
  '%%bash\nls',
  heading('Report'),
  'total = sum(scaled) + absent\npart = total / 4',
  'print(part)',
];

const colourOf = (band: Locator) =>
  band.evaluate((element) => getComputedStyle(element).backgroundColor);

test('bands, reasons, graph, fixes, parameters and a step’s settings', async ({ studio, desk }) => {
  const { page } = studio;
  const keys = new Keys(page);
  const path = writeNotebook(desk.folder, 'troubled', TROUBLED);
  await keys.open(studio, path);
  const cell = (number: number) => page.getByTestId('cell').nth(number - 1);
  const counts = page.getByTestId('pipeline-counts');
  const inspector = page.getByTestId('inspector');

  await test.step('a band and a name for each step, the reason of its boundary beside the cell', async () => {
    await expect(cell(4).getByTestId('cell-label')).toHaveText('Readmakes lines', {
      timeout: 30_000,
    });
    const bands = await Promise.all(
      [2, 4, 10, 11].map((number) => colourOf(cell(number).getByTestId('cell-band'))),
    );
    expect(new Set(bands).size).toBe(3);
    expect(bands[2]).toBe(bands[3]);
    await keys.press('j', 'j', 'j');
    await expect(cell(4)).toBeFocused();
    await expect(inspector).toContainText('Cell 4 · step Read');
    await expect(inspector.getByRole('region', { name: 'Why this step?' })).toContainText(
      "The notebook's heading “Read”.",
    );
  });

  await test.step('Tab goes through the graph; an edge tells the lines that cause it', async () => {
    await keys.press('Control+2');
    await expect(counts).toHaveText('4 steps · 0 parameters');
    await keys.activate(page.getByLabel('Step Read', { exact: true }));
    await expect(page.getByTestId('step-inspector')).toContainText(/Takes.*source.*Gives.*lines/s);
    await keys.tabTo(page.getByTestId('edge-load-read'));
    await keys.press('Enter');
    await expect(page.getByTestId('edge-inspector')).toContainText(
      /cell 2, line 1 writes it.*open\("data.txt"\).*cell 4, line 1 reads it.*source\.read/s,
    );
  });

  await test.step('retries and a time-out are checked and kept', async () => {
    await keys.activate(page.getByLabel('Step Read', { exact: true }));
    await keys.tabTo(page.getByTestId('step-retries'));
    await keys.write('2');
    await keys.press('Tab');
    await keys.write('soon');
    await expect(page.getByTestId('step-inspector')).toContainText('“soon” is no number.');
    await keys.write('90');
    await keys.press('Enter');
    const kept = () => readFileSync(join(dirname(path), 'slipway.yaml'), 'utf8');
    await expect.poll(kept).toMatch(/read:\s+retries: 2\s+timeout_seconds: 90/);
  });

  await test.step('each fix acts: take back in, skip, merge, skip what only shows, go to the cell', async () => {
    await keys.tab(/Problems/);
    const problems = page.getByTestId('pipeline-problems');
    const fix = (name: string) => keys.activate(problems.getByRole('button', { name }).first());
    await fix('Take cell back in');
    await expect(problems).not.toContainText('which cell 5 binds; that cell is skipped');
    await fix('Skip the cell');
    await expect(problems).not.toContainText('“%%bash” can’t become a Python step');
    await fix('Merge the steps');
    await expect(counts).toHaveText('3 steps · 0 parameters');
    await expect(problems).not.toContainText('open file or connection');
    await fix('Skip it');
    await expect(problems).not.toContainText('One cell only shows something');
    await fix('Go to the cell');
    await expect(cell(10)).toBeFocused();
    await expect(cell(11).getByTestId('cell-label')).toContainText('skipped');
  });

  await test.step('a literal becomes a parameter, and a stale one is removed', async () => {
    await keys.press('Control+2');
    await keys.tab('Cells');
    await keys.activate(page.getByRole('button', { name: 'Actions for cell 10', exact: true }));
    await keys.choose(/Make a literal a parameter/);
    await keys.tabTo(page.getByTestId('promote-name'));
    await keys.write('parts');
    await keys.press('Enter');
    await expect(page.getByTestId('parameter-parts')).toContainText('int');
    await expect(counts).toHaveText('3 steps · 1 parameter');
    await keys.press('Control+1');
    await expect(cell(10)).toBeVisible();
    await keys.tabTo(cell(10));
    await keys.press('Enter');
    await expect(cell(10)).toHaveAttribute('data-mode', 'edit');
    await keys.press('Control+a');
    await page.keyboard.insertText('total = sum(scaled)');
    await keys.press('Escape', 'Control+2');
    await keys.tab(/Problems/);
    const problems = page.getByTestId('pipeline-problems');
    await expect(problems).toContainText('The parameter parts was the literal 4');
    await keys.activate(problems.getByRole('button', { name: 'Remove the parameter' }));
    await expect(problems).not.toContainText('The parameter parts');
  });
});

const VARYING = [
  { source: 'limit: int = 3', tags: ['parameters'] },
  heading('Make'),
  'import configparser, string, uuid\nident = str(uuid.uuid4())',
  'settings = configparser.ConfigParser()\ntitle = string.Template("at $place")',
  'settings.read_string("[a]\\nb = 1")\ntitle.substitute(place="home")',
  heading('Use'),
  'size = len(ident) * limit\nhalf = size / 2',
];

test('the proof says what differs and why, and what a run saw of a cell', async ({
  studio,
  desk,
}) => {
  const { page } = studio;
  const keys = new Keys(page);
  await keys.open(studio, writeNotebook(desk.folder, 'varying', VARYING));
  await expect(studio.rail('pipeline')).toContainText('2 steps', { timeout: 30_000 });
  await keys.press('Control+2');
  await keys.activate(page.getByTestId('pipeline-prove'));
  const row = (name: string) =>
    page
      .getByTestId('proof-row')
      .filter({ has: page.getByRole('cell', { name, exact: true }) })
      .first();
  await expect(row('half')).toContainText('identical', { timeout: 120_000 });
  await expect(row('ident').getByTestId('proof-cause')).toContainText(
    'That begins in cell 3, line 2 with ident: uuid.uuid4() has no seed of its own.',
    { timeout: 60_000 },
  );
  await expect(page.getByTestId('pipeline-prove')).toBeEnabled({ timeout: 60_000 });
  await expect(row('ident')).toHaveAttribute('data-verdict', 'not-compared');
  await keys.activate(row('ident').getByRole('button', { name: 'Show cell 3' }));
  await expect(page.getByTestId('cell').nth(2)).toBeFocused();
  await keys.press('j', 'j');
  const inspector = page.getByTestId('inspector');
  await expect(inspector).toContainText('Cell 5 · step Make');
  await expect(inspector).toContainText(
    'settings seen in a run, title suspected, not seen in a run',
  );
});
