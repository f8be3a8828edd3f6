/** This computer: a virtual environment and a supervised process. No Docker, no account. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import {
  type ConfirmedPlan,
  type DeploymentRecord,
  type DeployPlan,
  type DeployResult,
  isConfirmed,
  type LogBatch,
  type LogLine,
  type TargetCheck,
  type TargetDescription,
} from '../../../../shared/deploy';
import {
  deploymentFolder,
  findRecord,
  listRecords,
  needRecord,
  readState,
  writeRecord,
} from '../../../base/deployment-files';
import type { TaskContext } from '../../../task';
import type {
  ApplyContext,
  DeployablePackage,
  DeploymentCommand,
  DeployRequest,
  EnvironmentMaker,
  Listed,
  Observation,
  Reached,
  Target,
} from '../target';
import { applyPlan } from './apply';
import { changeRevision } from './change-revision';
import { checkThisComputer } from './checks';
import { followLog, searchLog, tailLog } from './log-reader';
import { makePlan } from './plan';
import { findFreePort, isPortFree, portInUse } from './ports';
import { removeDeployment } from './remove';
import { curlOf, readSample } from './sample-request';
import {
  isSupervised,
  type SupervisorProgram,
  sendCommand,
  startSupervisor,
  waitFor,
} from './supervisor-control';

export interface ThisComputerNeeds {
  readonly home: string;
  readonly environments: EnvironmentMaker;
  readonly program: SupervisorProgram;
}

/** Said before and after: it must not surprise anyone after the next restart. */
export const SURVIVAL: readonly string[] = [
  'It goes on when Slipway is closed or crashes.',
  'When the process itself ends or hangs, it is started again after a pause.',
  'After a restart of the computer, or where the system ends your processes when you log out, it does not come back by itself. Start it again from the list of what is alive.',
];

interface Planned {
  readonly request: DeployRequest;
  readonly isPortFixed: boolean;
}

export class ThisComputerTarget implements Target {
  readonly id = 'this-computer';
  readonly #needs: ThisComputerNeeds;
  readonly #planned = new Map<string, Planned>();

  constructor(needs: ThisComputerNeeds) {
    this.#needs = needs;
  }

  describe(): TargetDescription {
    return {
      id: this.id,
      title: 'This computer',
      summary: 'A Python environment and a process that is kept alive. No Docker and no account.',
      unavailable: null,
      exports: null,
      modes: ['job', 'scheduled', 'service'],
      survival: [...SURVIVAL],
      options: [],
      heeds: ['port'],
    };
  }

