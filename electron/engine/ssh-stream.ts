/**
 * One connection to an engine on another host: `ssh host docker system dial-stdio`, as the docker CLI does it.
 * The system's ssh, not a library: it knows the person's ~/.ssh/config, jump hosts, agent, hardware keys and known
 * hosts. An unknown host key is refused, never taken.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Agent, type ClientRequest } from 'node:http';
import { Duplex } from 'node:stream';
import type { SshAddress } from '../../shared/engine';

const CONNECT_SECONDS = 15;
const STDERR_KEPT = 64 * 1024;
/** How long a connection is kept for the next request. */
const IDLE_MS = 20_000;

/** ssh ended before or while the engine answered: what it wrote says why. */
export class SshEnded extends Error {
  constructor(
    readonly exitCode: number | null,
    readonly stderr: string,
  ) {
    super(`ssh ended with code ${exitCode}`);
    this.name = 'SshEnded';
  }
}

export function sshArguments(address: SshAddress, env: NodeJS.ProcessEnv): string[] {
  const socket = address.socket ? ['--host', `unix://${address.socket}`] : [];
  return [
    // Its messages name the fingerprint of a host key that is refused.
    '-v',
    ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', `ConnectTimeout=${CONNECT_SECONDS}`],
    ...(env.SLIPWAY_SSH_CONFIG ? ['-F', env.SLIPWAY_SSH_CONFIG] : []),
    ...(address.user ? ['-l', address.user] : []),
    ...(address.port ? ['-p', String(address.port)] : []),
    ...['--', address.host, 'docker', ...socket, 'system', 'dial-stdio'],
  ];
}

/** What node:http asks of a socket, over the two pipes of a process. */
class SshStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #stderr = '';

  constructor(address: SshAddress, env: NodeJS.ProcessEnv) {
    super();
    const child = spawn('ssh', sshArguments(address, env), { env, windowsHide: true });
    this.#child = child;
    child.stdout.on('data', (part: Buffer) => {
      if (!this.push(part)) child.stdout.pause();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => this.destroy(error));
    child.once('close', (code) => {
      if (code === 0 || this.destroyed) this.push(null);
      else this.destroy(new SshEnded(code, this.#stderr));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(part: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    // An ssh that is gone tells why when it closes; an error of the pipe here would hide that.
    if (this.#child.stdin.destroyed) done();
    else if (this.#child.stdin.write(part)) done();
    else this.#whenDrained(done);
  }

  #whenDrained(done: () => void): void {
    const go = () => {
      this.#child.stdin.off('drain', go).off('close', go);
      done();
    };
    this.#child.stdin.once('drain', go).once('close', go);
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    this.#child.ref();
    return this;
  }

  unref(): this {
    this.#child.unref();
    return this;
  }
}

/** Hands each request a connection over ssh and keeps an idle one for a while: a handshake takes a third of a second. */
export class SshAgent extends Agent {
  readonly #address: SshAddress;
  readonly #env: NodeJS.ProcessEnv;
  readonly #idle = new Map<Duplex, NodeJS.Timeout>();

  constructor(address: SshAddress, env: NodeJS.ProcessEnv) {
    super({ keepAlive: true, maxFreeSockets: 2 });
    this.#address = address;
    this.#env = env;
  }

  override createConnection(): Duplex {
    return new SshStream(this.#address, this.#env);
  }

  override keepSocketAlive(socket: Duplex): boolean {
    const timer = setTimeout(() => socket.destroy(), IDLE_MS);
    this.#idle.set(socket, timer.unref());
    // Node answers whether it is kept; its types say nothing comes back.
    const isKept: unknown = super.keepSocketAlive(socket);
    return isKept !== false;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    clearTimeout(this.#idle.get(socket));
    this.#idle.delete(socket);
    super.reuseSocket(socket, request);
  }
}
