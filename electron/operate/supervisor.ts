/**
 * Keeps one deployment alive after the app was closed: `node supervisor.mjs <deployment folder>`.
 * It reads deployment.json (what is wanted), writes state.json (what is the case), and takes commands as files
 * in `commands/`: files need no port, no password but the folder's own permissions, and outlive both sides.
 */

import { readState } from '../base/deployment-files';
import { isAlive } from '../base/process-identity';
import { Supervisor } from './supervisor/supervisor';

async function main(folder: string | undefined): Promise<void> {
  if (!folder) {
    console.error('Name the folder of a deployment.');
    process.exit(2);
  }
  const before = await readState(folder);
  if (
    before?.supervisor &&
    before.supervisor.pid !== process.pid &&
    (await isAlive(before.supervisor))
  ) {
    console.error(`Another supervisor (process ${before.supervisor.pid}) keeps this deployment.`);
    process.exit(3);
  }
  const supervisor = await Supervisor.open(folder, before);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void supervisor.quit().then(() => process.exit(0)));
  }
  // Whoever started it may close its end of the terminal: that must not end what is supervised.
  process.on('SIGHUP', () => undefined);
  await supervisor.run();
  process.exit(0);
}

await main(process.argv[2]);
