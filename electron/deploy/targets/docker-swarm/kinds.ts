/** Revision note, secret and service of a deployment in a swarm. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, type Json, LABEL, type Resource, recordOf } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import { asking, neverReady, unlessGone } from '../docker/failure';
import { dropUnused } from '../docker/images';
import { type Speaker, textsOf } from '../docker/logs';
import {
  isCurrent,
  listConfigs,
  listSecrets,
  listServices,
  listTasks,
  type SwarmService,
  type SwarmTask,
  secretIds,
} from './answers';
import { comparable, type ServiceSpec, serviceOptions, specOf } from './service-spec';

const READY_MS = 240_000;
const MOST_FAILURES = 3;
/** A port or memory that the one before still holds comes free a little later. */
const PENDING_MS = 15_000;
const GONE_MS = 8000;
const TOLD_LINES = 30;

/** What is decided when it is known what should stand, and needed when it is made. */
export interface SwarmPlans {
  /** Labels of a revision's note, its record among them. */
  readonly notes: Map<string, Readonly<Record<string, string>>>;
  readonly secrets: Map<
    string,
    { readonly value: string; readonly labels: Readonly<Record<string, string>> }
  >;
  readonly services: Map<
    string,
    { readonly spec: ServiceSpec; readonly labels: Readonly<Record<string, string>> }
  >;
}

/** A revision is remembered by a config: the swarm keeps it, whatever becomes of the service. */
export function noteKind(docker: Docker, { notes }: SwarmPlans): ResourceKind {
  return {
    kind: 'config',
    list: async (id) =>
      (await listConfigs(docker, id)).map(({ name, labels }) => ({
        ...{ kind: 'config', name, labels },
        spec: { record: asJson(labels[LABEL.record]) },
      })),
    create: async ({ name }) => {
      const there = (await listConfigs(docker, null)).some((each) => each.name === name);
      if (there) return;
      const Data = Buffer.from('What this revision is stands in its labels.\n').toString('base64');
      await asking(`making the config ${name}`, () =>
        docker.createConfig({ Name: name, Labels: { ...notes.get(name) }, Data }),
      );
    },
    update: async () => undefined,
    remove: async (name) => {
      const there = (await listConfigs(docker, null)).find((each) => each.name === name);
      if (!there) return;
      await asking(`removing the config ${name}`, () =>
        unlessGone(docker.getConfig(there.ID).remove()),
      );
      const image = recordOf(there.labels)?.image;
      if (image) await dropUnused(docker, image);
    },
  };
}

/** A swarm never gives a secret's value back: each revision has its own, taken when it was made. */
export function secretKind(docker: Docker, { secrets }: SwarmPlans): ResourceKind {
  return {
    kind: 'secret',
    list: async (id) =>
      (await listSecrets(docker, id)).map(({ name, labels }) => ({
        ...{ kind: 'secret', name, labels },
        spec: {},
      })),
    create: async ({ name }) => {
      const there = (await listSecrets(docker, null)).some((each) => each.name === name);
      const secret = secrets.get(name);
      if (there || !secret) return;
      const Data = Buffer.from(secret.value).toString('base64');
      await asking(`making the secret ${name}`, () =>
        docker.createSecret({ Name: name, Labels: { ...secret.labels }, Data }),
      );
    },
    update: async () => undefined,
    remove: async (name) => {
      const there = (await listSecrets(docker, null)).find((each) => each.name === name);
      if (!there) return;
      await asking(`removing the secret ${name}`, () =>
        unlessGone(docker.getSecret(there.ID).remove()),
      );
    },
  };
}

export class ServiceKind implements ResourceKind {
  readonly kind = 'service';
  readonly #docker: Docker;
  readonly #plans: SwarmPlans;
  readonly #readyMs: number;

  constructor(docker: Docker, plans: SwarmPlans, readyMs = READY_MS) {
    this.#docker = docker;
    this.#plans = plans;
    this.#readyMs = readyMs;
  }

