/**
 * A Docker engine and a base image for the tests. One that answers is used; else, as root on Debian, one is installed
 * and runs for the length of the tests. Without either the tests that need it skip and say why.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, withLock } from '../lib/lock.mjs';
import { CACHE } from '../lib/paths.mjs';
import { ask, must } from '../lib/run.mjs';
import { installDebianPackages } from './system-libraries.mjs';

const IMAGE = 'slipway-test-base:bookworm';
/** Where debootstrap cannot run, the image that a package's Dockerfile names anyway. */
const PUBLIC_IMAGE = 'python:3.12-slim';
const START_MS = 30_000;
const STAND_PACKAGES = [
  'openssh-server',
  'openssh-client',
  'docker-registry',
  'apache2-utils',
  'iproute2',
];
const STAND_PROGRAMS = [
  '/sbin/ip',
  '/usr/sbin/sshd',
  '/usr/bin/ssh',
  '/usr/bin/docker-registry',
  '/usr/bin/htpasswd',
];

const STATE = join(CACHE, 'docker');
const OWN = join(STATE, 'engine.json');
const USERS = join(STATE, 'users');

/** Calls `body` with the environment that tells tests about the engine; one started here ends with the last user. */
export async function withDockerEngine(body) {
  const engine = await withLock('docker', () => prepare());
  const leave = () => engine.isOwn && leaveOwnEngine();
  const onSignal = () => {
    leave();
    process.exit(130);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await body(engine.env);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    leave();
  }
}

async function prepare() {
  try {
    const { docker, isOwn, host } = await reachableEngine();
    const image = await baseImage(docker);
    await installStands();
    const address = isOwn ? { DOCKER_HOST: host } : {};
    return {
      isOwn,
      env: { ...address, SLIPWAY_TEST_DOCKER: '1', SLIPWAY_TEST_BASE_IMAGE: image },
    };
  } catch (error) {
    leaveOwnEngine();
    console.log(`No Docker engine for the tests: ${error.message}`);
    return {
      isOwn: false,
      env: { SLIPWAY_TEST_DOCKER: '', SLIPWAY_TEST_DOCKER_WHY: error.message },
    };
  }
}

async function reachableEngine() {
  const there = await client();
  if (await answers(there)) return { docker: there, isOwn: false };
  if (!isRootOnDebian()) throw new Error('none answers, and starting one takes root on Debian');
  const running = await joinOwnEngine();
  const host = running ?? (await startOwnEngine());
  return { docker: await client(host), isOwn: true, host };
}

/** What the test stands of electron/engine/testing run: a second host by ssh, a registry. Their services are not started. */
async function installStands() {
  const isMissing = STAND_PROGRAMS.some((path) => !existsSync(path));
  if (!isMissing || !isRootOnDebian()) return;
  console.log('setting up: an ssh server and an image registry for the tests');
  await installDebianPackages(STAND_PACKAGES, { RUNLEVEL: '1' });
}

async function client(host) {
  const { default: Docker } = await import('dockerode');
  return host ? new Docker({ socketPath: host.replace('unix://', '') }) : new Docker();
}

async function answers(docker) {
  return docker.ping().then(
    () => true,
    () => false,
  );
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** Another test run's engine, if one is up: both use it, the last to leave ends it. */
async function joinOwnEngine() {
  if (!existsSync(OWN)) return null;
  const { pid, host } = JSON.parse(readFileSync(OWN, 'utf8'));
  if (!isAlive(pid) || !(await answers(await client(host)))) return null;
  enter();
  return host;
}

async function startOwnEngine() {
  if (ask('dockerd', ['--version']) === null) {
    console.log('setting up: a Docker engine for the tests');
    await installDebianPackages(['docker.io', 'containerd', 'runc', 'iptables']);
  }
  // Sockets have short names: the working tree may lie too deep for one.
  const sockets = join(tmpdir(), `slipway-docker-${process.pid}`);
  mkdirSync(sockets, { recursive: true });
  mkdirSync(STATE, { recursive: true });
  const log = join(STATE, 'dockerd.log');
  const host = `unix://${join(sockets, 'docker.sock')}`;
  const child = spawn(
    'dockerd',
    [
      ...['--host', host, '--data-root', join(STATE, 'data')],
      ...['--exec-root', join(sockets, 'exec'), '--pidfile', join(sockets, 'pid')],
    ],
    { detached: true, stdio: ['ignore', openSync(log, 'w'), openSync(log, 'a')] },
  );
  child.on('error', () => {});
  child.unref();
  writeFileSync(OWN, JSON.stringify({ pid: child.pid, host, sockets }));
  enter();
  const docker = await client(host);
  for (const started = Date.now(); Date.now() - started < START_MS; await sleep(250)) {
    if (await answers(docker)) return host;
    if (child.exitCode !== null) break;
  }
  throw new Error(`dockerd did not start: ${readFileSync(log, 'utf8').trim().split('\n').at(-1)}`);
}

function enter() {
  mkdirSync(USERS, { recursive: true });
  writeFileSync(join(USERS, String(process.pid)), '');
}

function leaveOwnEngine() {
  if (!existsSync(join(USERS, String(process.pid)))) return;
  rmSync(join(USERS, String(process.pid)));
  for (const user of readdirSync(USERS)) if (!isAlive(Number(user))) rmSync(join(USERS, user));
  if (readdirSync(USERS).length > 0) return;
  const { pid, sockets } = JSON.parse(readFileSync(OWN, 'utf8'));
  rmSync(OWN);
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    rmSync(sockets, { recursive: true, force: true });
  }
}

async function baseImage(docker) {
  if (await hasImage(docker, IMAGE)) return IMAGE;
  if (isRootOnDebian()) {
    const [repo, tag] = IMAGE.split(':');
    const stream = await docker.importImage(await baseArchive(), { repo, tag });
    await finished(docker, stream);
    return IMAGE;
  }
  if (!(await hasImage(docker, PUBLIC_IMAGE))) {
    await finished(docker, await docker.pull(PUBLIC_IMAGE));
  }
  return PUBLIC_IMAGE;
}

function hasImage(docker, name) {
  return docker
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

function finished(docker, stream) {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, lines) => {
      const failed = error ?? lines?.find((line) => line.error);
      if (failed) reject(new Error(failed.message ?? failed.error));
      else resolve();
    });
  });
}

/** A small Debian with Python, made by debootstrap once: no image registry is needed. */
export async function baseArchive() {
  const archive = join(CACHE, 'slipway-test-base-bookworm.tar');
  if (existsSync(archive)) return archive;
  console.log('setting up: a base image for the tests (debootstrap, about a minute)');
  await installDebianPackages(['debootstrap']);
  const work = join(STATE, 'rootfs');
  rmSync(work, { recursive: true, force: true });
  await must('debootstrap', [
    ...['--variant=minbase', '--include=python3,python3-venv,ca-certificates'],
    ...['bookworm', work],
  ]);
  const without = ['./var/cache/apt/archives/*.deb', './var/lib/apt/lists/*'];
  const partial = `${archive}.partial`;
  await must('tar', [
    ...without.map((path) => `--exclude=${path}`),
    ...['-C', work, '-cf', partial, '.'],
  ]);
  rmSync(work, { recursive: true, force: true });
  await must('mv', [partial, archive]);
  return archive;
}
