/** Goes from place to place in the real window; each place in both themes, at the usual and at the least size. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron as electron } from '@playwright/test';
import { electronArguments } from '../lib/electron.mjs';
import { ROOT } from '../lib/paths.mjs';
import { clear, makeDesk, ship } from './desk.mjs';
import { PLACES } from './places.mjs';

const SIZES = [
  [1280, 800],
  [900, 600],
];
const THEMES = ['dark', 'light'];
/** Motion is over and what had to be laid out again is. */
const SETTLE_MS = 500;
const PICTURES = join(ROOT, 'docs', 'screens');

const wanted = process.argv.slice(2);
const desk = makeDesk();
try {
  if (!ship(desk)) process.exitCode = 1;
  mkdirSync(PICTURES, { recursive: true });
  await shootAll();
} finally {
  clear(desk);
}

async function shootAll() {
  const app = await electron.launch({
    executablePath: process.env.SLIPWAY_ELECTRON,
    args: [ROOT, ...electronArguments(), desk.notebook],
    cwd: ROOT,
    env: desk.env,
  });
  try {
    const page = await app.firstWindow();
    page.setDefaultTimeout(20_000);
    await resize(app, SIZES[0]);
    for (const { name, isAlways, needsEngine, arrange, leave } of PLACES) {
      const isWanted = wanted.length === 0 || wanted.includes(name);
      if (!isWanted && !isAlways) continue;
      if (needsEngine && process.env.SLIPWAY_TEST_DOCKER !== '1') {
        console.log(`  ${name}: skipped, ${process.env.SLIPWAY_TEST_DOCKER_WHY}`);
        continue;
      }
      try {
        await arrange(page);
        if (isWanted) await shoot(app, page, name);
        await leave?.(page);
      } catch (error) {
        process.exitCode = 1;
        console.error(`${name}: ${error.message}`);
      }
    }
  } finally {
    await app.close();
  }
}

async function shoot(app, page, name) {
  for (const [width, height] of SIZES) {
    await resize(app, [width, height]);
    for (const theme of THEMES) {
      // Playwright emulates the system's wish, so the native theme would not be heard.
      await page.emulateMedia({ colorScheme: theme });
      await page.evaluate(() => document.activeElement?.blur?.());
      await sleep(SETTLE_MS);
      const path = join(PICTURES, `${name}-${theme}-${width}x${height}.png`);
      await page.screenshot({ path });
    }
  }
  await resize(app, SIZES[0]);
  console.log(`  ${name}`);
}

function resize(app, size) {
  return app.evaluate(({ BrowserWindow }, [width, height]) => {
    BrowserWindow.getAllWindows()[0].setContentSize(width, height);
  }, size);
}
