/**
 * What the AWS tests stand on: moto in an environment of its own, and a registry from Debian. Where one cannot be had
 * the tests skip and say why.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lib/lock.mjs';
import { CACHE } from '../lib/paths.mjs';
import { ask, must } from '../lib/run.mjs';
import { toolsFolder } from './python-tools.mjs';
import { installDebianPackages } from './system-libraries.mjs';

const WANTED = 'moto[server]==5.2.1';
/** A package of Debian for each program. */
const PROGRAMS = {
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  openssl: 'openssl',
};

const FOLDER = join(CACHE, 'moto');
const bin = (folder, program) =>
  process.platform === 'win32'
    ? join(folder, 'Scripts', `${program}.exe`)
    : join(folder, 'bin', program);

/** The environment that tells the tests where it is, or why it is not. */
export async function awsStand() {
  if (process.env.SLIPWAY_TEST_MOTO) return {};
  try {
    await withLock('moto', makeEnvironment);
    await installPrograms();
    return { SLIPWAY_TEST_MOTO: bin(FOLDER, 'python') };
  } catch (error) {
    console.log(`No AWS stand for the tests: ${error.message}`);
    return { SLIPWAY_TEST_MOTO: '', SLIPWAY_TEST_MOTO_WHY: error.message };
  }
}

async function makeEnvironment() {
  const mark = join(FOLDER, '.complete');
  const hash = createHash('sha256').update(WANTED).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return;
  console.log('setting up: moto for the AWS tests');
  await rm(FOLDER, { recursive: true, force: true });
  const uv = bin(toolsFolder(), 'uv');
  await must(uv, ['venv', '--quiet', FOLDER]);
  await must(uv, ['pip', 'install', '--quiet', '--python', bin(FOLDER, 'python'), WANTED]);
  writeFileSync(mark, hash);
}

async function installPrograms() {
  const isMissing = (program) => process.platform !== 'win32' && ask('which', [program]) === null;
  const missing = Object.keys(PROGRAMS).filter(isMissing);
  if (missing.length === 0) return;
  const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!canInstall) throw new Error(`not installed here: ${missing.join(', ')}`);
  await installDebianPackages(missing.map((program) => PROGRAMS[program]));
}
