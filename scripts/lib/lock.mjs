/** One build at a time in a working tree: a second one waits for the first. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CACHE } from './paths.mjs';

const LOOK_AGAIN_MS = 200;

export async function withLock(name, body) {
  const folder = join(CACHE, `${name}.lock`);
  await mkdir(CACHE, { recursive: true });
  while (!(await take(folder))) await sleep(LOOK_AGAIN_MS);
  try {
    return await body();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function take(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    await dropIfOwnerIsGone(folder);
    return false;
  }
  await writeFile(join(folder, 'pid'), String(process.pid));
  return true;
}

async function dropIfOwnerIsGone(folder) {
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
  if (pid > 0 && !isAlive(pid)) await rm(folder, { recursive: true, force: true });
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
