/** Bundles the processes (esbuild) and the window (Vite) into dist/; what has not changed is not built again. */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lib/lock.mjs';
import { node24 } from './lib/node24.mjs';
import { ROOT } from './lib/paths.mjs';
import { collect, main, Stop } from './lib/run.mjs';
import { filesIn, fingerprint } from './lib/tree.mjs';
import { setUpPackages } from './setup/index.mjs';

const DIST = join(ROOT, 'dist');
const BUILT_BY = ['package-lock.json', 'scripts/build.mjs', 'scripts/slipway-launcher.mjs'];

const SUPERVISOR = 'electron/operate/supervisor.ts';

/** Electron 22 runs these two, so CommonJS for its Node 16. */
const IN_ELECTRON = {
  entries: { main: 'electron/main.ts', preload: 'electron/preload.ts' },
  options: { format: 'cjs', outExtension: { '.js': '.cjs' }, target: ['node16', 'chrome108'] },
};
/** These run on Node 24 and never on Electron's own Node 16. */
const ON_NODE = {
  entries: {
    host: 'electron/host.ts',
    cli: 'electron/cli.ts',
    ...(existsSync(join(ROOT, SUPERVISOR)) ? { supervisor: SUPERVISOR } : {}),
  },
  options: {
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    target: 'node24',
    // A cloud's SDK is a file of its own, read when that cloud is asked.
    splitting: true,
    chunkNames: 'part-[hash]',
    // Some dependencies are CommonJS and ask for `require`, `__dirname` and `__filename`.
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        "import { fileURLToPath as __fileURLToPath } from 'node:url';",
        'const require = __createRequire(import.meta.url);',
        'const __filename = __fileURLToPath(import.meta.url);',
        "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
      ].join('\n'),
    },
  },
};
/** Each is asked for in a `try`: native speed-ups that work without. */
const OPTIONAL_NATIVE = ['cpu-features', 'bufferutil', 'utf-8-validate', '*.node'];

export function build() {
  return withLock('build', async () => {
    await mkdir(DIST, { recursive: true });
    await unlessUnchanged('processes', ['electron', 'shared'], buildProcesses);
    await unlessUnchanged('window', ['renderer', 'shared'], buildWindow);
  });
}

/** The fingerprint is written after success only: a build that failed is tried again. */
async function unlessUnchanged(name, folders, body) {
  const sources = folders.flatMap(filesIn).filter((path) => !path.includes('.test.'));
  const inputs = fingerprint([...BUILT_BY, ...sources]);
  const mark = join(DIST, `.${name}`);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === inputs) return;
  const started = Date.now();
  await body();
  await writeFile(mark, inputs);
  console.log(`built the ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

async function buildProcesses() {
  const old = (await readdir(DIST)).filter((name) => name.startsWith('part-'));
  await Promise.all(old.map((name) => rm(join(DIST, name))));
  for (const { entries, options } of [IN_ELECTRON, ON_NODE]) await bundle(entries, options);
  await copyFile(join(ROOT, 'scripts', 'slipway-launcher.mjs'), join(DIST, 'slipway.mjs'));
  await chmod(join(DIST, 'slipway.mjs'), 0o755);
}

async function bundle(entries, options) {
  const { build: esbuild } = await import('esbuild');
  const done = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: DIST,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
    legalComments: 'none',
    external: ['electron', ...OPTIONAL_NATIVE],
    ...options,
  }).catch((error) => error);
  if (done.errors.length === 0) return;
  const { formatMessages } = await import('esbuild');
  throw new Stop((await formatMessages(done.errors, { kind: 'error', color: false })).join(''));
}

async function buildWindow() {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'];
  const { code, output } = await collect(node24(), args, {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (code !== 0) throw new Stop(`The window could not be built:\n${output}`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await setUpPackages();
    await build();
  });
}
