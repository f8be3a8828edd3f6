/** One deployment's keeper: carries out commands and hands the work to the service keeper or the job runner. */
import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import {
  currentRevision,
  type DeploymentRecord,
  deploymentPaths,
  type SupervisorCommand,
  type SupervisorState,
  supervisorCommandSchema,
} from '../../../shared/deploy';
import { readRecord } from '../../base/deployment-files';
import { endProcess, identify, isAlive } from '../../base/process-identity';
import { JobRunner } from './job-runner';
import { LogFile } from './log-file';
import { ServiceKeeper } from './service-keeper';
import { StateFile } from './state-file';

/** Looking is cheap and works on every file system; notices of change do not. */
const LOOK_EVERY_MS = 200;
const HANDLED_REMEMBERED = 20;
const UNKNOWN = { status: 'unknown', message: 'Not asked yet', checkedAt: null } as const;

export class Supervisor {
  readonly #folder: string;
  readonly #state: StateFile;
  readonly #log: LogFile;
  readonly #service: ServiceKeeper;
  readonly #jobs: JobRunner;
  #record: DeploymentRecord;
  #keeping: Promise<void> | null = null;
  #isOver = false;

  private constructor(folder: string, record: DeploymentRecord, state: SupervisorState) {
    this.#folder = folder;
    this.#record = record;
    this.#state = new StateFile(folder, state);
    this.#log = new LogFile(folder);
    this.#service = new ServiceKeeper(folder, this.#state, this.#log);
    this.#jobs = new JobRunner(folder, this.#state, this.#log);
  }

  static async open(folder: string, before: SupervisorState | null): Promise<Supervisor> {
    const record = await readRecord(folder);
    // A supervisor that was killed may have left its process: it would hold the port.
    if (before?.child && (await isAlive(before.child))) await endProcess(before.child);
    const self = await identify(process.pid);
    const state: SupervisorState = {
      ...firstState(record),
      ...(before ? kept(before) : {}),
      supervisor: self,
    };
    return new Supervisor(folder, record, state);
  }

  async run(): Promise<void> {
    await mkdir(deploymentPaths(this.#folder).commands, { recursive: true });
    this.#log.write('supervisor', 'out', `Supervisor started (process ${process.pid}).`);
    await this.#state.flush();
    if (this.#record.wanted === 'up') this.#begin();
    else this.#state.change({ status: 'stopped', detail: 'Stopped by a person.' });
    while (!this.#isOver) {
      for (const command of await this.#takeCommands()) await this.#carryOut(command);
      if (this.#isOver || !(await this.#isStillThere())) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    await this.quit();
  }

  /** Ends what it keeps, then itself. */
  async quit(): Promise<void> {
    this.#isOver = true;
    await this.#end();
    this.#state.change({ supervisor: null, child: null });
    await this.#state.flush();
  }

  #begin(): void {
    const revision = currentRevision(this.#record);
    if (!revision) {
      this.#state.change({ status: 'failed', detail: 'Its current revision is not there.' });
      return;
    }
    if (this.#record.mode === 'service') {
      this.#keeping = this.#service.keep(this.#record, revision);
    } else this.#jobs.begin(this.#record, revision);
  }

  async #end(): Promise<void> {
    await this.#service.stop();
    await this.#keeping;
    this.#keeping = null;
    await this.#jobs.stop();
  }

  async #carryOut(command: SupervisorCommand): Promise<void> {
    try {
      await this.#do(command.command);
    } catch (thrown) {
      this.#log.write('supervisor', 'err', `${command.command}: ${String(thrown)}`);
    }
    const handled = [command.id, ...this.#state.value.handled].slice(0, HANDLED_REMEMBERED);
    this.#state.change({ handled });
    await this.#state.flush();
  }

  async #do(command: SupervisorCommand['command']): Promise<void> {
    switch (command) {
      case 'run':
        this.#jobs.start('person');
        return;
      case 'quit':
        this.#isOver = true;
        return;
      case 'stop':
        await this.#end();
        this.#state.change({ status: 'stopped', detail: 'Stopped by a person.', health: UNKNOWN });
        this.#log.write('supervisor', 'out', 'Stopped.');
        return;
      default:
        await this.#again(command);
    }
  }

  /** start, restart, reload: the record is read anew, and a new revision counts its requests from zero. */
  async #again(command: 'start' | 'restart' | 'reload'): Promise<void> {
    const record = await readRecord(this.#folder);
    const isNewRevision = record.currentRevision !== this.#record.currentRevision;
    const isService = [record.mode, this.#record.mode].includes('service');
    if (isService || command === 'restart') await this.#end();
    this.#record = record;
    if (isNewRevision) this.#state.change({ requests: 0, errors: 0, restarts: 0 });
    if (record.wanted === 'up') this.#begin();
  }

  async #takeCommands(): Promise<SupervisorCommand[]> {
    const folder = deploymentPaths(this.#folder).commands;
    const names = await readdir(folder).catch(() => []);
    const commands: SupervisorCommand[] = [];
    for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
      const path = `${folder}/${name}`;
      const text = await readFile(path, 'utf8').catch(() => '');
      await rm(path, { force: true });
      const parsed = supervisorCommandSchema.safeParse(parseJson(text));
      if (parsed.success) commands.push(parsed.data);
    }
    return commands;
  }

  /** Without its record there is nothing left to keep: the folder was deleted by hand. */
  #isStillThere(): Promise<boolean> {
    return access(deploymentPaths(this.#folder).record).then(
      () => true,
      (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function firstState(record: DeploymentRecord): SupervisorState {
  return {
    version: 1,
    supervisor: null,
    child: null,
    status: 'starting',
    detail: 'The supervisor starts.',
    since: Date.now(),
    revision: record.currentRevision,
    health: UNKNOWN,
    restarts: 0,
    requests: 0,
    errors: 0,
    activeMs: 0,
    runCount: 0,
    runs: [],
    nextRunAt: null,
    handled: [],
    updatedAt: Date.now(),
  };
}

/** What outlives a supervisor. A run it was ended in will not end by itself any more. */
function kept(before: SupervisorState): Partial<SupervisorState> {
  const { requests, errors, restarts, activeMs, runCount } = before;
  const runs = before.runs.map((run) =>
    run.state === 'running'
      ? {
          ...run,
          state: 'cancelled' as const,
          endedAt: Date.now(),
          message: 'ended with its supervisor',
        }
      : run,
  );
  return { requests, errors, restarts, activeMs, runCount, runs };
}
