/** The app's own Jupyter server: a child process on loopback with a random port and token, ended with the app. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { fail } from '../../shared/base/studio-error';
import type { Environment } from '../../shared/connect';
import { endProcessGroup } from '../base/process';
import { type ServerAddress, settingsFor } from './jupyter';
import { pathWith } from './python-paths';

export interface PrivateServerNeeds {
  readonly home: string;
  readonly resources: string;
  /** Python of the tools environment. */
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

const START_TIMEOUT_MS = 60_000;
/** Longer than the server gives itself to end its kernels. */
const END_TIMEOUT_MS = 9000;
const LOG_LINES = 200;

const portSchema = z.object({ port: z.number().int().positive() });

export class PrivateServer {
  readonly address: ServerAddress;
  readonly settings: ReturnType<typeof settingsFor>;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #log: string[];
  #hasEnded = false;

  private constructor(child: ChildProcess, folder: string, address: ServerAddress, log: string[]) {
    this.#child = child;
    this.#folder = folder;
    this.#log = log;
    this.address = address;
    this.settings = settingsFor(address);
    this.ended = endOf(child).then(async () => {
      this.#hasEnded = true;
      // Killed, it could not clean up itself.
      await rm(folder, { recursive: true, force: true });
    });
  }

  static async start(needs: PrivateServerNeeds, signal?: AbortSignal): Promise<PrivateServer> {
    signal?.throwIfAborted();
    const token = randomBytes(24).toString('hex');
    await mkdir(join(needs.home, 'kernels'), { recursive: true });
    const folder = await mkdtemp(join(needs.home, 'kernels', 'server-'));
    const child = spawnServer(needs);
    const log = keepLog(child, token);
    try {
      child.stdin?.write(`${JSON.stringify({ token, folder })}\n`);
      const port = await readPort(child, signal, log);
      return new PrivateServer(child, folder, { url: `http://127.0.0.1:${port}/`, token }, log);
    } catch (thrown) {
      await endProcessGroup(child);
      await rm(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The last lines that the server and its kernels wrote to stderr. */
  get log(): string {
    return this.#log.join('\n');
  }

  /** Makes an environment startable as a kernel and answers the name of its spec. */
  async addKernelSpec(environment: Environment, name: string): Promise<string> {
    const folder = join(this.#folder, 'kernels', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'kernel.json'), JSON.stringify(kernelSpec(environment), null, 2));
    return name;
  }

  /** Ends the kernels and the server: asked first by closing its stdin, by force after a while. */
  async dispose(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => void endProcessGroup(this.#child), END_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }
}

function spawnServer(needs: PrivateServerNeeds): ChildProcess {
  const script = join(needs.resources, 'python', 'private_server.py');
  const child = spawn(needs.python, ['-B', script], {
    cwd: needs.home,
    env: cleanEnvironment(needs.env),
    // A group of its own: Ctrl+C in a terminal is for the CLI, which then ends the server in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => undefined);
  return child;
}

/** What belongs to this app and not to the code in a notebook. */
function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL_|VITEST|VIRTUAL_ENV$|PYTHONHOME$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}

function kernelSpec(environment: Environment): object {
  const isVenv = environment.kind === 'venv' || environment.kind === 'slipway';
  return {
    argv: [environment.pythonPath, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
    display_name: environment.name,
    language: 'python',
    interrupt_mode: 'signal',
    env: {
      // `$` starts a substitution in a kernel spec.
      PATH: pathWith(environment.pythonPath, process.env.PATH).replaceAll('$', '$$$$'),
      ...(isVenv ? { VIRTUAL_ENV: environment.folder.replaceAll('$', '$$$$') } : {}),
    },
  };
}

function keepLog(child: ChildProcess, token: string): string[] {
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line.replaceAll(token, '***'));
      if (lines.length > LOG_LINES) lines.shift();
    });
  }
  return lines;
}

async function readPort(
  child: ChildProcess,
  signal: AbortSignal | undefined,
  log: readonly string[],
): Promise<number> {
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const line = await Promise.race([
    firstLine(child),
    endOf(child),
    aborted(timeout),
    aborted(signal),
  ]);
  signal?.throwIfAborted();
  const port = portSchema.safeParse(parseJson(line ?? ''));
  if (port.success) return port.data.port;
  fail('environment', 'The app’s Jupyter server did not start. Try again; the detail says why.', {
    nextSteps: [{ label: 'Choose a kernel', command: 'connect.choose' }],
    detail: log.join('\n'),
  });
}

function firstLine(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  });
}

function endOf(child: ChildProcess): Promise<null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(null);
    child.once('error', () => resolve(null));
    child.once('exit', () => resolve(null));
  });
}

function aborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(null);
    signal?.addEventListener('abort', () => resolve(null), { once: true });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
