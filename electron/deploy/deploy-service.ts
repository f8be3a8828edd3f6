/** From settings to a plan, from a confirmed plan to a deployment. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DeploymentId, type PlanId, type TaskId } from '../../shared/base/ids';
import { ok, type Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, StudioFailure, toStudioError } from '../../shared/base/studio-error';
import {
  type Change,
  type ConfirmedPlan,
  confirmPlan,
  type DeployPlan,
  type DeployResult,
  type DeploySettings,
  type DeployState,
  type TargetCheck,
  type TargetDescription,
  type WrittenFiles,
} from '../../shared/deploy';
import type { Estimate, TargetId } from '../../shared/estimate';
import { answer } from '../base/answer';
import { writeAtomic } from '../base/files';
import type { EstimateService } from '../estimate';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import { othersThan } from './not-yet';
import { exportFolderOf } from './resources/export-folder';
import type { DeployablePackage, DeployRequest, Target } from './targets/target';

type Heeded = TargetDescription['heeds'][number];
type Common = Pick<DeploySettings, Heeded>;

/** Settings that not every target heeds: what they are called, and what each is where nothing was said. */
const COMMON: readonly (readonly [Heeded, { readonly word: string; readonly none: unknown }])[] = [
  ['port', { word: 'port', none: null }],
  ['environment', { word: 'environment variables', none: {} }],
  ['secrets', { word: 'secrets', none: {} }],
  ['resources', { word: 'size', none: null }],
  ['replicas', { word: 'number of copies', none: 1 }],
];

export interface DeployNeeds {
  readonly tasks: TaskRunner;
  readonly targets: readonly Target[];
  readonly estimates: EstimateService;
  /** The package as it lies on disk, or null before there is one. */
  readonly currentPackage: () => DeployablePackage | null;
  /** Called when something was deployed, so that the list of what is alive is read anew. */
  readonly onDidDeploy?: () => void;
}

