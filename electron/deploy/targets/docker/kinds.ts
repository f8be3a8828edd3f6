/** Image, volume and container of a deployment on an engine. */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, LABEL, type Resource } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import {
  type ContainerSpec,
  comparable,
  createOptions,
  readyCommand,
  specOf,
} from './container-spec';
import { execSucceeds } from './exec';
import { asking, isGone, isPortTaken, neverReady, unlessGone } from './failure';
import { dropUnused } from './images';
import { readLog } from './logs';

const READY_MS = 180_000;
const STEADY_MS = 1000;
/** A container that ended so often will not come up by itself. */
const MOST_RESTARTS = 2;
const TOLD_LINES = 30;
const START_TRIES = 3;
const PORT_WAIT_MS = 500;

export const labelFilter = (id: DeploymentId | null): { label: string[] } => ({
  label: [id === null ? LABEL.deployment : `${LABEL.deployment}=${id}`],
});

/** An engine that is in a swarm holds the volumes of both: they are told apart by how they are named. */
export function volumeKind(docker: Docker, prefix: string): ResourceKind {
  return {
    kind: 'volume',
    list: async (id) => {
      const { Volumes } = await docker.listVolumes({ filters: labelFilter(id) });
      return (Volumes ?? [])
        .filter(({ Name, Labels }) => Name === `${prefix}${Labels?.[LABEL.deployment]}`)
        .map(({ Name, Labels }) => ({
          kind: 'volume',
          name: Name,
          spec: {},
          labels: Labels ?? {},
        }));
    },
    create: async ({ name }) => {
      const deployment = name.slice(prefix.length);
      await asking(`making the volume ${name}`, () =>
        docker.createVolume({ Name: name, Labels: { [LABEL.deployment]: deployment } }),
      );
    },
    update: async () => undefined,
    remove: (name) =>
      asking(`removing the volume ${name}`, () => unlessGone(docker.getVolume(name).remove())),
  };
}

/** What a container is to be made with; filled when it is decided what should stand. */
export interface ContainerPlan {
  readonly spec: ContainerSpec;
  readonly labels: Readonly<Record<string, string>>;
}

export class ContainerKind implements ResourceKind {
  readonly kind = 'container';
  readonly #docker: Docker;
  readonly #plans: ReadonlyMap<string, ContainerPlan>;
  readonly #readyMs: number;

  constructor(docker: Docker, plans: ReadonlyMap<string, ContainerPlan>, readyMs = READY_MS) {
    this.#docker = docker;
    this.#plans = plans;
    this.#readyMs = readyMs;
  }

