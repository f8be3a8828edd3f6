/**
 * `npm test`: the same set-up as `npm start`, then the unit tests, the real window, the packaged app, and what needs a cluster.
 * `npm test -- unit [filter]`, `npm test -- e2e [filter]`, `npm test -- packaged`, `npm test -- cluster` run one of them.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build } from './build.mjs';
import { withDisplay } from './lib/display.mjs';
import { sumE2e } from './lib/e2e-report.mjs';
import { findElectron } from './lib/electron.mjs';
import { node24 } from './lib/node24.mjs';
import { CACHE, ROOT } from './lib/paths.mjs';
import { main, Stop, show } from './lib/run.mjs';
import { UNIT_REPORT } from './lib/unit-report.mjs';
import { awsStand } from './setup/aws-stand.mjs';
import * as dataEnvironment from './setup/data-environment.mjs';
import { withDockerEngine } from './setup/docker-engine.mjs';
import { sayWhichElectron, setUp } from './setup/index.mjs';
import { withKubernetes } from './setup/kubernetes.mjs';
import { toolsFolder } from './setup/python-tools.mjs';

const RESULTS = join(ROOT, 'test-results');
/** Linux only so far: elsewhere the packaged program lies under another name. */
const PACKAGED_APP = join(ROOT, 'release', 'linux-unpacked', 'slipway');
const SMOKE = ['notebook.spec', '-g', 'a sample runs from top to bottom'];
/** These wait for the cluster, which is built while the others run: they are last. */
const CLUSTER_TESTS = ['kubernetes', 'argo-workflows'].map(
  (name) => `electron/deploy/targets/${name}`,
);
/** In the titles of those that need it in the window. */
const CLUSTER_MARK = '@cluster';
/** The spec files that wait for a Docker engine most of their time. */
const ENGINE_SPECS = String.raw`(build|targets[\w-]*)\.spec\.ts`;
const WINDOW = ['--grep-invert', `${ENGINE_SPECS}|${CLUSTER_MARK}`];
const ENGINES = ['--grep', ENGINE_SPECS, '--grep-invert', CLUSTER_MARK];
/** From the start of all tests: so that what remains fits into an hour. */
const CLUSTER_LIMIT_MS = 38 * 60_000;
const CLUSTER_KIT_LIMIT_MS = 45 * 60_000;
const CLUSTER_WINDOW_LIMIT_MS = 43 * 60_000;
/** Of what a failed test says, at the end. */
const REASON_LINES = 12;
const RUNS = { unit: runUnit, packaged: runPackaged, e2e: runE2e, cluster: runCluster };

await main(async () => {
  const [kind, ...filter] = process.argv.slice(2);
  if (kind !== undefined && !Object.hasOwn(RUNS, kind)) {
    throw new Stop(
      `There are the tests unit, e2e, packaged and cluster, no '${kind}'.`,
      'npm test -- unit',
    );
  }
  await setUp();
  await setUp([dataEnvironment]);
  await build();
  sayWhichElectron();
  mkdirSync(RESULTS, { recursive: true });
  const kinds = kind ? [kind] : Object.keys(RUNS);
  const run = (cluster) =>
    withDockerEngine(async (engine) => {
      const env = testEnvironment({ ...engine, ...(await awsStand()) });
      return runAll(kinds, filter, { env, cluster });
    });
  return sayTotals(await (kinds.includes('cluster') ? withKubernetes(run) : run(null)));
});

async function runAll(kinds, filter, { env, cluster }) {
  if (kinds.length === 1) return [await RUNS[kinds[0]](filter, env, cluster)].flat();
  const first = [await runUnit([], env), await runPackaged([], env)];
  // Side by side, each with a display of its own: one waits for engines while the other needs the processor.
  const lanes = [runPlaywright('window', WINDOW, env), runEngines(env, cluster)];
  return [...first, ...(await Promise.all(lanes))].flat();
}

async function runEngines(env, cluster) {
  return [await runPlaywright('engines', ENGINES, env), ...(await runCluster([], env, cluster))];
}

function without(folders) {
  return folders.map((folder) => `--exclude=${folder}/**`);
}

function testEnvironment(env) {
  const electron = findElectron();
  return {
    ...process.env,
    ...env,
    // Where the machine forbids it, every import of pandas compiles pandas anew: seconds for each step of each test.
    PYTHONDONTWRITEBYTECODE: '',
    ...(electron.isStandIn ? { ELECTRON_OVERRIDE_DIST_PATH: electron.dist } : {}),
    SLIPWAY_ELECTRON: electron.path,
    SLIPWAY_NODE: node24(),
    SLIPWAY_TOOLS: toolsFolder(),
    // Named after what is in them and never changed: tests with the same packages share one, half a minute of CPU each.
    SLIPWAY_ENVIRONMENTS: join(CACHE, 'package-environments'),
  };
}

