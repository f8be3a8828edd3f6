/** For stands of clouds: what a task or a revision says is pulled from the stand's registry and runs on the tests' engine. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { textsOf } from '../targets/docker/logs';
import type { RegistrySignIn } from '../targets/target';
import { finished, testEngine } from './engine-work';

export interface Contained {
  /** As the engine pulls it: with the host of the stand's registry. */
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Empty takes the image's own. */
  readonly command: readonly string[];
  /** Where its port answers; a free one of 127.0.0.1 where none is given. */
  readonly at?: { readonly ip: string; readonly port: number };
  /** As Lambda runs it: only /tmp can be written to, and nothing listens. */
  readonly asFunction?: { readonly memoryMb: number };
  /** Asked inside of it; none leaves it to whoever started it. */
  readonly health?: readonly string[];
}

export interface Look {
  /** Null for as long as it runs. */
  readonly exitCode: number | null;
  readonly isHealthy: boolean;
  readonly log: readonly string[];
  /** Where its port answers. */
  readonly url: string | null;
}

/** The port in a package's Dockerfile. */
const PORT = '8000/tcp';
const HEALTH_NS = { Interval: 2e9, Timeout: 5e9, StartPeriod: 60e9, Retries: 3 };

export class StandContainers {
  readonly #docker = testEngine();
  readonly #signIn: RegistrySignIn;
  readonly #running = new Map<string, Docker.Container>();
  readonly #pulled = new Set<string>();

  constructor(signIn: RegistrySignIn) {
    this.#signIn = signIn;
  }

  /** Fails with the engine's words where the image cannot be pulled. */
  async start(key: string, wanted: Contained): Promise<void> {
    await this.#pull(wanted.image);
    const { ip, port } = wanted.at ?? { ip: '127.0.0.1', port: 0 };
    const container = await this.#docker.createContainer({
      Image: wanted.image,
      Env: Object.entries(wanted.environment).map(([name, value]) => `${name}=${value}`),
      ...(wanted.command.length > 0 ? { Cmd: [...wanted.command] } : {}),
      ...(wanted.health ? { Healthcheck: { Test: [...wanted.health], ...HEALTH_NS } } : {}),
      ExposedPorts: { [PORT]: {} },
      HostConfig: wanted.asFunction
        ? functionLimits(wanted.asFunction.memoryMb)
        : { PortBindings: { [PORT]: [{ HostIp: ip, HostPort: String(port) }] } },
    });
    this.#running.set(key, container);
    await container.start();
  }

  async #pull(image: string): Promise<void> {
    const authconfig = { ...this.#signIn, serveraddress: image.split('/')[0] ?? '' };
    const stream = await this.#docker.pull(image, { authconfig });
    await finished(this.#docker, stream);
    this.#pulled.add(image);
  }

  async look(key: string): Promise<Look> {
    const container = this.#running.get(key);
    if (!container) throw new Error(`Nothing runs as ${key}.`);
    const { State, NetworkSettings } = await container.inspect();
    const [bound] = NetworkSettings.Ports[PORT] ?? [];
    const raw = await container.logs({ stdout: true, stderr: true, follow: false });
    return {
      exitCode: State.Running ? null : State.ExitCode,
      isHealthy: State.Health?.Status === 'healthy',
      log: textsOf(raw),
      url: bound ? `http://${bound.HostIp}:${bound.HostPort}` : null,
    };
  }

  keys(): string[] {
    return [...this.#running.keys()];
  }

  async stop(key: string): Promise<void> {
    const container = this.#running.get(key);
    this.#running.delete(key);
    await container?.remove({ force: true, v: true });
  }

  /** The names under which it was pulled go too; what was built keeps its own. */
  async stopAll(): Promise<void> {
    for (const key of this.keys()) await this.stop(key);
    for (const image of this.#pulled)
      await this.#docker
        .getImage(image)
        .remove()
        .catch(() => undefined);
  }
}

/** On the machine's own network, where it finds the runtime's address. */
const functionLimits = (memoryMb: number): Docker.HostConfig => ({
  ReadonlyRootfs: true,
  Tmpfs: { '/tmp': 'rw,mode=1777' },
  Memory: memoryMb * 1024 * 1024,
  NetworkMode: 'host',
});

export type Verdict =
  | { readonly kind: 'up' | 'never-ready'; readonly log: readonly string[] }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly log: readonly string[] }
  | { readonly kind: 'no-image'; readonly why: string };

const READY_MS = 60_000;

/** Revisions of a service: each is started once, and asked at /readyz until it answers, ends or takes too long. */
export class StandRevisions {
  readonly #containers: StandContainers;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #begun = new Map<string, Promise<void>>();

  constructor(containers: StandContainers) {
    this.#containers = containers;
  }

  begin(key: string, wanted: Contained): void {
    const work = this.#tryOut(key, wanted).then((verdict) => {
      this.#verdicts.set(key, verdict);
    });
    this.#begun.set(key, work);
  }

  /** Undefined for as long as nobody knows. */
  verdictOf(key: string): Verdict | undefined {
    return this.#verdicts.get(key);
  }

  /** A request to the service's address, taken to the revision that has the traffic. */
  async forward(
    key: string,
    path: string,
    { method = 'GET', headers }: IncomingMessage,
    body: string | Uint8Array<ArrayBuffer>,
    response: ServerResponse,
  ): Promise<void> {
    const { url } = await this.#containers.look(key);
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'application/json' },
      ...(body.length === 0 ? {} : { body }),
    });
    const type = answer.headers.get('content-type') ?? 'text/plain';
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
  }

  /** Ends all others. */
  async keep(keys: ReadonlySet<string>): Promise<void> {
    for (const [key, work] of this.#begun) {
      if (keys.has(key)) continue;
      this.#begun.delete(key);
      await work;
      await this.#containers.stop(key);
      this.#verdicts.delete(key);
    }
  }

  async #tryOut(key: string, wanted: Contained): Promise<Verdict> {
    try {
      await this.#containers.start(key, wanted);
    } catch (thrown) {
      return { kind: 'no-image', why: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    for (const until = Date.now() + READY_MS; ; await sleep(200)) {
      const { exitCode, log, url } = await this.#containers.look(key);
      if (exitCode !== null) return { kind: 'ended', exitCode, log };
      if (url && (await isReady(url))) return { kind: 'up', log };
      if (Date.now() > until) return { kind: 'never-ready', log };
    }
  }
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