  async list(id: DeploymentId | null): Promise<Found[]> {
    return (await listServices(this.#docker, id)).map((service) => ({
      kind: this.kind,
      name: service.Spec.Name,
      spec: comparable(specOf(service)),
      labels: service.Spec.Labels ?? {},
    }));
  }

  async create(resource: Resource): Promise<void> {
    const there = await this.#find(resource.name);
    if (there) return this.#put(resource, there);
    await asking(`making the service ${resource.name}`, async () =>
      this.#docker.createService(await this.#options(resource.name)),
    );
  }

  async update(resource: Resource): Promise<void> {
    const there = await this.#find(resource.name);
    return there ? this.#put(resource, there) : this.create(resource);
  }

  async #put(resource: Resource, there: SwarmService): Promise<void> {
    const options = await this.#options(resource.name);
    await asking(`changing the service ${resource.name}`, () =>
      this.#docker.getService(there.ID).update({ ...options, version: there.Version.Index }),
    );
  }

  async remove(name: string, task: TaskContext): Promise<void> {
    const there = await this.#find(name);
    if (!there) return;
    const tasks = await listTasks(this.#docker, name);
    await asking(`removing the service ${name}`, () =>
      unlessGone(this.#docker.getService(there.ID).remove()),
    );
    await this.#untilGone(
      tasks.flatMap(({ Status }) => Status.ContainerStatus?.ContainerID || []),
      task,
    );
  }

  /**
   * The swarm takes a service's containers away a little later, and those of a job that ended not at all; volumes and
   * secrets in use cannot go before. Those on another node are the other node's.
   */
  async #untilGone(containers: readonly string[], task: TaskContext): Promise<void> {
    for (const deadline = Date.now() + GONE_MS; Date.now() < deadline; ) {
      const states = await Promise.all(containers.map((id) => isThere(this.#docker, id)));
      if (!states.includes(true)) return;
      await sleep(200, undefined, { signal: task.signal });
    }
    for (const id of containers) {
      await unlessGone(this.#docker.getContainer(id).remove({ force: true, v: true }));
    }
  }

  /** The rollout is watched to its end: healthy tasks of this image, as many as wanted. */
  async ready(resource: Resource, task: TaskContext): Promise<void> {
    const { spec } = this.#plan(resource.name);
    if (spec.replicas === 0) return;
    for (const deadline = Date.now() + this.#readyMs; ; ) {
      task.signal.throwIfAborted();
      const service = await this.#find(resource.name);
      if (!service) return neverReady(resource.what, 'was removed while it started.', []);
      const tasks = await listTasks(this.#docker, resource.name);
      const own = tasks.filter((each) => isCurrent(each, service));
      const up = own.filter(
        ({ Status, DesiredState }) => Status.State === 'running' && DesiredState === 'running',
      );
      const rollout = service.UpdateStatus?.State;
      if (up.length >= spec.replicas && rollout !== 'updating') return;
      const failed = own.filter(
        ({ Status }) =>
          FAILED.has(Status.State) &&
          Date.parse(Status.Timestamp) >= Date.parse(service.UpdatedAt) - 1000,
      );
      const isStuck = own.find(
        ({ Status }) =>
          Status.State === 'pending' &&
          Status.Err &&
          Date.now() - Date.parse(Status.Timestamp) > PENDING_MS,
      );
      if (isStuck) {
        neverReady(resource.what, `fits on no node of the swarm: ${isStuck.Status.Err}.`, []);
      }
      if (rollout === 'paused' || failed.length >= MOST_FAILURES) {
        const log = await this.#lastWords(failed[0] ?? own[0]);
        const why = failed[0]?.Status.Err ?? service.UpdateStatus?.Message ?? ENDS;
        if (/No such image/i.test(why)) neverReady(resource.what, noImage(spec), []);
        neverReady(resource.what, `does not come up (${why}).`, log);
      }
      if (Date.now() > deadline) {
        const log = await this.#lastWords(own[0]);
        neverReady(resource.what, `was not ready within ${this.#readyMs / 1000} s.`, log);
      }
      task.progress(null, `${resource.what}: ${up.length} of ${spec.replicas} up`);
      await sleep(400, undefined, { signal: task.signal });
    }
  }

  /** Of the task itself: the service's log has those of the revision before among its lines. */
  async #lastWords(task: SwarmTask | undefined): Promise<string[]> {
    if (!task) return [];
    // dockerode has it, its types have not.
    const speaker = this.#docker.getTask(task.ID) as unknown as Speaker;
    const log: unknown = await speaker
      .logs({ stdout: true, stderr: true, tail: TOLD_LINES })
      .catch(() => null);
    return Buffer.isBuffer(log) ? textsOf(log) : [];
  }

  async #options(name: string) {
    const { spec, labels } = this.#plan(name);
    return serviceOptions(name, spec, await secretIds(this.#docker), labels);
  }

  #plan(name: string) {
    return (
      this.#plans.services.get(name) ??
      fail('unexpected', `Nothing is known of the service ${name}.`)
    );
  }

  async #find(name: string): Promise<SwarmService | null> {
    const services = await listServices(this.#docker, null);
    return services.find(({ Spec }) => Spec.Name === name) ?? null;
  }
}

const asJson = (text: string | undefined): Json => (text ? (JSON.parse(text) as Json) : null);

const ENDS = 'it ends again and again';
const noImage = ({ image }: ServiceSpec): string =>
  `finds no image ${image} on the node it is to run on. Images are made on the manager; bring it to that node by docker save and docker load, or deploy again if it went from the manager too.`;

const FAILED: ReadonlySet<string> = new Set(['failed', 'rejected', 'complete']);
const isThere = (docker: Docker, id: string): Promise<boolean> =>
  docker
    .getContainer(id)
    .inspect()
    .then(
      () => true,
      () => false,
    );