function runUnit(filter, env) {
  return runVitest('unit tests', [...without(CLUSTER_TESTS), ...filter], env);
}

async function runCluster(filter, env, environmentWithin) {
  if (performance.now() > CLUSTER_KIT_LIMIT_MS) {
    return [tooLateFor('the kit of Kubernetes and Argo Workflows, and their roads in the window')];
  }
  const left = CLUSTER_LIMIT_MS - performance.now();
  const cluster = { ...env, ...(await environmentWithin(Math.max(5000, left))) };
  const kits = runVitest('cluster tests', [...CLUSTER_TESTS, ...filter], cluster);
  // Side by side, each in namespaces of its own: both wait for the cluster most of the time.
  return Promise.all(filter.length > 0 ? [kits] : [kits, runClusterRoads(cluster)]);
}

async function runClusterRoads(env) {
  return performance.now() > CLUSTER_WINDOW_LIMIT_MS
    ? tooLateFor('trees.ipynb to a cluster, in the window')
    : runPlaywright('cluster', ['--grep', CLUSTER_MARK], env);
}

function tooLateFor(name) {
  const minutes = Math.round(performance.now() / 60_000);
  const reason = `the tests before it took ${minutes} min; npm test -- cluster`;
  return { passed: 0, failed: [], skipped: [{ name, reason }], retried: [] };
}

async function runVitest(name, args, env) {
  const report = join(RESULTS, `${name}.json`);
  rmSync(report, { force: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/unit-report.mjs'];
  const code = await show(node24(), [vitest, 'run', ...reporters, ...args], {
    env: { ...env, [UNIT_REPORT]: report },
  });
  return withExitCode(name, code, readJson(report));
}

/** The folder an installer would hold, started as its user would: without the sources beside it. */
async function runPackaged(_, env) {
  if (process.platform !== 'linux') {
    const reason = 'the packaged app is tried on Linux only so far';
    return { passed: 0, failed: [], skipped: [{ name: 'the packaged app', reason }], retried: [] };
  }
  const dist = join(ROOT, 'scripts', 'dist.mjs');
  const code = await show(process.execPath, [dist, '--dir'], { env });
  if (code !== 0) return withExitCode('packaging', code, null);
  return runPlaywright('packaged', SMOKE, { ...env, SLIPWAY_APP: PACKAGED_APP });
}

function runE2e(filter, env) {
  return runPlaywright('e2e', ['--grep-invert', CLUSTER_MARK, ...filter], env);
}

/** `name` keeps reports and pictures of runs side by side apart. */
function runPlaywright(name, args, env) {
  return withDisplay(async (display) => {
    const report = join(RESULTS, `${name}.json`);
    rmSync(report, { force: true });
    const playwright = join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js');
    const screen = display.DISPLAY ? { DISPLAY: display.DISPLAY } : {};
    const code = await show(node24(), [playwright, 'test', ...args], {
      env: { ...env, ...screen, SLIPWAY_E2E_REPORT: report, SLIPWAY_E2E_NAME: name },
    });
    const told = readJson(report);
    return withExitCode(`tests in the window (${name})`, code, told && sumE2e(told));
  });
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** A runner that fails without a failed test (a crash, no tests found) still counts as one failure. */
function withExitCode(name, code, totals) {
  const sum = totals ?? { passed: 0, failed: [], skipped: [], retried: [] };
  if (code === 0 || sum.failed.length > 0) return sum;
  return { ...sum, failed: [{ name, reason: `its runner ended with exit code ${code}` }] };
}

/** What failed stands at the end, too: of hours of output that is what is looked for, and kept by those who cut it. */
function sayTotals(sums) {
  const passed = sums.reduce((total, sum) => total + sum.passed, 0);
  const [failed, skipped, retried] = ['failed', 'skipped', 'retried'].map((kind) =>
    sums.flatMap((sum) => sum[kind]),
  );
  sayEach('Passed at the second try only; at the first', retried);
  sayEach('Skipped', skipped);
  sayEach('Failed', failed);
  if (passed + failed.length === 0)
    console.log('\nNo test was executed: that counts as a failure.');
  console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return failed.length > 0 || passed === 0 ? 1 : 0;
}

function sayEach(title, tests) {
  if (tests.length > 0) console.log(`\n${title}:`);
  for (const { name, reason } of tests) {
    const words = stripVTControlCharacters(reason ?? 'no reason given').trim();
    const lines = words.split('\n').slice(0, REASON_LINES);
    console.log(`  ${name}: ${lines.join('\n    ')}`);
  }
}
