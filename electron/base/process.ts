/** Child processes: argument lists only, never a shell; an abort ends the whole process group. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fail } from '../../shared/base/studio-error';

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly input?: string;
  /** Each line of either stream, as it comes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a process may take to end itself after SIGTERM. */
const GRACE_MS = 3000;

/**
 * Runs a program to its end. A program that ends with a code other than 0 is a result, not an error;
 * one that cannot be started is a StudioFailure of kind 'environment'; an abort rejects with AbortError.
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const abort = () => void endProcessGroup(child);
  options.signal?.addEventListener('abort', abort, { once: true });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  const collected = {
    stdout: collect(child, 'stdout', options),
    stderr: collect(child, 'stderr', options),
  };
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal?.throwIfAborted();
    return { code, stdout: collected.stdout(), stderr: collected.stderr() };
  } catch (thrown) {
    if (isMissingProgram(thrown)) {
      fail('environment', `The program “${command}” could not be started.`, {
        detail: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
    throw thrown;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

function collect(
  child: ChildProcess,
  stream: 'stdout' | 'stderr',
  options: ProcessOptions,
): () => string {
  const source = child[stream];
  const parts: string[] = [];
  source?.setEncoding('utf8');
  source?.on('data', (part: string) => parts.push(part));
  if (source && options.onLine) {
    createInterface({ input: source }).on('line', (line) => options.onLine?.(line, stream));
  }
  return () => parts.join('');
}

/** SIGTERM to the group, SIGKILL if it is still there after the grace time. */
export async function endProcessGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  await closed;
  clearTimeout(timer);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It ended between the question and the signal.
  }
}

function isMissingProgram(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    ['ENOENT', 'EACCES'].includes(String(thrown.code))
  );
}
