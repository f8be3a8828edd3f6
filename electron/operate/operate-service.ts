/** One list of what is alive, read from the targets themselves; nothing is remembered here that could go stale. */
import type { DeploymentId, TaskId } from '../../shared/base/ids';
import { done, ok, type Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail } from '../../shared/base/studio-error';
import {
  type Deployment,
  type LogBatch,
  type LogLine,
  type OperateState,
  type Prediction,
  type ServiceForm,
  viewDeployment,
} from '../../shared/operate';
import { answer } from '../base/answer';
import type { DeploymentCommand, Observation, Target } from '../deploy';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import { followLog, searchLog, tailLog } from './log-reader';
import { predict, readForm, readP95 } from './service-client';

export interface OperateNeeds {
  readonly tasks: TaskRunner;
  readonly targets: readonly Target[];
  /** How often it looks while somebody watches. */
  readonly lookEveryMs?: number;
}

type Activity = Deployment['activity'];

const DOING: Readonly<Record<DeploymentCommand, readonly [string, Activity, string]>> = {
  start: ['Start', 'starting', 'is up'],
  stop: ['Stop', 'stopping', 'is stopped'],
  restart: ['Restart', 'restarting', 'is up again'],
  run: ['Run', 'starting', 'runs'],
};

export class OperateService {
  readonly state = new Store<OperateState>({ deployments: [], perHour: null });
  readonly #needs: OperateNeeds;
  readonly #activities = new Map<DeploymentId, Activity>();
  readonly #withoutFigures = new Set<string>();
  #watchers = 0;
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;

  constructor(needs: OperateNeeds) {
    this.#needs = needs;
  }

