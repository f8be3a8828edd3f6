/** One swarm: a deployment is a service of it; each revision is noted in a config. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import {
  type DeploymentRecord,
  type DeploySettings,
  type Found,
  type Json,
  LABEL,
  type LogBatch,
  type LogLine,
  type Resource,
  type RevisionRecord,
} from '../../../../shared/deploy';
import type { Deployed } from '../../../../shared/estimate';
import type { ConnectedEngine } from '../../../engine';
import type { TaskContext } from '../../../task';
import type { CheckItem, Observed, Platform, Wanted } from '../../resources/platform';
import { readSecret } from '../../resources/secrets';
import { commandOf } from '../docker/container-spec';
import { asking, unlessGone } from '../docker/failure';
import { imageKind } from '../docker/images';
import { volumeKind } from '../docker/kinds';
import { batch, followLog, numbered, readLog } from '../docker/logs';
import { hostOf, isFree, isLocal } from '../docker/place';
import type { DockerPlatformNeeds } from '../docker/platform';
import { openTunnel } from '../docker/tunnel';
import type { DeployablePackage, DeploymentCommand, Reached } from '../target';
import { listServices, listTasks, secretIds } from './answers';
import { checkSwarm, portOwner } from './checks';
import { noteKind, ServiceKind, type SwarmPlans, secretKind } from './kinds';
import { observeSwarm } from './observe';
import { nameThere, needSecretsThere } from './secrets';
import { comparable, type ServiceSpec, serviceOptions, specOf } from './service-spec';

const OLD_REVISIONS_KEPT = 5;
const RUNS_KEPT = 20;
/** Where a swarm begins too when it chooses. */
const FIRST_PORT = 30_000;
const VOLUME_PREFIX = 'slipway-swarm-';
const LOOK_FOR_RUNS_MS = 500;

export class SwarmPlatform implements Platform {
  readonly place;
  readonly kinds;
  readonly #engine: ConnectedEngine;
  readonly #docker: Docker;
  readonly #needs: DockerPlatformNeeds;
  readonly #plans: SwarmPlans = { notes: new Map(), secrets: new Map(), services: new Map() };

