/** What is alive is looked after: its log, its end and new beginning, its revisions, its removal. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from './fixtures';
import { deployments, slipway, test } from './packaged';
import { AlivePage } from './pages/road-pages';

test('a service is followed, stopped, started, rolled back and removed without a trace', async ({
  launch,
  notebook,
  desk,
}) => {
  const deploy = () =>
    slipway(desk.home, dirname(notebook), 'deploy', '--target', 'this-computer', '--yes');
  deploy();
  deploy();
  const [id = ''] = deployments(desk);
  const folder = join(desk.home, 'deployments', id);

  // Deployed by another process; the window finds it alive.
  const { studio, page } = await launch();
  await studio.goTo('operate');
  const alive = new AlivePage(page);
  await expect(alive.state(id)).toContainText('running', { timeout: 30_000 });
  await expect(alive.deployment(id)).toContainText('r2');
  await expect(page.getByTestId('deployment-log')).toContainText(/\d/);

  await alive.press(id, 'stop', /stopped/);
  await alive.press(id, 'start', /running/);
  await alive.rollBack(id, 1);

  await alive.remove(id);
  await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false);
  await expect.poll(() => processesOf(folder), { timeout: 30_000 }).toEqual([]);
});

/** Command lines that name the folder. */
function processesOf(folder: string): string[] {
  if (process.platform === 'win32') return [];
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.includes(folder));
}
