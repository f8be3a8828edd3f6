/** Where things lie in the working tree, and where downloads are kept between runs. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const CACHE = resolve(process.env.SLIPWAY_CACHE ?? join(ROOT, '.cache'));

/** The same folder as electron/base/home.ts computes: set-up runs before anything is built. */
export function slipwayHome(env = process.env) {
  if (env.SLIPWAY_HOME) return env.SLIPWAY_HOME;
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Slipway');
    case 'win32':
      return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Slipway');
    default:
      return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'slipway');
  }
}
