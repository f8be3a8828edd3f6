/** Ends a deployment's processes, deletes its folder, and looks whether anything is left. */
import { access, rm } from 'node:fs/promises';
import { findRecord, readState } from '../../../base/deployment-files';
import { endProcess, isAlive } from '../../../base/process-identity';
import { isPortFree } from './ports';
import { isSupervised, sendCommand } from './supervisor-control';

/** Answers what is left, each a sentence; empty when nothing is. Safe to call again. */
export async function removeDeployment(folder: string): Promise<string[]> {
  const record = await findRecord(folder);
  const before = await readState(folder);
  const child = before?.child ?? null;
  if (await isSupervised(folder)) await sendCommand(folder, 'quit', 20_000).catch(() => undefined);
  const after = await readState(folder);
  // Whatever did not go by itself is ended; the newest state names processes the first did not know.
  const processes = [before?.supervisor, after?.supervisor, child, after?.child].filter(
    (each) => each != null,
  );
  const ended = await Promise.all(processes.map((each) => endProcess(each)));
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  return [
    ...processes
      .filter((_, at) => !ended[at])
      .map(({ pid }) => `Process ${pid} could not be ended.`),
    ...((await exists(folder)) ? [`The folder ${folder} could not be deleted.`] : []),
    ...(await portLeft(record?.port ?? null, child !== null && (await isAlive(child)))),
  ];
}

/** Only our own process on the port counts: another program may have taken it meanwhile. */
async function portLeft(port: number | null, isOurs: boolean): Promise<string[]> {
  if (port === null || !isOurs || (await isPortFree(port))) return [];
  return [`Port ${port} is still in use.`];
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
