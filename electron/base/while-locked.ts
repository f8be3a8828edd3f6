/** One process at a time makes what several share: the app and the command line may start together. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, processIdentitySchema } from './process-identity';

const LOOK_AGAIN_MS = 500;

export interface Waiting {
  readonly signal?: AbortSignal;
  /** Called at each look while another process holds the lock. */
  readonly onWait?: () => void;
}

/** Holds the file `path` while `make` works. A lock whose holder has died is taken over. */
export async function whileLocked<T>(
  path: string,
  { signal, onWait }: Waiting,
  make: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await takeLock(path))) {
    signal?.throwIfAborted();
    onWait?.();
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  try {
    return await make();
  } finally {
    await rm(path, { force: true });
  }
}

async function takeLock(path: string): Promise<boolean> {
  const own = JSON.stringify(await identify(process.pid));
  try {
    await writeFile(path, own, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    const text = await readFile(path, 'utf8').catch(() => '');
    // An empty one was made and not yet written into.
    if (text !== '' && !(await isAlive(holderIn(text)))) await rm(path, { force: true });
    return false;
  }
}

/** Null for what no Slipway of today wrote. */
function holderIn(text: string) {
  try {
    return processIdentitySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
