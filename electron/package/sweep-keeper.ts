/** The last sweep of a notebook's package: shown as it goes on, kept beside its results, found again after a restart. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TaskId } from '../../shared/base/ids';
import { Store } from '../../shared/base/store';
import { fail, type StudioError, toStudioError } from '../../shared/base/studio-error';
import {
  applySweepEvent,
  axisArgument,
  endSweep,
  readPlan,
  type SweepEvent,
  type SweepPlan,
  type SweepRun,
  sweepRunSchema,
} from '../../shared/package';
import type { Parameter } from '../../shared/pipeline';
import { readJson, writeAtomic, writeJson } from '../base/files';
import type { SweepWish } from './run-sweep';

/** Many short points must not send the whole table for each of them. */
const SHOW_EVERY_MS = 200;

export interface SweepBeginning {
  readonly plan: SweepPlan | null;
  readonly taskId: TaskId;
  readonly packageName: string;
  readonly folder: string;
}

export const sweepFolderOf = (notebookFolder: string, packageName: string): string =>
  join(notebookFolder, '.slipway', 'sweeps', packageName);

const fileIn = (folder: string): string => join(folder, 'sweep.json');

/** Throws for a plan that cannot begin, with the parameter and the value. */
export function wishOf(plan: SweepPlan, parameters: readonly Parameter[]): SweepWish {
  const { axes, problem } = readPlan(plan, parameters);
  if (problem !== null) return fail('invalid-input', problem);
  const values = Object.values(axes).flatMap((axis) => (axis.ok ? [axisArgument(axis.value)] : []));
  const isGrid = plan.arrangement === 'grid';
  return {
    grid: isGrid ? values : [],
    listed: isGrid ? [] : values,
    file: null,
    metrics: plan.metrics,
    parameters: {},
    jobs: plan.jobs,
    isFresh: false,
  };
}

export class SweepKeeper {
  readonly state = new Store<SweepRun | null>(null);
  #now: SweepRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #written: Promise<void> = Promise.resolve();

  /** What lies there from before; a sweep that was cut off by the studio's end is told as cancelled. */
  async open(folder: string | null): Promise<void> {
    this.#set(null);
    if (folder === null) return;
    const saved = sweepRunSchema.safeParse(await readJson(fileIn(folder)));
    if (!saved.success || this.#now !== null) return;
    const { data } = saved;
    const isCutOff = data.state === 'running';
    const run = isCutOff ? { ...endSweep(data, data.startedAt, null), endedAt: null } : data;
    this.#set({ ...run, taskId: null, state: isCutOff ? 'cancelled' : run.state });
  }

  /** Shows the sweep from its beginning to its end, however that comes. */
  async during<T>(beginning: SweepBeginning, work: () => Promise<T>): Promise<T> {
    await this.#begin(beginning);
    try {
      const result = await work();
      await this.#end(null);
      return result;
    } catch (thrown) {
      await this.#end(toStudioError(thrown));
      throw thrown;
    }
  }

  async #begin({ plan, taskId, packageName, folder }: SweepBeginning): Promise<void> {
    const about = { plan, taskId, packageName, folder, packageHash: null };
    const nothing = { endedAt: null, points: [], error: null };
    this.#set({ ...about, ...nothing, state: 'running', startedAt: Date.now() });
    await this.#write();
  }

  madeWith(packageHash: string | null): void {
    if (this.#now) this.#set({ ...this.#now, packageHash });
  }

  tell(event: SweepEvent): void {
    if (!this.#now) return;
    this.#now = applySweepEvent(this.#now, event);
    this.#timer ??= setTimeout(() => {
      this.#show();
      void this.#write();
    }, SHOW_EVERY_MS);
  }

  async #end(error: StudioError | null): Promise<void> {
    if (!this.#now) return;
    this.#set(endSweep(this.#now, Date.now(), error));
    await this.#write();
  }

  #set(run: SweepRun | null): void {
    this.#now = run;
    this.#show();
  }

  #show(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.state.set(this.#now);
  }

  /** One after the other, each with what is known then. A disk that refuses must not end the sweep. */
  #write(): Promise<void> {
    const run = this.#now;
    if (run) this.#written = this.#written.then(() => writeRun(run)).catch(() => undefined);
    return this.#written;
  }
}

async function writeRun(run: SweepRun): Promise<void> {
  const ignore = join(dirname(dirname(run.folder)), '.gitignore');
  if (!existsSync(ignore)) await writeAtomic(ignore, '*\n');
  await writeJson(fileIn(run.folder), run);
}