  async check(request: Pick<DeployRequest, 'settings' | 'package'>): Promise<TargetCheck> {
    const existing = await findRecord(this.#folder(request.settings.name));
    return checkThisComputer(this.#needs.home, request, existing?.port ?? null);
  }

  async plan(request: DeployRequest): Promise<DeployPlan> {
    const folder = this.#folder(request.settings.name);
    const existing = await findRecord(folder);
    const lock = await readLock(request.package);
    const plan = makePlan(request, {
      existing,
      folder,
      environment: await this.#needs.environments.find(lock, request.package.python),
      port: request.settings.mode === 'service' ? await this.#portFor(request, existing) : null,
      packageBytes: await bytesOf(request.package.folder),
      now: Date.now(),
      digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    });
    this.#planned.set(plan.id, { request, isPortFixed: request.settings.port !== null });
    return plan;
  }

  async apply(plan: ConfirmedPlan, context: ApplyContext): Promise<DeployResult> {
    if (!isConfirmed(plan)) fail('estimate-needed', 'This plan was not confirmed with its price.');
    const planned = this.#planned.get(plan.id);
    if (!planned) fail('precondition', 'This plan is not known any more. Make the plan again.');
    const { request, isPortFixed } = planned;
    const { priced, estimate } = request;
    const record = await applyPlan(
      plan,
      {
        folder: this.#folder(plan.deploymentId),
        environments: this.#needs.environments,
        program: this.#needs.program,
        python: request.package.python,
        packageName: request.package.name,
        estimate: { id: estimate.id, perRun: priced.perRun, perMonth: priced.perMonth },
        isPortFixed,
        takenPorts: () => this.#takenPorts(plan.deploymentId),
      },
      context,
    );
    return this.#result(record);
  }

  async list(): Promise<Listed> {
    const records = await listRecords(this.#needs.home);
    const observations = await Promise.all(records.map((record) => this.#observe(record)));
    return { observations, unreachable: [] };
  }

  async observe(key: string): Promise<Observation> {
    return this.#observe(await needRecord(this.#needs.home, DeploymentId(key)));
  }

  async command(key: string, command: DeploymentCommand, task: TaskContext): Promise<void> {
    const id = DeploymentId(key);
    const record = await needRecord(this.#needs.home, id);
    const folder = this.#folder(id);
    if (!record.isFinished) {
      fail('precondition', `“${id}” was begun and not finished. Deploy it again, or remove it.`);
    }
    if (command === 'stop') return this.#stop(folder, record);
    if (command === 'run' && record.mode === 'service') {
      fail('precondition', `“${id}” is a service. It can’t be run like a job.`);
    }
    await this.#bringUp(folder, record, command, task);
  }

  async rollback(key: string, revision: number, task: TaskContext): Promise<void> {
    const id = DeploymentId(key);
    const record = await needRecord(this.#needs.home, id);
    await changeRevision(this.#folder(id), record, revision, this.#needs.program, task);
  }

  async remove(key: string, task: TaskContext): Promise<string[]> {
    const id = DeploymentId(key);
    task.progress(null, 'Ending its processes and deleting its files');
    await needRecord(this.#needs.home, id);
    return removeDeployment(this.#folder(id));
  }

  followLogs(key: string, tail: number, signal?: AbortSignal): AsyncIterable<LogBatch> {
    return followLog(this.#folder(DeploymentId(key)), tail, signal);
  }

  readLogs(key: string, { tail, text }: { tail: number; text?: string }): Promise<LogLine[]> {
    const folder = this.#folder(DeploymentId(key));
    return text === undefined ? tailLog(folder, tail) : searchLog(folder, text);
  }

  async reach(key: string): Promise<Reached> {
    const { url } = await this.observe(key);
    if (!url) fail('precondition', `“${key}” is a job and answers no requests.`);
    return { url, close: async () => undefined };
  }

  async #bringUp(
    folder: string,
    record: DeploymentRecord,
    command: Exclude<DeploymentCommand, 'stop'>,
    task: TaskContext,
  ): Promise<void> {
    task.progress(null, command === 'run' ? 'Starting a run' : 'Starting');
    const wasStopped = record.wanted === 'stopped';
    const wasSupervised = await isSupervised(folder);
    await writeRecord(folder, { ...record, wanted: 'up' });
    await startSupervisor(folder, this.#needs.program);
    if (command === 'run') {
      if (wasSupervised && wasStopped) await sendCommand(folder, 'start');
      await sendCommand(folder, 'run');
      return;
    }
    if (wasSupervised)
      await sendCommand(folder, command === 'start' && !wasStopped ? 'restart' : command);
    const up = await waitFor(
      folder,
      180_000,
      (state) => state !== null && SETTLED.has(state.status),
      task.signal,
    );
    const state = await readState(folder);
    if (!up || state?.status === 'failed') {
      fail('environment', `“${record.id}” did not become ready: ${state?.detail ?? 'no answer'}`);
    }
  }

  /** Its supervisor ends too: nothing of a stopped deployment uses the computer. */
  async #stop(folder: string, record: DeploymentRecord): Promise<void> {
    await writeRecord(folder, { ...record, wanted: 'stopped' });
    if (!(await isSupervised(folder))) return;
    await sendCommand(folder, 'stop');
    await sendCommand(folder, 'quit');
  }

  async #observe(record: DeploymentRecord): Promise<Observation> {
    const folder = this.#folder(record.id);
    return {
      key: record.id,
      place: null,
      record,
      state: await readState(folder),
      isSupervised: await isSupervised(folder),
      url: urlOf(record),
      folder,
    };
  }

  async #portFor(request: DeployRequest, existing: DeploymentRecord | null): Promise<number> {
    const wanted = request.settings.port;
    const taken = await this.#takenPorts(request.settings.name);
    const own = existing?.port ?? null;
    if (wanted === null) return own ?? findFreePort(taken);
    if (wanted === own) return wanted;
    if (taken.has(wanted)) portInUse(wanted, 'another deployment');
    if (!(await isPortFree(wanted))) portInUse(wanted, 'another program');
    return wanted;
  }

  async #takenPorts(except: DeploymentId): Promise<ReadonlySet<number>> {
    const records = await listRecords(this.#needs.home);
    return new Set(
      records.flatMap(({ id, port }) => (id !== except && port !== null ? [port] : [])),
    );
  }

  async #result(record: DeploymentRecord): Promise<DeployResult> {
    const url = urlOf(record);
    const state = await readState(this.#folder(record.id));
    return {
      key: record.id,
      deploymentId: record.id,
      revision: record.currentRevision,
      mode: record.mode,
      url,
      curl: url && curlOf(url, (await readSample(url)) ?? { rows: [] }),
      nextRunAt: state?.nextRunAt ?? null,
      survival: [...SURVIVAL],
    };
  }

  #folder(id: DeploymentId): string {
    return deploymentFolder(this.#needs.home, DeploymentId(id));
  }
}

const SETTLED: ReadonlySet<string> = new Set(['running', 'idle', 'scheduled', 'failed']);

const urlOf = (record: DeploymentRecord): string | null =>
  record.mode === 'service' && record.port !== null ? `http://127.0.0.1:${record.port}` : null;

async function readLock(made: DeployablePackage): Promise<string> {
  const path = join(made.folder, 'requirements.lock');
  return readFile(path, 'utf8').catch(() =>
    fail('invalid-file', 'The package has no requirements.lock. Make the package again.', {
      place: { path },
      nextSteps: [{ label: 'Make the package', command: 'package.generate' }],
    }),
  );
}

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}
