/** A process id is used again after its process ended: together with its start time it names one process for good. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  /** As the system writes it; only compared. Empty where the system does not tell. */
  startedAt: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

const run = promisify(execFile);

/** Null when there is no such process; one that ended and waits to be collected (a zombie) counts as none. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  if (process.platform === 'linux') return identifyByProc(pid);
  if (process.platform !== 'win32') return identifyByPs(pid);
  return isThere(pid) ? { pid, startedAt: '' } : null;
}

/** Whether exactly that process still runs. */
export async function isAlive(identity: ProcessIdentity | null): Promise<boolean> {
  if (!identity) return false;
  const now = await identify(identity.pid);
  return now !== null && now.startedAt === identity.startedAt;
}

/** SIGTERM to its group, SIGKILL after the grace time; resolves when it is gone. Another process of that id is left alone. */
export async function endProcess(
  identity: ProcessIdentity | null,
  graceMs = 5000,
): Promise<boolean> {
  if (!identity || !(await isAlive(identity))) return true;
  signalGroup(identity.pid, 'SIGTERM');
  if (await isGoneWithin(identity, graceMs)) return true;
  signalGroup(identity.pid, 'SIGKILL');
  return isGoneWithin(identity, 3000);
}

async function isGoneWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    if (!(await isAlive(identity))) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return !(await isAlive(identity));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32') process.kill(pid, signal);
    else process.kill(-pid, signal);
  } catch {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the question and the signal.
    }
  }
}

/** Field 22 of /proc/<pid>/stat is the start in clock ticks since boot; the boot id tells one boot from the next. */
async function identifyByProc(pid: number): Promise<ProcessIdentity | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return { pid, startedAt: `${fields[19]}@${boot.trim()}` };
  } catch {
    return null;
  }
}

async function identifyByPs(pid: number): Promise<ProcessIdentity | null> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state = '', ...start] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : { pid, startedAt: start.join(' ') };
  } catch {
    return null;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