  constructor(engine: ConnectedEngine, needs: DockerPlatformNeeds) {
    const { who, docker } = engine;
    this.#engine = engine;
    this.#docker = docker;
    this.#needs = needs;
    this.place = {
      id: `swarm:${who.address}`,
      title: `Swarm managed by ${who.name} (Docker ${who.version}, ${who.address}, ${who.source})`,
    };
    this.kinds = [
      imageKind(engine, needs.images),
      volumeKind(docker, VOLUME_PREFIX),
      noteKind(docker, this.#plans),
      secretKind(docker, this.#plans),
      new ServiceKind(docker, this.#plans, needs.readyMs),
    ];
  }

  async check(settings: DeploySettings, made: DeployablePackage): Promise<CheckItem[]> {
    return checkSwarm(this.#docker, settings, made);
  }

  imageOf(made: DeployablePackage): string {
    return this.#needs.images.nameOf(made);
  }

  async settle(settings: DeploySettings, now: DeploymentRecord | null): Promise<DeploySettings> {
    if (settings.mode !== 'service' || settings.port !== null) return settings;
    if (now?.port) return { ...settings, port: now.port };
    const isHere = isLocal(this.#engine.who.address);
    for (let port = FIRST_PORT; port < 65_535; port += 1) {
      const isTaken = (await portOwner(this.#docker, port)) !== null;
      if (!isTaken && (!isHere || (await isFree(port)))) return { ...settings, port };
    }
    return fail('port-in-use', 'No port is free in the swarm.');
  }

  deployed({ mode, replicas }: DeploySettings): Deployed {
    return mode === 'service' ? { instances: replicas } : {};
  }

  async desired({ id, mode, revision, settings, others }: Wanted): Promise<Resource[]> {
    const { image } = revision;
    if (!image) fail('precondition', `Revision ${revision.number} has no image.`);
    await needSecretsThere(this.#docker, settings);
    const kept = others.slice(-OLD_REVISIONS_KEPT);
    const notes = [...kept, revision].map((each) => this.#note(id, each));
    const secrets = [
      ...kept.flatMap((each) => secretsOf(id, each)),
      ...(await this.#secrets(id, revision, settings)),
    ];
    const volume = mode === 'service' ? null : `${VOLUME_PREFIX}${id}`;
    const spec = await this.#spec(id, mode, revision, settings, image, volume);
    this.#plans.services.set(id, { spec, labels: labelsOf(id, revision, mode) });
    return [
      resource('image', image, 'Built from the package where it is not on the engine yet'),
      ...(volume ? [resource('volume', volume, 'What the runs leave')] : []),
      ...notes,
      ...secrets.map((name) => resource('secret', name, 'Its value is taken now and never shown')),
      {
        kind: 'service',
        name: id,
        what: `Service ${id}, revision ${revision.number}`,
        detail: detailOf(settings, spec),
        spec: comparable(spec),
        price: { kind: 'total' },
      },
    ];
  }

  #note(id: DeploymentId, revision: RevisionRecord): Resource {
    const name = `${id}-r${revision.number}`;
    const record = JSON.stringify(revision);
    const mode = revision.settings?.mode ?? 'service';
    this.#plans.notes.set(name, { ...labelsOf(id, revision, mode), [LABEL.record]: record });
    return {
      ...resource('config', name, 'Kept for going back'),
      what: `Note of revision ${revision.number}`,
      spec: { record: JSON.parse(record) as Json },
    };
  }

  /** A secret that stands already is not asked for again: it may come from a variable that is gone. */
  async #secrets(id: DeploymentId, revision: RevisionRecord, settings: DeploySettings) {
    const names = secretsOf(id, revision);
    const standing = new Set((await this.#kind('secret').list(id)).map(({ name }) => name));
    for (const [variable, reference] of Object.entries(settings.secrets)) {
      const name = secretName(id, revision, variable);
      if (nameThere(reference) !== null || standing.has(name)) continue;
      const value = await readSecret(variable, reference);
      if (value === null) continue;
      this.#plans.secrets.set(name, { value, labels: { [LABEL.deployment]: id } });
    }
    return names;
  }

  async #spec(
    id: DeploymentId,
    mode: Wanted['mode'],
    revision: RevisionRecord,
    settings: DeploySettings,
    image: string,
    volume: string | null,
  ): Promise<ServiceSpec> {
    const keeper = await readFile(
      join(this.#needs.resources, 'python', 'keep_schedule.py'),
      'utf8',
    );
    return {
      revision: revision.number,
      image,
      command: commandOf(mode, revision, keeper),
      environment: settings.environment,
      secrets: Object.fromEntries(
        Object.entries(settings.secrets).map(([variable, reference]) => [
          variable,
          nameThere(reference) ?? secretName(id, revision, variable),
        ]),
      ),
      port: mode === 'service' ? settings.port : null,
      publish: mode !== 'service' ? null : settings.options.publish === 'host' ? 'host' : 'ingress',
      volume,
      cpus: settings.resources?.vcpu ?? null,
      memoryMib: settings.resources ? Math.round(settings.resources.memoryGib * 1024) : null,
      replicas: mode === 'service' ? settings.replicas : mode === 'scheduled' ? 1 : 0,
    };
  }

  observe(id: DeploymentId, _found: readonly Found[]): Promise<Observed | null> {
    return observeSwarm(this.#docker, id, hostOf(this.#engine.who.address));
  }

  async readLogs(id: DeploymentId, tail: number): Promise<LogLine[]> {
    const spoken = await this.#speaking(id);
    const parts = await Promise.all(
      spoken.map(({ service, source }) => readLog(service, tail, source)),
    );
    const lines = parts.flat().sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
    return numbered(lines.slice(-tail));
  }

  async *followLogs(
    id: DeploymentId,
    tail: number,
    signal: AbortSignal,
  ): AsyncGenerator<LogBatch, void, void> {
    const before = await this.readLogs(id, tail);
    yield { lines: before };
    let index = before.length;
    let followed = '';
    while (!signal.aborted) {
      const last = (await this.#speaking(id)).at(-1);
      if (last && last.service.id !== followed) {
        const most = followed === '' ? 0 : tail;
        followed = last.service.id;
        for await (const lines of followLog(last.service, most, last.source, signal)) {
          yield batch(lines, index);
          index += lines.length;
        }
      }
      await sleep(LOOK_FOR_RUNS_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A service speaks for itself, a job by the service of each run. */
  async #speaking(id: DeploymentId) {
    const services = await listServices(this.#docker, id);
    const main = services.find(({ Spec }) => Spec.Name === id);
    const mode = main?.Spec.Labels?.[LABEL.mode];
    const runs = services
      .filter(({ Spec }) => Spec.Labels?.[LABEL.run] !== undefined)
      .sort((a, b) => Date.parse(a.CreatedAt) - Date.parse(b.CreatedAt));
    const source = mode === 'service' ? 'service' : 'run';
    return (mode === 'job' ? runs : main ? [main] : []).map(
      ({ ID }) => ({ service: this.#docker.getService(ID), source }) as const,
    );
  }

  async command(id: DeploymentId, command: DeploymentCommand, task: TaskContext): Promise<void> {
    const services = await listServices(this.#docker, id);
    const service = services.find(({ Spec }) => Spec.Name === id);
    const observed = await this.observe(id, []);
    if (!service || !observed)
      return fail(
        'precondition',
        `“${id}” was begun and not finished. Deploy it again, or remove it.`,
      );
    const { record } = observed;
    const settings = record.revisions.find(
      ({ number }) => number === record.currentRevision,
    )?.settings;
    const revision = record.revisions.find(({ number }) => number === record.currentRevision);
    if (!settings || !revision) return fail('precondition', `“${id}” does not tell its settings.`);
    if (command === 'run') return this.#run(id, record.mode, observed);
    if (record.mode === 'job') {
      const runs = services.filter(({ Spec }) => Spec.Labels?.[LABEL.run] !== undefined);
      for (const { ID } of runs) await unlessGone(this.#docker.getService(ID).remove());
      return;
    }
    const replicas = command === 'stop' ? 0 : record.mode === 'service' ? settings.replicas : 1;
    const spec = { ...specOf(service), replicas };
    this.#plans.services.set(id, { spec, labels: service.Spec.Labels ?? {} });
    const kind = this.#kind('service');
    const described: Resource = { ...resource('service', id, ''), what: `Service ${id}` };
    if (command === 'restart') await this.#force(id, spec, service.Spec.Labels ?? {}, service);
    else await kind.update(described, { ...described, labels: {} }, { task, package: null });
    await kind.ready?.(described, task);
  }

  async #force(
    id: DeploymentId,
    spec: ServiceSpec,
    labels: Readonly<Record<string, string>>,
    { ID, Version }: { ID: string; Version: { Index: number } },
  ): Promise<void> {
    const options = serviceOptions(id, spec, await secretIds(this.#docker), labels);
    const TaskTemplate = { ...options.TaskTemplate, ForceUpdate: Date.now() % 2 ** 31 };
    await asking(`restarting ${id}`, () =>
      this.#docker.getService(ID).update({ ...options, TaskTemplate, version: Version.Index }),
    );
  }

  /** A job's run is a service of its own that ends; a schedule is asked by a signal. */
  async #run(id: DeploymentId, mode: Wanted['mode'], { state }: Observed): Promise<void> {
    if (mode === 'service')
      fail('precondition', `“${id}” is a service. It can’t be run like a job.`);
    if (state?.runs[0]?.state === 'running') fail('conflict', `A run of “${id}” goes on already.`);
    if (mode === 'scheduled') {
      const tasks = await listTasks(this.#docker, id);
      const container = tasks.find(({ Status }) => Status.State === 'running')?.Status
        .ContainerStatus?.ContainerID;
      if (!container) return fail('precondition', `“${id}” is not running.`);
      return asking(`asking ${id} for a run`, () =>
        this.#docker.getContainer(container).kill({ signal: 'SIGUSR1' }),
      );
    }
    const services = await listServices(this.#docker, id);
    const pattern = services.find(({ Spec }) => Spec.Name === id);
    if (!pattern) return fail('precondition', `“${id}” was begun and not finished.`);
    const run = Date.now().toString(36);
    const spec = { ...specOf(pattern), replicas: 1 };
    const labels = { ...pattern.Spec.Labels, [LABEL.run]: run };
    // A job is not updated, so it may not say how.
    const {
      UpdateConfig: _,
      RollbackConfig: __,
      ...options
    } = serviceOptions(`${id}-run-${run}`, spec, await secretIds(this.#docker), labels);
    await asking(`starting a run of ${id}`, () =>
      this.#docker.createService({
        ...options,
        TaskTemplate: { ...options.TaskTemplate, RestartPolicy: { Condition: 'none' } },
        Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
      } as Docker.CreateServiceOptions),
    );
    const old = services
      .filter(({ Spec }) => Spec.Labels?.[LABEL.run] !== undefined)
      .sort((a, b) => Date.parse(b.CreatedAt) - Date.parse(a.CreatedAt))
      .slice(RUNS_KEPT - 1);
    for (const { ID } of old) await unlessGone(this.#docker.getService(ID).remove());
  }

  async reach(id: DeploymentId): Promise<Reached> {
    const observed = await this.observe(id, []);
    const port = observed?.record.port;
    if (!observed?.url || !port)
      return fail('precondition', `“${id}” is a job and answers no requests.`);
    const { address } = this.#engine.who;
    return address.startsWith('ssh:')
      ? openTunnel(address, port)
      : { url: observed.url, close: async () => undefined };
  }

  warnings({ mode, secrets }: DeploySettings): string[] {
    return [
      ...(mode === 'service'
        ? ['A swarm opens the port on every node, for everyone who reaches it: it has no password.']
        : []),
      ...(Object.keys(secrets).length > 0
        ? [
            'A secret’s value is taken when its revision is made. A value that changes later needs a new revision.',
          ]
        : []),
    ];
  }

  async close(): Promise<void> {
    this.#engine.close();
  }

  #kind(name: string) {
    return this.kinds.find(({ kind }) => kind === name) ?? fail('unexpected', `No kind ${name}.`);
  }
}

const labelsOf = (id: DeploymentId, revision: RevisionRecord, mode: Wanted['mode']) => ({
  [LABEL.deployment]: id,
  [LABEL.revision]: String(revision.number),
  [LABEL.mode]: mode,
  [LABEL.package]: revision.packageName,
  [LABEL.packageHash]: revision.packageDigest,
});

const secretName = (id: DeploymentId, { number }: RevisionRecord, variable: string): string =>
  `${id}-r${number}-${variable}`;

const secretsOf = (id: DeploymentId, revision: RevisionRecord): string[] =>
  Object.entries(revision.settings?.secrets ?? {})
    .filter(([, reference]) => nameThere(reference) === null)
    .map(([variable]) => secretName(id, revision, variable));

const resource = (kind: string, name: string, detail: string): Resource => ({
  ...{ kind, name, detail, spec: {} },
  what: `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`,
  price: { kind: 'free' },
});

function detailOf(
  settings: DeploySettings,
  { port, publish, replicas, cpus, memoryMib }: ServiceSpec,
): string {
  const size = cpus === null ? 'no limit of size' : `${cpus} cores, ${memoryMib} MiB each`;
  if (port !== null)
    return `${replicas} side by side, answers on port ${port} of ${publish === 'host' ? 'the nodes it runs on' : 'every node'}, replaced one by one; ${size}`;
  return settings.schedule
    ? `Runs by ${settings.schedule.cron}, ${settings.schedule.timeZone}; ${size}`
    : `Waits to be run; ${size}`;
}
