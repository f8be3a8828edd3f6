/** From the start of the process to a window that answers (the samples are listed), against a bare Electron window. */
import { join } from 'node:path';
import { bareApp, freshFolder, launch, ROOT } from './lib/app.mjs';
import { repeat, row } from './lib/measure.mjs';

const RUNS = 5;
const desk = freshFolder('start');
const bare = bareApp(join(desk.folder, 'bare'));

async function timeTo(folder, selector, env) {
  const began = performance.now();
  const app = await launch(folder, [], env);
  const page = await app.firstWindow();
  await page.waitForSelector(selector);
  const took = performance.now() - began;
  await app.close();
  return took;
}

const bareTimes = await repeat(RUNS, () => timeTo(bare, '#word'));
const ours = await repeat(RUNS, (run) =>
  timeTo(ROOT, '[data-testid^="sample-"]', { SLIPWAY_HOME: join(desk.folder, `home-${run % 2}`) }),
);
row('a bare Electron window', bareTimes, 'ms');
row('the studio, usable', ours, 'ms', { label: 'a bare window', values: bareTimes });
desk.remove();
