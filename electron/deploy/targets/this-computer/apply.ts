/** Makes a plan's changes one after another. Each looks first whether it is done, so that a second call goes on. */
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fail, isAbort, toStudioError } from '../../../../shared/base/studio-error';
import {
  currentRevision,
  type DeploymentRecord,
  type DeployPlan,
  deploymentPaths,
  type RevisionRecord,
  type SupervisorState,
} from '../../../../shared/deploy';
import { findRecord, readState, writeRecord } from '../../../base/deployment-files';
import type { ApplyContext, EnvironmentMaker } from '../target';
import { CHANGE } from './plan';
import { findFreePort, isPortFree, portInUse } from './ports';
import {
  isSupervised,
  type SupervisorProgram,
  sendCommand,
  startSupervisor,
  waitFor,
} from './supervisor-control';

export interface ApplyNeeds {
  readonly folder: string;
  readonly environments: EnvironmentMaker;
  readonly program: SupervisorProgram;
  readonly python: string;
  readonly estimate: RevisionRecord['estimate'];
  readonly packageName: string;
  readonly isPortFixed: boolean;
  readonly takenPorts: () => Promise<ReadonlySet<number>>;
}

const READY_TIMEOUT_MS = 180_000;

export async function applyPlan(
  plan: DeployPlan,
  needs: ApplyNeeds,
  context: ApplyContext,
): Promise<DeploymentRecord> {
  const work = new Application(plan, needs, context);
  await work.step(CHANGE.folder, 'Making the folder', () => work.makeFolder());
  await work.step(CHANGE.package, 'Copying the package', () => work.copyPackage());
  const environment = await work.step(CHANGE.environment, 'Making the environment', () =>
    work.makeEnvironment(),
  );
  const port = await work.step(CHANGE.port, 'Choosing the port', () => work.choosePort());
  await work.step(CHANGE.process, 'Starting', () => work.start(environment, port));
  await work.step(CHANGE.schedule, 'Setting the schedule', () => work.confirmSchedule());
  return work.record();
}

class Application {
  readonly #plan: DeployPlan;
  readonly #needs: ApplyNeeds;
  readonly #context: ApplyContext;
  #done = 0;

  constructor(plan: DeployPlan, needs: ApplyNeeds, context: ApplyContext) {
    this.#plan = plan;
    this.#needs = needs;
    this.#context = context;
  }

