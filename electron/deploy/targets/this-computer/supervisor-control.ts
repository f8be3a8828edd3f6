/** Starts a supervisor, tells it what to do, and waits until it has done so. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fail } from '../../../../shared/base/studio-error';
import {
  deploymentPaths,
  type SupervisorCommand,
  type SupervisorState,
} from '../../../../shared/deploy';
import { readState } from '../../../base/deployment-files';
import { isAlive } from '../../../base/process-identity';

export interface SupervisorProgram {
  /** A Node of version 24 or newer. */
  readonly node: string;
  /** dist/supervisor.mjs */
  readonly script: string;
  readonly env?: NodeJS.ProcessEnv;
}

const START_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 100;

export async function isSupervised(folder: string): Promise<boolean> {
  return isAlive((await readState(folder))?.supervisor ?? null);
}

/** Does nothing where one is at work already. It outlives us: its own session, no pipe to us. */
export async function startSupervisor(folder: string, program: SupervisorProgram): Promise<void> {
  if (await isSupervised(folder)) return;
  const paths = deploymentPaths(folder);
  mkdirSync(paths.logs, { recursive: true });
  const output = openSync(`${paths.logs}/supervisor-output.log`, 'a');
  const child = spawn(program.node, [program.script, folder], {
    cwd: folder,
    env: program.env ?? process.env,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`It ended at once with exit code ${code}.`));
  });
  child.unref();
  const begun = waitFor(folder, START_TIMEOUT_MS, async (state) =>
    isAlive(state?.supervisor ?? null),
  );
  const why = await Promise.race([
    failed,
    begun.then((isBegun) => (isBegun ? null : 'It did not answer.')),
  ]);
  if (why !== null && !(await isSupervised(folder))) {
    fail('environment', 'The supervising process could not be started.', {
      place: { path: `${paths.logs}/supervisor-output.log` },
      detail: why,
    });
  }
}

/** Leaves the command and waits until the supervisor has carried it out. */
export async function sendCommand(
  folder: string,
  command: SupervisorCommand['command'],
  timeoutMs = 30_000,
): Promise<void> {
  const id = `${Date.now()}-${randomUUID().slice(0, 8)}`;
  const { commands } = deploymentPaths(folder);
  await mkdir(commands, { recursive: true });
  await writeFile(`${commands}/${id}.tmp`, JSON.stringify({ id, command }));
  await rename(`${commands}/${id}.tmp`, `${commands}/${id}.json`);
  const isDone = await waitFor(folder, timeoutMs, async (state) =>
    command === 'quit'
      ? !(await isAlive(state?.supervisor ?? null))
      : (state?.handled.includes(id) ?? false),
  );
  if (!isDone) {
    fail(
      'environment',
      'The supervising process does not answer. Remove the deployment, or restart it.',
      {
        detail: `Command “${command}” was not carried out in ${timeoutMs} ms.`,
      },
    );
  }
}

/** True as soon as the state fulfils it; false after the time, or an abort. */
export async function waitFor(
  folder: string,
  timeoutMs: number,
  isFulfilled: (state: SupervisorState | null) => boolean | Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    signal?.throwIfAborted();
    if (await isFulfilled(await readState(folder))) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}
