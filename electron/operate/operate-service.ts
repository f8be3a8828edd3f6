/** One list of what is alive, read from the targets themselves; nothing is remembered here that could go stale. */
import type { TaskId } from '../../shared/base/ids';
import { done, ok, type Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, StudioFailure } from '../../shared/base/studio-error';
import type { LogBatch, LogLine } from '../../shared/deploy';
import {
  type Deployment,
  type OperateState,
  type Prediction,
  type ServiceForm,
  viewDeployment,
} from '../../shared/operate';
import { answer } from '../base/answer';
import type { DeploymentCommand, Observation, Target } from '../deploy';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
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
  readonly state = new Store<OperateState>({ deployments: [], unreachable: [], perHour: null });
  readonly #needs: OperateNeeds;
  readonly #activities = new Map<string, Activity>();
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
      const deployments = lists
        .flatMap((list) => list.deployments)
        .toSorted((a, b) => b.deployedAt - a.deployedAt);
      const known = deployments.flatMap(({ cost }) =>
        cost.perHour === null ? [] : [cost.perHour],
      );
      const next = {
        deployments,
        unreachable: lists.flatMap(({ unreachable }) => unreachable),
        perHour: known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : null,
      };
      // Equal states are not sent again: a window would draw the table every two seconds for nothing.
      if (JSON.stringify(next) !== JSON.stringify(this.state.value)) this.state.set(next);
      return null;
    });
  }

  /** The key of the deployment a person names: by its key, or by its name where only one has it. */
  async keyOf(text: string): Promise<string> {
    need(await this.refresh());
    const { deployments } = this.state.value;
    const named = deployments.filter(({ id, name }) => id === text || name === text);
    const [only, ...more] = named.some(({ id }) => id === text)
      ? named.filter(({ id }) => id === text)
      : named;
    if (!only)
      return fail('not-found', `There is no deployment “${text}”.`, {
        nextSteps: [{ label: 'Show what is alive', command: 'go.operate' }],
      });
    if (more.length === 0) return only.id;
    const all = named.map(({ id }) => id).join(', ');
    return fail('invalid-input', `“${text}” stands at several places. Name one of: ${all}.`);
  }

  /** What a deployment is right now, read anew. */
  async find(id: string): Promise<Deployment> {
    const { target, observed } = await this.#find(id);
    return this.#view(target, observed);
  }

  async *followLogs(id: string, tail: number, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    const { target } = await this.#find(id);
    yield* target.followLogs(id, tail, signal);
  }

  readLogs(id: string, tail: number): Promise<Result<LogLine[]>> {
    return answer(async () => (await this.#find(id)).target.readLogs(id, { tail }));
  }

  searchLogs(id: string, text: string): Promise<Result<LogLine[]>> {
    return answer(async () => (await this.#find(id)).target.readLogs(id, { tail: 0, text }));
  }

  /** Begins; the started task ends when it is done. */
  command(id: string, command: DeploymentCommand): Promise<Result<StartedTask<null>>> {
    const [label, activity, outcome] = DOING[command];
    return this.#begin(
      id,
      `${label} ${nameOf(id)}`,
      activity,
      `${nameOf(id)} ${outcome}`,
      (target, task) => target.command(id, command, task),
    );
  }

  rollback(id: string, revision?: number): Promise<Result<StartedTask<null>>> {
    return this.#begin(
      id,
      `Roll back ${nameOf(id)}`,
      'rolling-back',
      `${nameOf(id)} is rolled back`,
      async (target, task) => {
        const { record } = await target.observe(id);
        const number = revision ?? before(record.currentRevision, record.revisions);
        await target.rollback(id, number, task);
      },
    );
  }

  remove(id: string): Promise<Result<StartedTask<null>>> {
    return this.#begin(
      id,
      `Remove ${nameOf(id)}`,
      'removing',
      `${nameOf(id)} is removed, nothing is left`,
      async (target, task) => {
        const left = await target.remove(id, task);
        if (left.length > 0)
          fail('unexpected', `Not everything of ${nameOf(id)} could be removed. ${left.join(' ')}`);
      },
    );
  }

  predict(id: string, body: unknown): Promise<Result<Prediction>> {
    return answer(async () => {
      const prediction = await this.#reaching(id, (url) => predict(url, body));
      void this.refresh();
      return prediction;
    });
  }

  serviceForm(id: string): Promise<Result<ServiceForm>> {
    return answer(() => this.#reaching(id, readForm));
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

  async #read(target: Target): Promise<Omit<OperateState, 'perHour'>> {
    const { observations, unreachable } = await target.list();
    const deployments = await Promise.all(observations.map((each) => this.#view(target, each)));
    return { deployments, unreachable: [...unreachable] };
  }

  async #view(target: Target, observed: Observation): Promise<Deployment> {
    const isAnswering =
      observed.url !== null && observed.state?.status === 'running' && observed.isSupervised;
    const p95Ms = isAnswering && observed.url ? await this.#p95(observed, observed.url) : null;
    const { survival } = target.describe();
    const activity = this.#activities.get(observed.key) ?? 'none';
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

  async #find(id: string): Promise<{ target: Target; observed: Observation }> {
    for (const target of this.#needs.targets) {
      const observed = (await target.list()).observations.find(({ key }) => key === id);
      if (observed) return { target, observed };
    }
    return fail('not-found', `There is no deployment “${id}”.`, {
      nextSteps: [{ label: 'Show what is alive', command: 'go.operate' }],
    });
  }

  /** Through whatever way leads there: its address, a port-forward, a tunnel. */
  async #reaching<T>(id: string, work: (url: string) => Promise<T>): Promise<T> {
    const { target, observed } = await this.#find(id);
    if (observed.record.mode !== 'service')
      fail('precondition', `“${observed.record.id}” is a job and answers no requests.`);
    const reached = await target.reach(id);
    try {
      return await work(reached.url);
    } finally {
      await reached.close();
    }
  }

  #begin(
    id: string,
    label: string,
    activity: Activity,
    outcome: string,
    work: (target: Target, task: TaskContext) => Promise<void>,
  ): Promise<Result<StartedTask<null>>> {
    return answer(async () => {
      if (this.#activities.has(id))
        fail('conflict', `Something is being done with “${nameOf(id)}” already. Wait for it.`);
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

function need<T>(result: Result<T>): T {
  if (!result.ok) throw new StudioFailure(result.error);
  return result.value;
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

/** A key is the name, with the place after an @ where there are several. */
const nameOf = (key: string): string => key.replace(/@.*$/, '');

function before(current: number, revisions: readonly { number: number }[]): number {
  const earlier = revisions.map(({ number }) => number).filter((number) => number < current);
  return earlier.length > 0
    ? Math.max(...earlier)
    : fail('precondition', 'There is no earlier revision to roll back to.');
}