export class DeployService {
  readonly state: Store<DeployState>;
  readonly #needs: DeployNeeds;
  /** What the person chose; the rest follows package and estimate. */
  #chosen: Partial<Omit<DeploySettings, 'mode' | 'schedule' | 'options'>> = {};
  /** A target's own settings are kept for it while another is looked at. */
  readonly #options = new Map<TargetId, DeploySettings['options']>();
  #timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  constructor(needs: DeployNeeds) {
    this.#needs = needs;
    this.state = new Store<DeployState>({
      targets: [
        ...needs.targets.map((target) => target.describe()),
        ...othersThan(needs.targets.map(({ id }) => id)),
      ],
      targetId: needs.estimates.state.value.chosenTarget,
      settings: null,
      check: null,
      plan: null,
      progress: {},
      activity: { kind: 'idle' },
      result: null,
      problem: null,
    });
    this.refresh();
    needs.estimates.state.subscribe(() => this.refresh());
  }

  /** Called when the package, the estimate or the target changed. A plan for what was before is dropped. */
  refresh(): void {
    const settings = this.#settings();
    const { plan, activity, targetId } = this.state.value;
    const made = this.#needs.currentPackage();
    const { chosenTarget } = this.#needs.estimates.state.value;
    const isElsewhere = targetId !== chosenTarget;
    const isOutdated =
      plan !== null && (plan.packageDigest !== made?.hash || !this.#fits(plan) || isElsewhere);
    const isShown = activity.kind === 'applying';
    this.#change({
      settings,
      targetId: chosenTarget,
      ...(isOutdated && !isShown ? { plan: null } : {}),
      // What went wrong at one target is not said of another.
      ...(isElsewhere && !isShown ? { problem: null, check: null } : {}),
    });
  }

  /** Another notebook was opened: nothing chosen for the one before holds. */
  reset(): void {
    this.#chosen = {};
    this.#options.clear();
    this.#change({ plan: null, check: null, progress: {}, result: null, problem: null });
    this.refresh();
  }

  /** One choice for both places: what is priced is what is deployed. */
  chooseTarget(targetId: TargetId): Promise<Result<null>> {
    this.#change({ plan: null, check: null });
    return this.#needs.estimates.chooseTarget(targetId);
  }

  /** Mode and schedule decide the price, so they are the estimate's: the deployment can't differ from what was priced. */
  setSettings(change: Partial<DeploySettings>): Promise<Result<null>> {
    return answer(async () => {
      const { mode, schedule, options, ...others } = change;
      this.#refuseUnheeded(others);
      if (options) this.#setOptions(options);
      if (mode) need(await this.#needs.estimates.setMode(mode));
      if (schedule) {
        this.#timeZone = knownZone(schedule.timeZone);
        // Another time zone alone changes no price.
        if (schedule.cron !== this.#needs.estimates.schedule)
          need(await this.#needs.estimates.setAssumption('use.schedule', schedule.cron));
      }
      this.#chosen = { ...this.#chosen, ...others };
      this.#change({ settings: this.#settings(), plan: null, check: null, result: null });
      return null;
    });
  }

  #refuseUnheeded(change: Partial<DeploySettings>): void {
    const { title, heeds } = this.#described();
    for (const [key, { word, none }] of COMMON) {
      const isGiven = change[key] !== undefined && !isDeepStrictEqual(change[key], none);
      if (isGiven && !heeds.includes(key))
        fail('invalid-input', `${title} takes no ${word}. Leave it out, or choose another target.`);
    }
  }

  /** Only what the target asks for, of the kind it asks for. */
  #setOptions(options: DeploySettings['options']): void {
    const { targetId } = this.state.value;
    const fields = this.#described().options;
    const checked: DeploySettings['options'] = {};
    for (const [key, given] of Object.entries(options)) {
      const field = fields.find((each) => each.key === key);
      if (!field) {
        const known = fields.map((each) => each.key).join(', ') || 'none';
        fail('invalid-input', `This target has no setting “${key}”. It has: ${known}.`);
      }
      // A terminal cannot tell the text 5000 from the number.
      const value = typeof field.fallback === 'string' ? String(given) : given;
      if (typeof value !== typeof field.fallback)
        fail('invalid-input', `“${key}” takes a ${typeof field.fallback}, not “${value}”.`);
      if (field.kind === 'choice' && !field.choices.includes(String(value)))
        fail('invalid-input', `“${key}” is one of ${field.choices.join(', ')}, not “${value}”.`);
      checked[key] = value;
    }
    this.#options.set(targetId, checked);
  }

  check(): Promise<Result<TargetCheck>> {
    return this.#during('checking', async () => {
      const target = this.#target();
      const subject = this.#subject();
      const check = await target.check(subject);
      this.#needsSame(target, subject);
      this.#change({ check });
      return check;
    });
  }

  /** Refused with `estimate-needed` until the estimate was shown. Changes nothing. */
  plan(): Promise<Result<DeployPlan>> {
    return this.#during('planning', async () => {
      const target = this.#target();
      const request = this.#request();
      const check = await target.check(request);
      this.#needsSame(target, request);
      this.#change({ check });
      const failed = check.items.find((item) => item.status === 'failed');
      if (failed) fail(failed.label === 'Port' ? 'port-in-use' : 'precondition', failed.detail);
      const plan = await target.plan(request);
      this.#needsSame(target, request);
      this.#change({ plan, progress: notYet(plan), result: null });
      return plan;
    });
  }

  /** Into `folder`, else beside the package; a file of that name is written anew. */
  exportFiles(folder?: string): Promise<Result<WrittenFiles>> {
    return this.#during('planning', async () => {
      const request = this.#request();
      const target = this.#target();
      if (!target.exportFiles)
        fail('precondition', `${target.describe().title} has no files to export.`);
      const into = folder ?? exportFolderOf(request.package, target.id);
      const { files: texts, leftOut } = await target.exportFiles(request, into);
      for (const [path, text] of Object.entries(texts)) {
        await mkdir(dirname(join(into, path)), { recursive: true });
        await writeAtomic(join(into, path), text);
      }
      return { folder: into, files: Object.keys(texts), leftOut: [...leftOut] };
    });
  }

  discardPlan(): Result<null> {
    this.#change({ plan: null, progress: {}, problem: null });
    return ok(null);
  }

  async startApply(planId: PlanId): Promise<Result<{ taskId: TaskId }>> {
    const started = await this.apply(planId);
    return started.ok ? ok({ taskId: started.value.id }) : started;
  }

  /** Begins; the started task's result is what was deployed. */
  apply(planId: PlanId): Promise<Result<StartedTask<DeployResult>>> {
    return answer(() => {
      const { plan, activity } = this.state.value;
      if (activity.kind === 'applying') fail('precondition', 'A deployment is being made already.');
      if (plan?.id !== planId) {
        fail('conflict', 'This plan is out of date. Make the plan again and read it.', {
          nextSteps: [{ label: 'Make the plan', command: 'deploy.plan' }],
        });
      }
      const confirmed =
        confirmPlan(plan, this.#shownEstimate()) ??
        fail('conflict', 'The estimate has changed since this plan was made. Plan again.');
      const target = this.#target();
      return this.#needs.tasks.run(
        {
          stage: 'deploy',
          label: `Deploy ${plan.deploymentId}, revision ${plan.revision}`,
          outcome: (result) =>
            result.url ? `It answers at ${result.url}` : `${plan.deploymentId} is deployed`,
        },
        (task) => this.#apply(target, confirmed, task),
      );
    });
  }

  async #apply(target: Target, plan: ConfirmedPlan, task: TaskContext): Promise<DeployResult> {
    this.#progress(task.id, notYet(plan));
    this.#change({ problem: null, result: null });
    try {
      const result = await target.apply(plan, {
        task,
        onChange: (id, state) =>
          this.#progress(task.id, { ...this.state.value.progress, [id]: state }),
      });
      this.#change({ result });
      return result;
    } catch (thrown) {
      if (!task.signal.aborted) this.#change({ problem: toStudioError(thrown) });
      throw thrown;
    } finally {
      this.#change({ activity: { kind: 'idle' } });
      this.#needs.onDidDeploy?.();
    }
  }

  #progress(taskId: TaskId, progress: DeployState['progress']): void {
    this.#change({ progress, activity: { kind: 'applying', taskId, progress } });
  }

  #target(): Target {
    const { targetId, targets } = this.state.value;
    const target = this.#needs.targets.find((each) => each.id === targetId);
    if (target) return target;
    const described = targets.find((each) => each.id === targetId);
    return fail('precondition', described?.unavailable ?? 'This target is not known.', {
      nextSteps: [{ label: 'Use this computer', command: 'go.deploy' }],
    });
  }

  #request(): DeployRequest {
    this.#target();
    const { settings, package: made } = this.#subject();
    const estimate = this.#shownEstimate();
    const { targetId } = this.state.value;
    const priced = estimate.targets.find((each) => each.targetId === targetId);
    if (!priced) fail('estimate-needed', 'The estimate does not cover this target.');
    const priceAs: DeployRequest['priceAs'] = (deployed) =>
      this.#needs.estimates.priceAs(targetId, deployed);
    return { settings, package: made, estimate, priced, priceAs };
  }

  #shownEstimate(): Estimate {
    return (
      this.#needs.estimates.shownEstimate ??
      fail(
        'estimate-needed',
        'Look at the estimate first: nothing is deployed before its price was seen.',
        {
          nextSteps: [{ label: 'Show the estimate', command: 'go.estimate' }],
        },
      )
    );
  }

  #subject(): { settings: DeploySettings; package: DeployablePackage } {
    const made = this.#needs.currentPackage();
    const settings = this.#settings();
    if (made && settings) return { settings, package: made };
    return fail('precondition', 'There is no package to deploy yet.', {
      nextSteps: [{ label: 'Make the package', command: 'package.generate' }],
    });
  }

  /** Asking a place takes seconds: what it says of one target or package is not shown for another chosen meanwhile. */
  #needsSame(target: Target, asked: Pick<DeployRequest, 'settings' | 'package'>): void {
    const isSame =
      target.id === this.state.value.targetId &&
      asked.package.hash === this.#needs.currentPackage()?.hash &&
      isDeepStrictEqual(asked.settings, this.#settings());
    if (!isSame) fail('cancelled', 'Something else was chosen meanwhile. Make the plan again.');
  }

  #described(): TargetDescription {
    const { chosenTarget } = this.#needs.estimates.state.value;
    const described = this.state.value.targets.find(({ id }) => id === chosenTarget);
    return described ?? fail('unexpected', `There is no target “${chosenTarget}”.`);
  }

  /**
   * Begins with what the estimate was made for. What this target does not heed stays chosen for one that does, and is
   * no part of this deployment.
   */
  #settings(): DeploySettings | null {
    const made = this.#needs.currentPackage();
    if (!made) return null;
    const { mode } = this.#needs.estimates.state.value;
    const schedule = { cron: this.#needs.estimates.schedule, timeZone: this.#timeZone };
    const { heeds } = this.#described();
    const common = Object.fromEntries(
      COMMON.map(([key, { none }]) => [
        key,
        heeds.includes(key) ? (this.#chosen[key] ?? none) : none,
      ]),
    ) as Common;
    return {
      name: DeploymentId(made.name.replaceAll('_', '-')),
      parameters: {},
      options: this.#options.get(this.#needs.estimates.state.value.chosenTarget) ?? {},
      ...this.#chosen,
      ...common,
      mode,
      schedule: mode === 'scheduled' ? schedule : null,
    };
  }

  /** A plan is bound to the estimate it was made with. */
  #fits(plan: DeployPlan): boolean {
    return this.#needs.estimates.state.value.estimate?.id === plan.estimateId;
  }

  #during<T>(kind: 'checking' | 'planning', work: () => Promise<T>): Promise<Result<T>> {
    return answer(async () => {
      if (this.state.value.activity.kind === 'applying') {
        fail('precondition', 'A deployment is being made. Wait for it, or cancel it.');
      }
      this.#change({ activity: { kind }, problem: null });
      try {
        return await work();
      } catch (thrown) {
        const problem = toStudioError(thrown);
        if (problem.kind !== 'cancelled') this.#change({ problem });
        throw thrown;
      } finally {
        this.#change({ activity: { kind: 'idle' } });
      }
    });
  }

  #change(change: Partial<DeployState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}

function knownZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch {
    return fail('invalid-input', `“${timeZone}” is no time zone; Europe/Berlin and UTC are some.`);
  }
}

function need<T>(result: Result<T>): T {
  if (!result.ok) throw new StudioFailure(result.error);
  return result.value;
}

const notYet = (plan: DeployPlan): Record<Change['id'], 'planned'> =>
  Object.fromEntries(plan.changes.map((change) => [change.id, 'planned']));