  /** Looks again and again as long as somebody watches. */
  async *watch(signal?: AbortSignal): AsyncGenerator<OperateState, void, void> {
    this.#watchers += 1;
    if (this.#watchers === 1) this.#look();
    try {
      yield* this.state.watch(signal);
    } finally {
      this.#watchers -= 1;
    }
  }

  refresh(): Promise<Result<null>> {
    return answer(async () => {
      const lists = await Promise.all(this.#needs.targets.map((target) => this.#read(target)));
      const deployments = lists.flat().toSorted((a, b) => b.deployedAt - a.deployedAt);
      const known = deployments.flatMap(({ cost }) =>
        cost.perHour === null ? [] : [cost.perHour],
      );
      const next = {
        deployments,
        perHour: known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : null,
      };
      // Equal states are not sent again: a window would draw the table every two seconds for nothing.
      if (JSON.stringify(next) !== JSON.stringify(this.state.value)) this.state.set(next);
      return null;
    });
  }

  /** What a deployment is right now, read anew. */
  async find(id: DeploymentId): Promise<Deployment> {
    const { target, observed } = await this.#find(id);
    return this.#view(target, observed);
  }

  async *followLogs(
    id: DeploymentId,
    tail: number,
    signal?: AbortSignal,
  ): AsyncGenerator<LogBatch> {
    const { observed } = await this.#find(id);
    yield* followLog(observed.folder, tail, signal);
  }

  readLogs(id: DeploymentId, tail: number): Promise<Result<LogLine[]>> {
    return answer(async () => tailLog((await this.#find(id)).observed.folder, tail));
  }

  searchLogs(id: DeploymentId, text: string): Promise<Result<LogLine[]>> {
    return answer(async () => searchLog((await this.#find(id)).observed.folder, text));
  }

  /** Begins; the started task ends when it is done. */
  command(id: DeploymentId, command: DeploymentCommand): Promise<Result<StartedTask<null>>> {
    const [label, activity, outcome] = DOING[command];
    return this.#begin(id, `${label} ${id}`, activity, `${id} ${outcome}`, (target, task) =>
      target.command(id, command, task),
    );
  }

  rollback(id: DeploymentId, revision?: number): Promise<Result<StartedTask<null>>> {
    return this.#begin(
      id,
      `Roll back ${id}`,
      'rolling-back',
      `${id} is rolled back`,
      async (target, task) => {
        const { record } = await target.observe(id);
        const number = revision ?? before(record.currentRevision, record.revisions);
        await target.rollback(id, number, task);
      },
    );
  }

  remove(id: DeploymentId): Promise<Result<StartedTask<null>>> {
    return this.#begin(
      id,
      `Remove ${id}`,
      'removing',
      `${id} is removed, nothing is left`,
      async (target, task) => {
        const left = await target.remove(id, task);
        if (left.length > 0)
          fail('unexpected', `Not everything of ${id} could be removed. ${left.join(' ')}`);
      },
    );
  }

  predict(id: DeploymentId, body: unknown): Promise<Result<Prediction>> {
    return answer(async () => {
      const prediction = await predict(await this.#url(id), body);
      void this.refresh();
      return prediction;
    });
  }

  serviceForm(id: DeploymentId): Promise<Result<ServiceForm>> {
    return answer(async () => readForm(await this.#url(id)));
  }

  dispose(): void {
    this.#watchers = 0;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.refresh().finally(() => {
      this.#isLooking = false;
      if (this.#watchers === 0) return;
      this.#timer = setTimeout(() => this.#look(), this.#needs.lookEveryMs ?? 2000);
      this.#timer.unref();
    });
  }

  async #read(target: Target): Promise<Deployment[]> {
    const observed = await target.list();
    return Promise.all(observed.map((each) => this.#view(target, each)));
  }

  async #view(target: Target, observed: Observation): Promise<Deployment> {
    const isAnswering =
      observed.url !== null && observed.state?.status === 'running' && observed.isSupervised;
    const p95Ms = isAnswering && observed.url ? await this.#p95(observed, observed.url) : null;
    const { survival } = target.describe();
    const activity = this.#activities.get(observed.record.id) ?? 'none';
    return viewDeployment({ ...observed, p95Ms, survival }, activity);
  }

  /** A revision without figures is not asked for them again. */
  async #p95({ record }: Observation, url: string): Promise<number | null> {
    const key = `${record.id}/${record.currentRevision}/${record.deployedAt}`;
    if (this.#withoutFigures.has(key)) return null;
    const answer = await readP95(url);
    if (answer === 'none') this.#withoutFigures.add(key);
    return typeof answer === 'number' ? answer : null;
  }

  async #find(id: DeploymentId): Promise<{ target: Target; observed: Observation }> {
    for (const target of this.#needs.targets) {
      const observed = (await target.list()).find(({ record }) => record.id === id);
      if (observed) return { target, observed };
    }
    return fail('not-found', `There is no deployment “${id}”.`, {
      nextSteps: [{ label: 'Show what is alive', command: 'go.operate' }],
    });
  }

  async #url(id: DeploymentId): Promise<string> {
    const { observed } = await this.#find(id);
    return observed.url ?? fail('precondition', `“${id}” is a job and answers no requests.`);
  }

  #begin(
    id: DeploymentId,
    label: string,
    activity: Activity,
    outcome: string,
    work: (target: Target, task: TaskContext) => Promise<void>,
  ): Promise<Result<StartedTask<null>>> {
    return answer(async () => {
      if (this.#activities.has(id))
        fail('conflict', `Something is being done with “${id}” already. Wait for it.`);
      const { target } = await this.#find(id);
      this.#activities.set(id, activity);
      void this.refresh();
      return this.#needs.tasks.run(
        { stage: 'operate', label, outcome: () => outcome },
        async (task) => {
          try {
            await work(target, task);
            return null;
          } finally {
            this.#activities.delete(id);
            await this.refresh();
          }
        },
      );
    });
  }
}

export async function begun(
  started: Promise<Result<StartedTask<null>>>,
): Promise<Result<{ taskId: TaskId }>> {
  const result = await started;
  return result.ok ? ok({ taskId: result.value.id }) : result;
}

/** Waits for the end, for the CLI and tests. */
export async function ended(started: Promise<Result<StartedTask<null>>>): Promise<Result<null>> {
  const result = await started;
  if (!result.ok) return result;
  const end = await result.value.result;
  return end.ok ? done : end;
}

function before(current: number, revisions: readonly { number: number }[]): number {
  const earlier = revisions.map(({ number }) => number).filter((number) => number < current);
  return earlier.length > 0
    ? Math.max(...earlier)
    : fail('precondition', 'There is no earlier revision to roll back to.');
}
