/** One engine: a deployment there is a container for each revision, of which the current one runs. */
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
  LABEL,
  type LogBatch,
  type LogLine,
  type Resource,
} from '../../../../shared/deploy';
import type { Deployed } from '../../../../shared/estimate';
import type { ConnectedEngine } from '../../../engine';
import type { TaskContext } from '../../../task';
import type { CheckItem, Observed, Platform, Wanted } from '../../resources/platform';
import { readSecret } from '../../resources/secrets';
import type {
  DeployablePackage,
  DeploymentCommand,
  ExportedFiles,
  ImageMaker,
  Reached,
} from '../target';
import { composeFiles } from './compose-file';
import { type ContainerSpec, commandOf, comparable, createOptions, specOf } from './container-spec';
import { asking, unlessGone } from './failure';
import { imageKind } from './images';
import {
  ContainerKind,
  type ContainerPlan,
  inspectAll,
  isOfSwarm,
  revisionName,
  volumeKind,
} from './kinds';
import { batch, followLog, numbered, readLog, type Unnumbered } from './logs';
import { observeContainers } from './observe';
import { checkService, isFree, isHere } from './place';
import { openTunnel } from './tunnel';

const OLD_REVISIONS_KEPT = 5;
const RUNS_KEPT = 20;
const FIRST_PORT = 8000;
const VOLUME_PREFIX = 'slipway-';
const LOOK_FOR_RUNS_MS = 500;

export interface DockerPlatformNeeds {
  readonly images: ImageMaker;
  readonly resources: string;
  /** How long a revision may take until it is ready; a test does not wait that long. */
  readonly readyMs?: number;
}

export class DockerPlatform implements Platform {
  readonly place;
  readonly kinds;
  readonly #engine: ConnectedEngine;
  readonly #docker: Docker;
  readonly #needs: DockerPlatformNeeds;
  readonly #plans = new Map<string, ContainerPlan>();

