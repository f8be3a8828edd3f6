/** Where the app keeps its own things: `$SLIPWAY_HOME`, or the platform's data folder. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function slipwayHome(env: NodeJS.ProcessEnv = process.env): string {
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
