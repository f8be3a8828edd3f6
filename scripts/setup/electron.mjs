/** The Electron binary: from its release host, else the stand-in for machines cut off from it. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ELECTRON_PACKAGE, findElectron } from '../lib/electron.mjs';
import { node24 } from '../lib/node24.mjs';
import { CACHE } from '../lib/paths.mjs';
import { collect, Stop } from '../lib/run.mjs';
import { makeStandIn } from './electron-stand-in.mjs';

/** A connection that is merely slow still gets through; one that is cut off fails in a second. */
const DOWNLOAD_MS = 300_000;
const PROBE_MS = 8_000;
/** The release host is asked again once a day, so that the stand-in does not stay longer than it must. */
const ASK_AGAIN_MS = 24 * 3600_000;
const ASKED = join(CACHE, 'electron-asked');

export const title = 'Electron';

export function isDone() {
  const found = findElectron();
  return found !== null && (!found.isStandIn || wasAskedLately());
}

export async function run() {
  const why = await download();
  if (why === null) return;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(ASKED, `${why}\n`);
  if (findElectron()) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Stop(
      `Electron could not be downloaded: ${why}`,
      'ELECTRON_MIRROR=<a mirror you can reach> npm start',
    );
  }
  console.log(`  its release host cannot be reached (${why})`);
  await makeStandIn();
}

/** Null when the binary is there afterwards, else the reason in a line. */
async function download() {
  // Behind a proxy only the package's own download knows the way: no look ahead there.
  if (!process.env.HTTPS_PROXY && !process.env.https_proxy) {
    const why = await probe();
    if (why !== null) return why;
  }
  const { code, output } = await collect(node24(), [join(ELECTRON_PACKAGE, 'install.js')], {
    timeout: DOWNLOAD_MS,
  });
  if (code === 0 && findElectron()?.isStandIn === false) return null;
  return output.match(/^.*Error: .*$/m)?.[0] ?? `exit ${code}`;
}

/** Null when the release host answers at all, else why it does not. */
async function probe() {
  const base = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/';
  try {
    await fetch(base, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(PROBE_MS),
    });
    return null;
  } catch (error) {
    return error.cause?.code ?? error.message;
  }
}

function wasAskedLately() {
  const asked = statSync(ASKED, { throwIfNoEntry: false });
  return asked !== undefined && Date.now() - asked.mtimeMs < ASK_AGAIN_MS;
}
