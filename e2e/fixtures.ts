/** Every test gets a studio of its own: a fresh home, a fresh folder for notebooks, the real window. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  test as base,
  type ElectronApplication,
  _electron as electron,
  expect,
  type Page,
} from '@playwright/test';
import { placeEnvironment } from './environment';
import { StudioPage } from './pages/studio-page';

export { expect };

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export interface Desk {
  readonly home: string;
  /** Where a person keeps their notebooks. */
  readonly folder: string;
  /** Copies a notebook (and what lies beside it, for a sample) here and answers its path. */
  bring(notebook: string): string;
}

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly studio: StudioPage;
  close(): Promise<void>;
}

interface Fixtures {
  /** Set beside the environment of the tests when the app is started. */
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly desk: Desk;
  /** Starts the app; several starts in one test share the desk. */
  readonly launch: (...args: string[]) => Promise<RunningApp>;
  readonly studio: StudioPage;
}

export const test = base.extend<Fixtures>({
  extraEnv: [{}, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies from this pattern.
  desk: async ({}, use) => {
    const place = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
    const desk: Desk = {
      home: join(place, 'home'),
      folder: join(place, 'notebooks'),
      bring: (notebook) => bring(notebook, join(place, 'notebooks')),
    };
    await use(desk);
    rmSync(place, { recursive: true, force: true });
  },
  launch: async ({ desk, extraEnv }, use, testInfo) => {
    const running: RunningApp[] = [];
    await use(async (...args) => {
      const started = await launchApp(desk, extraEnv, args);
      running.push(started);
      return started;
    });
    for (const one of running) {
      if (testInfo.status !== testInfo.expectedStatus && !one.page.isClosed()) {
        const body = await one.page.screenshot().catch(() => null);
        if (body) await testInfo.attach('window', { body, contentType: 'image/png' });
      }
      await one.close();
    }
  },
  studio: async ({ launch }, use) => {
    const { studio } = await launch();
    await use(studio);
  },
});

async function launchApp(
  desk: Desk,
  extraEnv: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<RunningApp> {
  // The packaged app carries its own code; Electron as it is is told where the code lies.
  const packagedApp = process.env.SLIPWAY_APP;
  const executable = packagedApp ?? process.env.SLIPWAY_ELECTRON;
  const app = await electron.launch({
    ...(executable ? { executablePath: executable } : {}),
    args: [...(packagedApp ? [] : [root]), ...sandboxArguments(), ...args],
    cwd: root,
    env: {
      ...(process.env as Record<string, string>),
      SLIPWAY_HOME: desk.home,
      SLIPWAY_SAMPLES: desk.folder,
      UV_CACHE_DIR: uvCache(),
      NODE_OPTIONS: '',
      ...extraEnv,
    },
  });
  const page = await app.firstWindow();
  const studio = new StudioPage(page, app);
  await studio.isReady();
  return { app, page, studio, close: () => app.close() };
}

/** The specs share what uv has downloaded: a fresh home must not mean fetching the same wheels again. */
function uvCache(): string {
  return process.env.UV_CACHE_DIR ?? join(root, '.cache', 'uv');
}

/** Electron refuses to run as root with its sandbox; nowhere else is it turned off. */
export function sandboxArguments(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

function bring(notebook: string, folder: string): string {
  const sample = join(root, 'resources', 'samples', notebook);
  if (existsSync(sample)) {
    cpSync(sample, join(folder, notebook), { recursive: true });
    placeEnvironment(join(folder, notebook));
    return join(folder, notebook, `${notebook}.ipynb`);
  }
  const target = join(folder, basename(notebook, '.ipynb'), basename(notebook));
  cpSync(notebook, target, { recursive: true });
  placeEnvironment(dirname(target));
  return target;
}

/** The notebooks nobody here wrote, or null where that folder is absent. */
export function sharedNotebook(name: string): string | null {
  const path = resolve(root, '..', 'shared', 'notebooks', name);
  return existsSync(path) ? path : null;
}
