/** The road of trees.ipynb from its package to a place and back, by clicks and keys only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { TARGET_TITLES, type TargetId } from '../shared/estimate';
import { askNotebook, type Truth } from './oracle';
import { AlivePage, DeployPage, EstimatePage, type Filled } from './pages/road-pages';
import type { StudioPage } from './pages/studio-page';
import { tryIt } from './pages/try-it';
import { MARK, NAME } from './standing';
import { MODEL, ROWS } from './trees';

export interface Road extends Filled {
  readonly target: TargetId;
}

/** The marks of the revisions that were asked for a prediction since then, as the place itself tells. */
export type Answered = (since: number) => Promise<string[]>;

interface ServiceRoad extends Road {
  readonly answered: Answered;
  /** A file that the export for other tools has, where the window's is tried. */
  readonly exports?: string;
}

interface ClockRoad extends Road {
  /** The last line that the notebook prints. */
  readonly says: string;
  /** Looks at a run that has ended, of the revision with that mark. */
  readonly looksAtRun: (mark: string) => Promise<void>;
}

/** Plan, price, confirm, answer, a second revision, back to the first, removed. */
export async function serveAt(
  studio: StudioPage,
  notebook: string,
  { answered, exports, ...road }: ServiceRoad,
): Promise<void> {
  const { page } = studio;
  await new EstimatePage(page).chooseFor(studio, 'Service', road.target);
  const deploy = new DeployPage(page);
  await deploy.choose(studio, road);
  await deploy.environment(`${MARK}=first`);
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText(/Docker|Swarm|Cluster/);
  await deploy.confirms(TARGET_TITLES[road.target]);
  await deploy.applyInSight(600_000);
  const truth = askNotebook(notebook, MODEL, ROWS);
  await answersWith(page, truth, answered, 'first');
  if (exports) expect(existsSync(join(await deploy.exportFiles(), exports))).toBe(true);

  await deploy.environment(`${MARK}=second`);
  await deploy.plan();
  await expect(page.getByTestId('deploy-revision')).toContainText('revision 1 becomes 2');
  await deploy.apply();
  await answersWith(page, truth, answered, 'second');

  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await expect(alive.state(NAME)).toContainText(/running/, { timeout: 60_000 });
  await alive.rollBack(NAME, 1);
  await answersWith(page, truth, answered, 'first');
  await alive.remove(NAME);
}

/** What is asked in the window is answered as the notebook's model does, and by that revision. */
export async function answersWith(
  page: Page,
  { rows, predictions }: Truth,
  answered: Answered,
  mark: string,
): Promise<void> {
  const since = Date.now();
  expect(await tryIt(page, { rows })).toMatchObject({ predictions });
  await expect.poll(() => answered(since)).toEqual([mark]);
}

/** By the clock, and run when told: what a run writes is what the notebook writes. */
export async function scheduleAt(
  studio: StudioPage,
  { says, looksAtRun, ...road }: ClockRoad,
): Promise<void> {
  const { page } = studio;
  const estimate = new EstimatePage(page);
  await estimate.chooseFor(studio, 'Scheduled job', road.target);
  const deploy = new DeployPage(page);
  await deploy.choose(studio, road);
  await deploy.schedule('0 2 * * *', 'UTC');
  await deploy.environment(`${MARK}=first`);
  // Another schedule is another price, which has to be seen.
  await studio.goTo('estimate');
  await estimate.isShown();
  await studio.goTo('deploy');
  await deploy.plan();
  await expect(page.getByTestId('plan-place')).toContainText('Cluster');
  await deploy.confirms(TARGET_TITLES[road.target]);
  await deploy.applyInSight(600_000);

  await deploy.environment(`${MARK}=second`);
  await deploy.plan();
  await expect(page.getByTestId('deploy-revision')).toContainText('revision 1 becomes 2');
  await deploy.apply();

  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await expect(alive.state(NAME)).toContainText(/waits/, { timeout: 60_000 });
  await alive.rollBack(NAME, 1, /waits/);
  await alive.run(NAME);
  await expect(page.getByTestId('deployment-log')).toContainText(says, { timeout: 60_000 });
  await looksAtRun('first');
  await alive.remove(NAME);
}