  /** A change the plan does not list is carried out without being reported. */
  async step<T>(id: string, message: string, work: () => Promise<T>): Promise<T> {
    const { task, onChange } = this.#context;
    task.signal.throwIfAborted();
    const isListed = this.#plan.changes.some((change) => change.id === id);
    if (!isListed) return work();
    task.progress(this.#done / this.#plan.changes.length, message);
    task.log(message);
    onChange(id, 'doing');
    try {
      const value = await work();
      this.#done += 1;
      onChange(id, 'done');
      return value;
    } catch (thrown) {
      onChange(id, 'failed');
      throw thrown;
    }
  }

  /** Its record comes first: whatever is interrupted later can be seen and removed. */
  async makeFolder(): Promise<void> {
    const paths = deploymentPaths(this.#needs.folder);
    await mkdir(paths.folder, { recursive: true, mode: 0o700 });
    await Promise.all(
      [paths.data, paths.logs, paths.commands].map((path) => mkdir(path, { recursive: true })),
    );
    if (await findRecord(paths.folder)) return;
    const plan = this.#plan;
    await writeRecord(paths.folder, {
      version: 1,
      id: plan.deploymentId,
      targetId: 'this-computer',
      mode: plan.settings.mode,
      port: plan.settings.port,
      wanted: 'up',
      isFinished: false,
      currentRevision: plan.revision,
      revisions: [],
      createdAt: Date.now(),
      deployedAt: Date.now(),
    });
  }

  /** Copied beside and renamed: a package is there whole or not at all. */
  async copyPackage(): Promise<void> {
    const paths = deploymentPaths(this.#needs.folder);
    const marker = join(paths.revision(this.#plan.revision), 'package.digest');
    const digest = await readFile(marker, 'utf8').catch(() => '');
    if (digest === this.#plan.packageDigest) return;
    const target = paths.revision(this.#plan.revision);
    const beside = `${target}.copying`;
    await rm(beside, { recursive: true, force: true });
    await rm(target, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    await cp(this.#plan.packageFolder, join(beside, 'package'), {
      recursive: true,
      filter: (path) => isWanted(this.#plan.packageFolder, path),
    });
    await writeFile(join(beside, 'package.digest'), this.#plan.packageDigest);
    await rename(beside, target);
  }

  async makeEnvironment(): Promise<string> {
    const paths = deploymentPaths(this.#needs.folder);
    const lock = join(paths.package(this.#plan.revision), 'requirements.lock');
    const text = await readFile(lock, 'utf8').catch(() =>
      fail('invalid-file', 'The package has no requirements.lock. Make the package again.', {
        place: { path: lock },
        nextSteps: [{ label: 'Make the package', command: 'package.generate' }],
      }),
    );
    return this.#needs.environments.ensure(text, this.#needs.python, this.#context.task);
  }

  async choosePort(): Promise<number | null> {
    const { settings } = this.#plan;
    if (settings.mode !== 'service' || settings.port === null) return null;
    const existing = await findRecord(this.#needs.folder);
    const isOurs = existing?.port === settings.port && (await isSupervised(this.#needs.folder));
    if (isOurs || (await isPortFree(settings.port))) return settings.port;
    if (this.#needs.isPortFixed) portInUse(settings.port, 'another program');
    const port = await findFreePort(await this.#needs.takenPorts());
    this.#context.task.log(`Port ${settings.port} was taken meanwhile; port ${port} is used.`);
    return port;
  }

  async start(environment: string, port: number | null): Promise<void> {
    const { folder, program } = this.#needs;
    const before = await this.record();
    const next = this.#nextRecord(before, environment, port);
    await writeRecord(folder, next);
    try {
      const wasSupervised = await isSupervised(folder);
      await startSupervisor(folder, program);
      if (wasSupervised) await sendCommand(folder, 'reload');
      await this.#waitUntilUp(next);
      await writeRecord(folder, { ...next, isFinished: true, deployedAt: Date.now() });
    } catch (thrown) {
      await this.#takeBack(before, thrown);
      throw thrown;
    }
  }

  async confirmSchedule(): Promise<void> {
    if (this.#plan.settings.mode !== 'scheduled') return;
    const isSet = await waitFor(this.#needs.folder, 5000, (state) => state?.nextRunAt != null);
    if (!isSet) fail('invalid-input', 'The schedule has no next run. Choose another schedule.');
  }

  async record(): Promise<DeploymentRecord> {
    return (
      (await findRecord(this.#needs.folder)) ??
      fail('not-found', 'The deployment’s folder was taken away while it was being made.')
    );
  }

  #nextRecord(
    before: DeploymentRecord,
    environment: string,
    port: number | null,
  ): DeploymentRecord {
    const { settings, revision, packageDigest } = this.#plan;
    const made: RevisionRecord = {
      number: revision,
      createdAt: Date.now(),
      packageName: this.#needs.packageName,
      packageDigest,
      environment,
      image: null,
      settings: null,
      parameters: settings.parameters,
      schedule: settings.schedule,
      estimate: this.#needs.estimate,
    };
    const others = before.revisions.filter((each) => each.number !== revision);
    return {
      ...before,
      mode: settings.mode,
      port,
      wanted: 'up',
      currentRevision: revision,
      revisions: [...others, made],
    };
  }

  async #waitUntilUp(record: DeploymentRecord): Promise<void> {
    const { task } = this.#context;
    if (record.mode === 'service') task.progress(null, 'Waiting for the service to be ready');
    const isOver = (state: SupervisorState | null) =>
      state?.revision === record.currentRevision && (isUp(state) || state.status === 'failed');
    const isInTime = await waitFor(this.#needs.folder, READY_TIMEOUT_MS, isOver, task.signal);
    const state = await readState(this.#needs.folder);
    if (isInTime && state && isUp(state)) return;
    fail(
      'environment',
      `Revision ${record.currentRevision} did not become ready: ${state?.detail ?? 'no answer'}`,
      {
        place: { path: deploymentPaths(this.#needs.folder).log },
        detail: await lastLines(deploymentPaths(this.#needs.folder).log),
      },
    );
  }

  /** A cancelled or failed update puts the old revision back; a first deployment stays, stopped and unfinished. */
  async #takeBack(before: DeploymentRecord, thrown: unknown): Promise<void> {
    const { folder } = this.#needs;
    const old = before.isFinished ? currentRevision(before) : null;
    this.#context.task.log(isAbort(thrown) ? 'Cancelled.' : toStudioError(thrown).message);
    if (old) {
      await writeRecord(folder, before);
      if (await isSupervised(folder)) await sendCommand(folder, 'reload').catch(() => undefined);
      this.#context.task.log(`Revision ${old.number} runs again.`);
    } else if (await isSupervised(folder)) await sendCommand(folder, 'quit').catch(() => undefined);
  }
}

export const isUp = (state: SupervisorState): boolean =>
  ['running', 'idle', 'scheduled'].includes(state.status);

/** What running the package by hand left in its folder is not part of it. */
function isWanted(root: string, path: string): boolean {
  const parts = relative(root, path).split(sep);
  return parts[0] !== 'run' && !parts.some((part) => LEFTOVERS.has(part));
}
const LEFTOVERS: ReadonlySet<string> = new Set(['__pycache__', '.venv', '.pytest_cache', '.git']);

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-30).join('\n');
}