  constructor(engine: ConnectedEngine, needs: DockerPlatformNeeds) {
    const { who, docker } = engine;
    this.#engine = engine;
    this.#docker = docker;
    this.#needs = needs;
    const product = who.kind === 'podman' ? 'Podman' : 'Docker';
    this.place = {
      id: who.address,
      title: `${product} ${who.version} on ${who.name} (${who.address}, ${who.source})`,
    };
    this.kinds = [
      imageKind(engine, needs.images),
      volumeKind(docker, VOLUME_PREFIX),
      new ContainerKind(docker, this.#plans, needs.readyMs),
    ];
  }

  async check(settings: DeploySettings, made: DeployablePackage): Promise<CheckItem[]> {
    const info = (await this.#docker.info()) as { NCPU?: number; MemTotal?: number };
    const { resources } = settings;
    const memoryGib = (info.MemTotal ?? 0) / 1024 ** 3;
    const cores = info.NCPU ?? 0;
    const isTooMuch = resources && (resources.memoryGib > memoryGib || resources.vcpu > cores);
    const has = `${cores} cores, ${memoryGib.toFixed(1)} GiB of memory`;
    return [
      ...checkService(settings, made),
      ...(settings.mode === 'service' && settings.port !== null
        ? [await this.#checkPort(settings.name, settings.port)]
        : []),
      isTooMuch
        ? {
            label: 'Size',
            status: 'failed',
            detail: `It may use ${resources.vcpu} cores and ${resources.memoryGib} GiB; the engine’s computer has ${has}.`,
          }
        : { label: 'Size', status: 'ok', detail: has },
    ];
  }

  async #checkPort(id: DeploymentId, port: number): Promise<CheckItem> {
    const taken = await this.#takenPorts(id);
    return taken.has(port)
      ? {
          label: 'Port',
          status: 'failed',
          detail: `Port ${port} is used by another container of the engine. Choose another, or let a free one be found.`,
        }
      : { label: 'Port', status: 'ok', detail: `No other container has port ${port}` };
  }

  imageOf(made: DeployablePackage): string {
    return this.#needs.images.nameOf(made);
  }

  async settle(settings: DeploySettings, now: DeploymentRecord | null): Promise<DeploySettings> {
    if (settings.mode !== 'service' || settings.port !== null) return settings;
    if (now?.port) return { ...settings, port: now.port };
    const taken = await this.#takenPorts(settings.name);
    const canLook = isHere(this.#engine.who.address);
    for (let port = FIRST_PORT; port < 65_535; port += 1) {
      if (!taken.has(port) && (!canLook || (await isFree(port)))) return { ...settings, port };
    }
    return fail('port-in-use', 'No port is free on the engine’s computer.');
  }

  deployed(): Deployed {
    return {};
  }

  async desired(wanted: Wanted): Promise<Resource[]> {
    const { id, mode, revision, settings } = wanted;
    const { image } = revision;
    if (!image) fail('precondition', `Revision ${revision.number} has no image.`);
    const standing = await inspectAll(this.#docker, id);
    const others = await this.#others(wanted, standing);
    const volume = `${VOLUME_PREFIX}${id}`;
    const current = await this.#current(
      wanted,
      image,
      mode === 'service' ? null : volume,
      standing,
    );
    return [
      {
        kind: 'image',
        name: image,
        what: `Image ${image}`,
        detail: 'Built from the package where it is not on the engine yet',
        spec: {},
        price: { kind: 'free' },
      },
      ...(mode === 'service'
        ? []
        : [
            {
              kind: 'volume',
              name: volume,
              what: `Volume ${volume}`,
              detail: 'What the runs leave: artifacts and the outputs of the steps',
              spec: {},
              price: { kind: 'free' } as const,
            },
          ]),
      ...others,
      {
        kind: 'container',
        name: current.name,
        what: `Container ${id}, revision ${revision.number}`,
        detail: detailOf(settings, current.spec),
        spec: comparable(current.spec),
        price: { kind: 'total' },
      },
    ];
  }

  /** As they stand, but not running: with them a roll back takes a second. */
  async #others({ others }: Wanted, standing: readonly Docker.ContainerInspectInfo[]) {
    const kept = new Set(others.slice(-OLD_REVISIONS_KEPT).map(({ number }) => String(number)));
    return standing
      .filter(
        ({ Config: { Labels } }) => !Labels[LABEL.run] && kept.has(Labels[LABEL.revision] ?? ''),
      )
      .map((info): Resource => {
        const labels = info.Config.Labels;
        const name = revisionName(labels);
        const spec = { ...specOf(info), isRunning: false, isCurrent: false };
        this.#plans.set(name, { spec, labels });
        return {
          kind: 'container',
          name,
          what: `Revision ${labels[LABEL.revision]}`,
          detail: 'Kept, not running',
          spec: comparable(spec),
          price: { kind: 'free' },
        };
      });
  }

  async #current(
    { id, mode, revision, settings }: Wanted,
    image: string,
    volume: string | null,
    standing: readonly Docker.ContainerInspectInfo[],
  ) {
    const labels = {
      [LABEL.deployment]: id,
      [LABEL.revision]: String(revision.number),
      [LABEL.mode]: mode,
      [LABEL.package]: revision.packageName,
      [LABEL.packageHash]: revision.packageDigest,
      [LABEL.record]: JSON.stringify(revision),
    };
    const name = revisionName(labels);
    const there = standing.find(
      ({ Config: { Labels } }) => !Labels[LABEL.run] && revisionName(Labels) === name,
    );
    const spec: ContainerSpec = {
      image,
      command: commandOf(mode, revision, await this.#keeper()),
      environment: settings.environment,
      secrets: await secretsOf(settings, there ? specOf(there).secrets : {}),
      publish:
        mode === 'service' && settings.port !== null
          ? { address: String(settings.options.listen ?? '127.0.0.1'), port: settings.port }
          : null,
      volume,
      cpus: settings.resources?.vcpu ?? null,
      memoryMib: settings.resources ? Math.round(settings.resources.memoryGib * 1024) : null,
      isKept: mode !== 'job',
      isRunning: mode !== 'job',
      isCurrent: true,
    };
    this.#plans.set(name, { spec, labels });
    return { name, spec };
  }

  async exportFiles(wanted: Wanted, toPackage: string): Promise<ExportedFiles> {
    const command = commandOf(wanted.mode, wanted.revision, await this.#keeper());
    return { files: composeFiles(wanted, command, toPackage), leftOut: [] };
  }

  async observe(id: DeploymentId, _found: readonly Found[]): Promise<Observed | null> {
    const infos = await inspectAll(this.#docker, id);
    return observeContainers(this.#docker, 'docker', id, infos, this.#engine.who.address);
  }

  async readLogs(id: DeploymentId, tail: number): Promise<LogLine[]> {
    const lines: Unnumbered[] = [];
    for (const { container, source } of await this.#speaking(id)) {
      lines.push(...(await readLog(container, tail, source)));
    }
    return numbered(lines.slice(-tail));
  }

  /** A service speaks by one container, a job by one a run: when a run ends the next one is waited for. */
  async *followLogs(
    id: DeploymentId,
    tail: number,
    signal: AbortSignal,
  ): AsyncGenerator<LogBatch, void, void> {
    const before = await this.readLogs(id, tail);
    yield { lines: before };
    let index = before.length;
    const seen = new Set((await this.#speaking(id)).map(({ container }) => container.id));
    let current = (await this.#speaking(id)).at(-1);
    let isFirst = true;
    while (!signal.aborted) {
      if (current) {
        const isKnown = isFirst && seen.has(current.container.id);
        for await (const lines of followLog(
          current.container,
          isKnown ? 0 : tail,
          current.source,
          signal,
        )) {
          yield batch(lines, index);
          index += lines.length;
        }
        seen.add(current.container.id);
      }
      isFirst = false;
      await sleep(LOOK_FOR_RUNS_MS, undefined, { signal }).catch(() => undefined);
      const next = (await this.#speaking(id)).at(-1);
      current = next && !seen.has(next.container.id) ? next : undefined;
      if (!current && next && (await isRunning(next.container))) current = next;
    }
  }

  async #speaking(id: DeploymentId) {
    const infos = await inspectAll(this.#docker, id);
    const runs = infos
      .filter(({ Config }) => Config.Labels[LABEL.run] !== undefined)
      .sort((a, b) => Date.parse(a.Created) - Date.parse(b.Created));
    const current = infos.filter(
      (info) => specOf(info).isCurrent && !info.Config.Labels[LABEL.run],
    );
    const isJob = current[0]?.Config.Labels[LABEL.mode] === 'job';
    const source = current[0]?.Config.Labels[LABEL.mode] === 'service' ? 'service' : 'run';
    return (isJob ? runs : current).map(
      ({ Id }) => ({ container: this.#docker.getContainer(Id), source }) as const,
    );
  }

  async command(id: DeploymentId, command: DeploymentCommand, task: TaskContext): Promise<void> {
    const infos = await inspectAll(this.#docker, id);
    const info = infos.find((each) => specOf(each).isCurrent && !each.Config.Labels[LABEL.run]);
    if (!info)
      fail('precondition', `“${id}” was begun and not finished. Deploy it again, or remove it.`);
    const container = this.#docker.getContainer(info.Id);
    const mode = info.Config.Labels[LABEL.mode];
    if (command === 'run') {
      if (mode === 'service')
        fail('precondition', `“${id}” is a service. It can’t be run like a job.`);
      if (mode === 'scheduled') {
        await asking(`asking ${id} for a run`, () => container.kill({ signal: 'SIGUSR1' }));
      } else await this.#startRun(id, info);
      return;
    }
    task.progress(null, command === 'stop' ? 'Stopping' : 'Starting');
    await asking(`${command} of ${id}`, async () => {
      if (mode === 'job') return this.#stopRuns(infos);
      if (command === 'stop') await unlessGone(container.stop({ t: 15 }));
      if (command === 'start') await unlessGone(container.start());
      if (command === 'restart') await container.restart({ t: 15 });
    });
    if (command === 'stop' || mode === 'job') return;
    const kind = new ContainerKind(this.#docker, this.#plans, this.#needs.readyMs);
    const name = revisionName(info.Config.Labels);
    const spec = { ...specOf(info), isRunning: true };
    this.#plans.set(name, { spec, labels: info.Config.Labels });
    const what = `Container ${id}`;
    await kind.ready(
      { kind: 'container', name, what, detail: '', spec: {}, price: { kind: 'free' } },
      task,
    );
  }

  /** One at a time, from the revision's container as its pattern. */
  async #startRun(id: DeploymentId, pattern: Docker.ContainerInspectInfo): Promise<void> {
    const infos = await inspectAll(this.#docker, id);
    const runs = infos.filter(({ Config }) => Config.Labels[LABEL.run] !== undefined);
    if (runs.some(({ State }) => State.Running))
      fail('conflict', `A run of “${id}” goes on already.`);
    const run = Date.now().toString(36);
    const { [LABEL.record]: _, ...labels } = pattern.Config.Labels;
    const spec = { ...specOf(pattern), isKept: false, isRunning: true, isCurrent: false };
    const name = `${revisionName(labels)}-run-${run}`;
    await asking(`starting a run of ${id}`, async () => {
      const options = createOptions(name, spec, { ...labels, [LABEL.run]: run });
      const container = await this.#docker.createContainer(options);
      await container.start();
    });
    const old = runs
      .sort((a, b) => Date.parse(b.Created) - Date.parse(a.Created))
      .slice(RUNS_KEPT - 1);
    for (const { Id } of old) await unlessGone(this.#docker.getContainer(Id).remove({ v: true }));
  }

  async #stopRuns(infos: readonly Docker.ContainerInspectInfo[]): Promise<void> {
    const runs = infos.filter(({ Config, State }) => Config.Labels[LABEL.run] && State.Running);
    await Promise.all(
      runs.map(({ Id }) => unlessGone(this.#docker.getContainer(Id).stop({ t: 15 }))),
    );
  }

  async reach(id: DeploymentId): Promise<Reached> {
    const observed = await this.observe(id, []);
    const port = observed?.record.port;
    if (!observed || !port)
      return fail('precondition', `“${id}” is a job and answers no requests.`);
    return observed.url
      ? { url: observed.url, close: async () => undefined }
      : openTunnel(this.#engine.who.address, port);
  }

  warnings(settings: DeploySettings): string[] {
    const { listen } = settings.options;
    return [
      ...(settings.mode === 'service' && listen === '0.0.0.0'
        ? ['It answers everyone who reaches the engine’s computer: it has no password.']
        : []),
      ...(Object.keys(settings.secrets).length > 0
        ? ['Whoever may use this engine can read the environment of its containers, secrets too.']
        : []),
    ];
  }

  async close(): Promise<void> {
    this.#engine.close();
  }

  async #keeper(): Promise<string> {
    return readFile(join(this.#needs.resources, 'python', 'keep_schedule.py'), 'utf8');
  }

  async #takenPorts(except: DeploymentId): Promise<ReadonlySet<number>> {
    const all = await this.#docker.listContainers({ all: true });
    const others = all.filter(
      ({ Labels }) => Labels[LABEL.deployment] !== except || isOfSwarm(Labels),
    );
    const live = others.flatMap(({ Ports }) => Ports.map(({ PublicPort }) => PublicPort));
    // A stopped service of ours wants its port back: its record tells it.
    const kept = others.flatMap(({ Labels }) => portInRecord(Labels[LABEL.record]));
    return new Set([...live, ...kept].filter((port) => port !== undefined));
  }
}

function portInRecord(text: string | undefined): number[] {
  const found = /"port":(\d+)/.exec(text ?? '');
  return found ? [Number(found[1])] : [];
}

/** Where a reference can no longer be read, what the revision's container holds is taken: a roll back must not need it. */
async function secretsOf(
  { secrets }: DeploySettings,
  there: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const entries = await Promise.all(
    Object.entries(secrets).map(async ([name, reference]) => {
      const value = await readSecret(name, reference).catch((thrown: unknown) => {
        const held = there[name];
        if (held !== undefined) return held;
        throw thrown;
      });
      if (value === null)
        fail(
          'invalid-input',
          `A Docker engine holds no secrets: ${name} needs env:NAME or file:PATH.`,
        );
      return [name, value] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function detailOf(settings: DeploySettings, { publish, cpus, memoryMib }: ContainerSpec): string {
  const size = cpus === null ? 'no limit of size' : `${cpus} cores, ${memoryMib} MiB`;
  if (settings.mode === 'service' && publish)
    return `Answers on ${publish.address}:${publish.port}, started again when it ends; ${size}`;
  if (settings.mode === 'scheduled' && settings.schedule)
    return `Runs by ${settings.schedule.cron}, ${settings.schedule.timeZone}; ${size}`;
  return `Waits to be run; ${size}`;
}

async function isRunning(container: Docker.Container): Promise<boolean> {
  return container.inspect().then(
    ({ State }) => State.Running,
    () => false,
  );
}
