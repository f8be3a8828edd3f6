/**
 * A Kubernetes cluster with Argo Workflows for the tests. The one that SLIPWAY_TEST_KUBECONFIG names is used; else, as
 * root on Debian with Go, one is built once and started in the background while other tests run. Without either the
 * tests that need it skip and say why.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../lib/lock.mjs';
import { ROOT } from '../lib/paths.mjs';
import { ask, collect } from '../lib/run.mjs';
import { baseArchive } from './docker-engine.mjs';
import { installDebianPackages } from './system-libraries.mjs';

const HOME = process.env.K8S_HOME ?? join(homedir(), '.cache', 'slipway', 'k8s');
const KUBECONFIG = join(HOME, 'kubeconfig');
/** Building everything from an empty cache takes this long on two cores, beside other tests. */
const LIMIT_MS = 45 * 60_000;
const TRIES = 3;

/**
 * Calls `body` at once with `environment(limitMs)`: what tells tests about the cluster, as soon as it is up. Ask for it
 * right before the tests that need it, and let those run last. What was started here ends after the body.
 */
export async function withKubernetes(body) {
  const started = begin();
  const leave = () => started.stop();
  const onSignal = () => {
    void leave().finally(() => process.exit(130));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await body((limitMs = LIMIT_MS) => settle(started, limitMs));
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await leave();
  }
}

/** `up` becomes the kubeconfig, or fails with the reason. */
function begin() {
  const given = process.env.SLIPWAY_TEST_KUBECONFIG;
  if (given) return { up: Promise.resolve(given), log: null, stop: async () => undefined };
  const scripts = process.env.SLIPWAY_K8S_SCRIPTS ?? resolve(ROOT, '..', 'shared', 'kubernetes');
  const why = whyNot(scripts);
  if (why !== null) return { up: refused(why), log: null, stop: async () => undefined };
  mkdirSync(HOME, { recursive: true });
  const log = join(HOME, 'slipway-set-up.log');
  const wasUp = answers();
  let ends = null;
  const up = withLock('kubernetes', async () => {
    for (const script of ['k8s-up', 'argo-up']) {
      await startWhole(join(scripts, script), log, (running) => {
        ends = running;
      });
    }
    return KUBECONFIG;
  });
  up.catch(() => undefined);
  const stop = async () => {
    ends?.kill();
    if (wasUp) return;
    for (const script of ['argo-down', 'k8s-down']) {
      await collect(join(scripts, script), [], { env: environment() });
    }
  };
  return { up, log, stop };
}

function whyNot(scripts) {
  if (!existsSync(join(scripts, 'k8s-up'))) return `${scripts} holds no k8s-up to start one with`;
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) {
    return 'starting one takes Debian';
  }
  if (process.getuid?.() !== 0) return 'starting one takes root';
  return ask('go', ['version']) === null ? 'building one takes Go' : null;
}

function refused(why) {
  const up = Promise.reject(new Error(why));
  up.catch(() => undefined);
  return up;
}

const environment = () => ({ ...process.env, K8S_HOME: HOME, ARGO_CRDS: 'full' });

const answers = () =>
  existsSync(KUBECONFIG) &&
  ask(join(HOME, 'bin', 'kubectl'), ['--kubeconfig', KUBECONFIG, 'get', '--raw', '/readyz']) !==
    null;

/** A script that is run again starts what is down: on a busy machine it may take what is slow to begin for dead. */
async function startWhole(script, log, onStart) {
  for (let tries = 1; ; tries += 1) {
    const running = start(script, log);
    onStart(running);
    const code = await running.code;
    if (code === 0) return;
    // Ended from outside: the tests are over.
    if (tries === TRIES || running.isKilled())
      throw new Error(`${basename(script)} failed (${code}): ${lastLine(log)}`);
  }
}

/** At the lowest priority: the tests that run meanwhile go first. */
function start(script, log) {
  const output = openSync(log, 'a');
  const stdio = ['ignore', output, output];
  const child = spawn('nice', ['-n', '15', script], { env: environment(), stdio, detached: true });
  const code = new Promise((done) => {
    child.on('error', () => done(127));
    child.on('exit', (exit) => done(exit ?? 1));
  });
  let wasKilled = false;
  const kill = () => {
    wasKilled = true;
    if (child.exitCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended by itself meanwhile.
    }
  };
  return { code, kill, isKilled: () => wasKilled };
}

async function settle({ up, log }, limitMs) {
  try {
    const late = sleep(limitMs, null, { ref: false }).then(() => {
      const last = log ? ` It is at: ${lastLine(log)}` : '';
      throw new Error(`it was not up in ${Math.round(limitMs / 60_000)} min.${last}`);
    });
    late.catch(() => undefined);
    const kubeconfig = await Promise.race([up, late]);
    if (ask('docker-registry', ['--version']) === null) {
      await installDebianPackages(['docker-registry']);
    }
    return { SLIPWAY_TEST_KUBECONFIG: kubeconfig, SLIPWAY_TEST_BASE_ARCHIVE: await base() };
  } catch (error) {
    console.log(`No Kubernetes for the tests: ${error.message}`);
    return { SLIPWAY_TEST_KUBECONFIG: '', SLIPWAY_TEST_KUBERNETES_WHY: error.message };
  }
}

/** Images for the cluster are made from this file system, without an engine. */
async function base() {
  return process.env.SLIPWAY_TEST_BASE_ARCHIVE ?? (await withLock('docker', () => baseArchive()));
}

const lastLine = (log) => readFileSync(log, 'utf8').trim().split('\n').at(-1);
