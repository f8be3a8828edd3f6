/** What every test stand needs: a folder of its own, a free port, a program that runs until the test lets it go. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 30_000;
const END_MS = 15_000;

export interface Stand {
  readonly stop: () => Promise<void>;
}

/** Short, as sockets have short names. */
export const standFolder = (name: string): string => mkdtempSync(join(tmpdir(), `slw-${name}-`));

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A program that is missing makes a test skip with this reason, null where all are there. */
export function missingPrograms(...names: readonly string[]): string | null {
  const missing = names.filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length > 0 ? `not installed here: ${missing.join(', ')}` : null;
}

export function must(command: string, args: readonly string[], options: { cwd?: string } = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor(command: string, args: readonly string[], folder: string, env = process.env) {
    this.#log = join(folder, `${command.split('/').at(-1)}.log`);
    const out = openSync(this.#log, 'a');
    this.#child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', out, out] });
    this.#child.once('error', () => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get log(): string {
    return readFileSync(this.#log, 'utf8');
  }

  async until(isReady: () => Promise<boolean>): Promise<void> {
    for (const began = Date.now(); Date.now() - began < START_MS; await sleep(100)) {
      if (await isReady().catch(() => false)) return;
      if (this.#child.exitCode !== null) break;
    }
    await this.stop();
    throw new Error(`It did not start: ${this.log.trim().split('\n').slice(-5).join('\n')}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await closed;
    clearTimeout(timer);
  }
}

export const dropFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

export async function answersHttp(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status < 500;
}
