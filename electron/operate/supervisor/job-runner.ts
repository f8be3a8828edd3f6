/** Runs a job when told or by the clock; one run at a time. */
import { mkdir } from 'node:fs/promises';
import { Cron } from 'croner';
import {
  type DeploymentRecord,
  deploymentPaths,
  type JobRun,
  type RevisionRecord,
} from '../../../shared/deploy';
import type { LogFile } from './log-file';
import { type PythonProcess, startPython } from './python-process';
import type { StateFile } from './state-file';

const RUNS_REMEMBERED = 50;

export class JobRunner {
  readonly #folder: string;
  readonly #state: StateFile;
  readonly #log: LogFile;
  #cron: Cron | null = null;
  #record: DeploymentRecord | null = null;
  #revision: RevisionRecord | null = null;
  #process: PythonProcess | null = null;
  #current: Promise<void> | null = null;
  #isCancelled = false;

  constructor(folder: string, state: StateFile, log: LogFile) {
    this.#folder = folder;
    this.#state = state;
    this.#log = log;
  }

  /** Takes the schedule up, or waits to be told. */
  begin(record: DeploymentRecord, revision: RevisionRecord): void {
    this.#cron?.stop();
    this.#record = record;
    this.#revision = revision;
    const { schedule } = revision;
    this.#cron =
      record.mode === 'scheduled' && schedule
        ? new Cron(
            schedule.cron,
            { timezone: schedule.timeZone, mode: '5-part' },
            () => void this.start('schedule'),
          )
        : null;
    this.#state.change({ revision: revision.number });
    if (!this.#current) this.#rest('Waits to be told.');
  }

  /** False when a run goes on already. */
  start(trigger: JobRun['trigger']): boolean {
    const revision = this.#revision;
    if (!revision) return false;
    if (this.#current) {
      this.#skip(trigger, revision);
      return false;
    }
    this.#isCancelled = false;
    this.#current = this.#run(trigger, revision).finally(() => {
      this.#current = null;
    });
    return true;
  }

  async stop(): Promise<void> {
    this.#cron?.stop();
    this.#cron = null;
    this.#state.change({ nextRunAt: null });
    this.#isCancelled = true;
    await this.#process?.end();
    await this.#current;
  }

  async #run(trigger: JobRun['trigger'], revision: RevisionRecord): Promise<void> {
    const run: JobRun = { ...newRun(trigger, revision), state: 'running', message: 'Runs' };
    this.#state.change({ runs: this.#withRun(run), runCount: this.#state.value.runCount + 1 });
    this.#state.change({
      status: 'running',
      detail: `Run ${run.id} goes on.`,
      nextRunAt: this.#next(),
    });
    this.#log.write('supervisor', 'out', `Run ${run.id} of revision ${revision.number} begins.`);
    const folder = `${deploymentPaths(this.#folder).data}/runs/${run.id}`;
    const code = await this.#python(revision, folder);
    const ended = finished(run, code, this.#isCancelled);
    this.#log.write(
      'supervisor',
      ended.state === 'failed' ? 'err' : 'out',
      `Run ${run.id}: ${ended.message}.`,
    );
    const active = (ended.endedAt ?? run.startedAt) - run.startedAt;
    this.#state.change({
      child: null,
      runs: this.#withRun(ended),
      activeMs: this.#state.value.activeMs + active,
    });
    this.#rest(`The last run: ${ended.message}.`);
  }

  async #python(revision: RevisionRecord, folder: string): Promise<number | null> {
    try {
      await mkdir(folder, { recursive: true });
      const args = ['-m', revision.packageName, 'run', '--run-folder', folder, ...flags(revision)];
      const process = await startPython(this.#folder, revision, args, (line, stream) =>
        this.#log.write('run', stream, line),
      );
      this.#process = process;
      this.#state.change({ child: process.identity });
      if (this.#isCancelled) await process.end();
      return await process.ended;
    } catch (thrown) {
      this.#log.write('supervisor', 'err', String(thrown));
      return null;
    } finally {
      this.#process = null;
    }
  }

  #skip(trigger: JobRun['trigger'], revision: RevisionRecord): void {
    const message = 'The run before still goes on';
    const run: JobRun = {
      ...newRun(trigger, revision),
      endedAt: Date.now(),
      state: 'skipped',
      message,
    };
    this.#state.change({ runs: this.#withRun(run), nextRunAt: this.#next() });
    this.#log.write('supervisor', 'err', `A run was skipped: ${message}.`);
  }

  #rest(detail: string): void {
    const nextRunAt = this.#next();
    const status = this.#record?.mode === 'scheduled' ? 'scheduled' : 'idle';
    this.#state.change({ status, detail, nextRunAt });
  }

  #next(): number | null {
    return this.#cron?.nextRun()?.getTime() ?? null;
  }

  #withRun(run: JobRun): JobRun[] {
    const others = this.#state.value.runs.filter((each) => each.id !== run.id);
    return [run, ...others].slice(0, RUNS_REMEMBERED);
  }
}

function newRun(trigger: JobRun['trigger'], revision: RevisionRecord) {
  const startedAt = Date.now();
  // The time as a folder name, to the millisecond.
  const id = new Date(startedAt).toISOString().replaceAll(/[:.]/g, '-');
  return { id, revision: revision.number, trigger, startedAt, endedAt: null, exitCode: null };
}

function finished(run: JobRun, exitCode: number | null, isCancelled: boolean): JobRun {
  const ended = { ...run, endedAt: Date.now(), exitCode };
  if (exitCode === 0) return { ...ended, state: 'succeeded', message: 'ended well' };
  if (isCancelled) return { ...ended, state: 'cancelled', message: 'was stopped' };
  const how = exitCode === null ? 'was ended by a signal' : `failed with exit code ${exitCode}`;
  return { ...ended, state: 'failed', message: `${how}, see its log` };
}

const flags = (revision: RevisionRecord): string[] =>
  Object.entries(revision.parameters).flatMap(([name, value]) => [
    `--${name.replaceAll('_', '-')}=${value}`,
  ]);
