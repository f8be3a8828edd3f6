/** The real window, one at a time: a spec launches its own Electron on a fresh profile. */
import { defineConfig } from '@playwright/test';

const { SLIPWAY_E2E_REPORT: report, SLIPWAY_E2E_NAME: name = 'e2e' } = process.env;

// biome-ignore lint/style/noDefaultExport: Playwright reads its configuration from the default export.
export default defineConfig({
  testDir: 'e2e',
  outputDir: `test-results/${name}`,
  workers: 1,
  // A shared machine stalls now and then; a spec that fails twice is broken.
  retries: process.env.CI ? 1 : 0,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: report ? [['list'], ['json', { outputFile: report }]] : 'list',
  use: {
    screenshot: 'only-on-failure',
    // Recording costs a tenth of the processor: in CI only the second try is recorded.
    trace: process.env.CI ? 'on-first-retry' : 'retain-on-failure',
  },
});