  async list(id: DeploymentId | null): Promise<Found[]> {
    const infos = await inspectAll(this.#docker, id);
    return infos.map((info) => ({
      kind: this.kind,
      name: resourceName(info),
      spec: comparable(specOf(info)),
      labels: info.Config.Labels,
    }));
  }

  async create(resource: Resource): Promise<void> {
    const { spec, labels } = this.#plan(resource.name);
    const there = await this.#find(resource.name, labels[LABEL.deployment] ?? '');
    await asking(`making the container ${resource.name}`, async () => {
      const name = engineName(resource.name, labels, spec);
      const container =
        there ?? (await this.#docker.createContainer(createOptions(name, spec, labels)));
      if (spec.isRunning) await unlessUnchangedStart(container);
    });
  }

  /** Started, stopped and renamed as it is; for all else it is made anew. */
  async update(resource: Resource, found: Found): Promise<void> {
    const { spec, labels } = this.#plan(resource.name);
    const container = await this.#find(resource.name, labels[LABEL.deployment] ?? '');
    if (!container) return this.create(resource);
    const now = specOf(await container.inspect());
    const same = { isRunning: spec.isRunning, isCurrent: spec.isCurrent };
    const isSameOtherwise =
      JSON.stringify(comparable({ ...now, ...same })) === JSON.stringify(comparable(spec));
    await asking(`changing the container ${found.name}`, async () => {
      if (!isSameOtherwise) {
        await unlessGone(container.remove({ force: true }));
        return this.create(resource);
      }
      if (!spec.isRunning && now.isRunning) await unlessGone(container.stop({ t: 15 }));
      if (spec.isCurrent !== now.isCurrent) {
        await container.rename({ name: engineName(resource.name, labels, spec) });
      }
      if (spec.isRunning && !now.isRunning) await unlessUnchangedStart(container);
    });
  }

  async remove(name: string): Promise<void> {
    const container = await this.#find(name, null);
    if (!container) return;
    const { Config } = await container.inspect();
    await asking(`removing the container ${name}`, () =>
      unlessGone(container.remove({ force: true, v: true })),
    );
    await dropUnused(this.#docker, Config.Image);
  }

  async ready(resource: Resource, task: TaskContext): Promise<void> {
    const { spec, labels } = this.#plan(resource.name);
    if (!spec.isRunning) return;
    const container = await this.#find(resource.name, labels[LABEL.deployment] ?? '');
    if (!container) return neverReady(resource.what, 'was removed while it started.', []);
    const deadline = Date.now() + this.#readyMs;
    const began = Date.now();
    for (;;) {
      task.signal.throwIfAborted();
      await this.#refuseBroken(resource, container);
      const isUp = spec.publish
        ? await execSucceeds(container, readyCommand('/readyz'))
        : Date.now() - began > STEADY_MS;
      if (isUp) return;
      if (Date.now() > deadline) {
        const log = await lastWords(container);
        neverReady(resource.what, `was not ready within ${this.#readyMs / 1000} s.`, log);
      }
      task.progress(null, `${resource.what}: waiting until it is ready`);
      await sleep(300, undefined, { signal: task.signal });
    }
  }

  async #refuseBroken(resource: Resource, container: Docker.Container): Promise<void> {
    const info = await container.inspect();
    const { State, RestartCount } = info;
    const isLooping = RestartCount >= MOST_RESTARTS || (!State.Running && !State.Restarting);
    if (!State.OOMKilled && !isLooping) return;
    const log = await lastWords(container);
    if (State.OOMKilled || (await wasOutOfMemory(this.#docker, info))) {
      const mib = Math.round((info.HostConfig.Memory ?? 0) / 1024 / 1024);
      neverReady(
        resource.what,
        `was ended because it needs more than its ${mib} MiB of memory. Give it more.`,
        log,
      );
    }
    neverReady(resource.what, `ends again and again (code ${State.ExitCode}).`, log);
  }

  #plan(name: string): ContainerPlan {
    return (
      this.#plans.get(name) ?? fail('unexpected', `Nothing is known of the container ${name}.`)
    );
  }

  async #find(name: string, deployment: string | null): Promise<Docker.Container | null> {
    const infos = await inspectAll(this.#docker, deployment as DeploymentId | null);
    const info = infos.find((each) => resourceName(each) === name);
    return info ? this.#docker.getContainer(info.Id) : null;
  }
}

/** What a swarm runs carries our labels too, and is the swarm's: it is not of this target. */
export const isOfSwarm = (labels: Readonly<Record<string, string>>): boolean =>
  'com.docker.swarm.task.id' in labels;

/** Two at a time may go away between the list and the look: those are left out. */
export async function inspectAll(
  docker: Docker,
  id: DeploymentId | null,
): Promise<Docker.ContainerInspectInfo[]> {
  const listed = await docker.listContainers({ all: true, filters: labelFilter(id) });
  const infos = await Promise.all(
    listed
      .filter(({ Labels }) => !isOfSwarm(Labels))
      .map(({ Id }) =>
        docker
          .getContainer(Id)
          .inspect()
          .catch((thrown: unknown) => {
            if (isGone(thrown)) return null;
            throw thrown;
          }),
      ),
  );
  return infos.filter((info) => info !== null);
}

/** The revision's lasting name, whatever the engine calls it now; a run has its own. */
export function resourceName({ Name, Config }: Docker.ContainerInspectInfo): string {
  const labels = Config.Labels;
  const isRun = labels[LABEL.run] !== undefined;
  return isRun ? Name.replace(/^\//, '') : revisionName(labels);
}

export const revisionName = (labels: Readonly<Record<string, string>>): string =>
  `${labels[LABEL.deployment]}-r${labels[LABEL.revision]}`;

const engineName = (
  name: string,
  labels: Readonly<Record<string, string>>,
  { isCurrent }: ContainerSpec,
): string => (isCurrent ? (labels[LABEL.deployment] ?? name) : name);

/** A port that a container of ours held a moment ago may be told as taken still: Podman's monitor lets go of it later. */
async function unlessUnchangedStart(container: Docker.Container): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await unlessGone(container.start());
    } catch (thrown) {
      if (tries === START_TRIES || !isPortTaken(thrown)) throw thrown;
      await sleep(PORT_WAIT_MS);
    }
  }
}

/** One that is up again says nothing of how it ended: the engine's events do. */
async function wasOutOfMemory(
  docker: Docker,
  { Id, Created, HostConfig }: Docker.ContainerInspectInfo,
): Promise<boolean> {
  if (!HostConfig.Memory) return false;
  const { SystemTime } = (await docker.info()) as { SystemTime: string };
  const asked = {
    since: Math.floor(Date.parse(Created) / 1000),
    until: Math.ceil(Date.parse(SystemTime) / 1000),
    filters: { container: [Id], event: ['oom'] },
  };
  // An engine that knows no such event leaves it at what the state says.
  const told = await docker.getEvents(asked).then(text, () => '');
  return told.trim() !== '';
}

export async function lastWords(container: Docker.Container): Promise<string[]> {
  const lines = await readLog(container, TOLD_LINES, 'service').catch(() => []);
  return lines.map(({ text }) => text).filter((text) => text.trim() !== '');
}
