/** trees.ipynb, which nobody here wrote, packaged and run once by the command line. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testEngine } from '../electron/deploy/testing/engine-work';
import { dataPython } from '../electron/package/test-python';
import { test as base, type Desk, sharedNotebook } from './fixtures';
import { runSlipway } from './packaged';
import type { StudioPage } from './pages/studio-page';
import { dropImages, NAME } from './standing';

export const MODEL = 'grid';
export const ROWS = 'X_test';

interface Packaged {
  /** Python at the end of the notebook, where what it has is to be printed. */
  readonly lastCell: string;
  readonly trees: { readonly home: string; readonly folder: string };
}

export const test = base.extend<object, Packaged>({
  lastCell: ['', { option: true, scope: 'worker' }],
  /** The window's part begins at the estimate. */
  trees: [
    async ({ lastCell }, use) => {
      const place = mkdtempSync(join(tmpdir(), 'slipway-targets-'));
      const trees = { home: join(place, 'home'), folder: join(place, 'trees') };
      mkdirSync(trees.folder, { recursive: true });
      const notebook = join(trees.folder, 'trees.ipynb');
      cpSync(sharedNotebook('trees.ipynb') ?? '', notebook);
      if (lastCell) appendCell(notebook, lastCell);
      const python = dataPython();
      runSlipway(trees.home, trees.folder, [
        ...['run', 'trees.ipynb', '--environment', python],
        ...['--serve', MODEL, '--no-compare', '--name', NAME],
      ]);
      await dropImages(testEngine());
      await use(trees);
      rmSync(place, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 600_000 },
  ],
});

function appendCell(path: string, source: string): void {
  const notebook = JSON.parse(readFileSync(path, 'utf8'));
  notebook.cells.push({
    ...{ cell_type: 'code', metadata: {}, execution_count: null, outputs: [] },
    source,
  });
  writeFileSync(path, JSON.stringify(notebook));
}

/** Null where trees.ipynb can be built and run. */
export const whyNotHere = (): string | null =>
  sharedNotebook('trees.ipynb') === null ? 'the folder ../shared is not here' : noEngine();

const noEngine = (): string | null =>
  process.env.SLIPWAY_TEST_DOCKER === '1' && process.env.SLIPWAY_TEST_BASE_IMAGE
    ? null
    : (process.env.SLIPWAY_TEST_DOCKER_WHY ?? 'no Docker engine was started for the tests');

/** A copy for one test. */
export function bringTrees(trees: { home: string; folder: string }, desk: Desk): void {
  cpSync(trees.folder, join(desk.folder, NAME), { recursive: true });
  cpSync(trees.home, desk.home, { recursive: true });
}

/** Opened in the window, with the base image of the tests; answers its path. */
export async function openTrees(studio: StudioPage, folder: string): Promise<string> {
  const path = join(folder, NAME, 'trees.ipynb');
  await studio.open(path);
  const place = await studio.goTo('build');
  const field = place.getByTestId('build-baseImage');
  await field.fill(process.env.SLIPWAY_TEST_BASE_IMAGE ?? '');
  await field.press('Enter');
  return path;
}
