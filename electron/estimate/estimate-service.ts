/** The estimate of the open package: recomputed at every change, and remembered as shown once it was. */
import { createHash } from 'node:crypto';
import { cpus, totalmem } from 'node:os';
import { EstimateId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, type StudioError, StudioFailure, studioError } from '../../shared/base/studio-error';
import {
  type Assumption,
  type AssumptionContext,
  type AssumptionValue,
  type ComputerFacts,
  DEFAULT_SCHEDULE,
  type Deployed,
  type Estimate,
  type EstimateState,
  estimateDeployed,
  estimateTargets,
  listAssumptions,
  type Measurement,
  measurementOf,
  type PriceBook,
  type RunMode,
  SECONDS_PER_MONTH,
  type TargetEstimate,
  type TargetId,
} from '../../shared/estimate';
import type { PackageRun } from '../../shared/package';
import { answer } from '../base/answer';
import { runsPerMonth } from './schedule-rate';

export interface EstimateSettings {
  readonly mode: RunMode | null;
  readonly chosenTarget: TargetId;
  readonly edits: Readonly<Record<string, AssumptionValue>>;
}

export const NO_ESTIMATE_SETTINGS: EstimateSettings = {
  mode: null,
  chosenTarget: 'this-computer',
  edits: {},
};

export interface EstimateNeeds {
  readonly book: PriceBook;
  readonly readSettings?: () => EstimateSettings;
  readonly writeSettings?: (settings: EstimateSettings) => Promise<void>;
  readonly computer?: ComputerFacts;
  readonly now?: () => number;
}

export class EstimateService {
  readonly state: Store<EstimateState>;
  readonly #needs: EstimateNeeds;
  readonly #computer: ComputerFacts;
  readonly #shown = new Set<EstimateId>();
  #measurement: Measurement | null = null;
  #settings: EstimateSettings;

  constructor(needs: EstimateNeeds) {
    this.#needs = needs;
    this.#computer = needs.computer ?? { cores: cpus().length, memoryBytes: totalmem() };
    this.#settings = needs.readSettings?.() ?? NO_ESTIMATE_SETTINGS;
    this.state = new Store(this.#compute());
  }

  /** The package's newest run; null when another notebook was opened or none was made. */
  setRun(run: PackageRun | null): void {
    this.#measurement = run && measurementOf(run);
    this.#refresh();
  }

  setMode(mode: RunMode): Promise<Result<null>> {
    return this.#keep(() => {
      if (!this.state.value.modes.includes(mode)) {
        fail(
          'precondition',
          'This package has no service that was measured, so a service can’t be estimated.',
          {
            nextSteps: [{ label: 'Choose what to serve', command: 'go.package' }],
          },
        );
      }
      return { ...this.#settings, mode };
    });
  }

  /** `null` takes an edit back. A schedule given anew sets the runs per month anew too. */
  setAssumptions(values: Readonly<Record<string, AssumptionValue | null>>): Promise<Result<null>> {
    return this.#keep(() => {
      const edits = { ...this.#settings.edits };
      for (const [given, givenValue] of Object.entries(values)) {
        const [key, value] = canonical(given, givenValue);
        if (value === null) delete edits[key];
        else edits[key] = this.#checked(key, value);
        if (key === 'use.schedule' && !('use.runsPerMonth' in values))
          delete edits['use.runsPerMonth'];
      }
      return { ...this.#settings, edits };
    });
  }

  setAssumption(key: string, value: AssumptionValue | null): Promise<Result<null>> {
    return this.setAssumptions({ [key]: value });
  }

  chooseTarget(chosenTarget: TargetId): Promise<Result<null>> {
    return this.#keep(() => ({ ...this.#settings, chosenTarget }));
  }

  /** Only what stands on the screen now can be marked: an older id means the numbers have changed since. */
  markShown(id: EstimateId): Promise<Result<null>> {
    return answer(() => {
      if (this.state.value.estimate?.id !== id) {
        fail('conflict', 'The estimate has changed since. Look at it again.', {
          nextSteps: [{ label: 'Show the estimate', command: 'go.estimate' }],
        });
      }
      this.#shown.add(id);
      this.#refresh();
      return null;
    });
  }

  /** The estimate a deployment may be bound to, or null while the current one was not shown. */
  get shownEstimate(): Estimate | null {
    const { estimate } = this.state.value;
    return estimate?.isShown ? estimate : null;
  }

  /** As it is about to be deployed; what that leaves open is as in the estimate that stands. */
  priceAs(targetId: TargetId, deployed: Deployed): TargetEstimate {
    const measurement = this.#measurement ?? throwProblem(NO_RUN);
    const context = this.#context(this.state.value.mode, measurement);
    return estimateDeployed(targetId, context, deployed, (this.#needs.now ?? Date.now)());
  }

  /** The schedule the estimate assumes, for the deployment's settings to begin with. */
  get schedule(): string {
    const edited = this.#settings.edits['use.schedule'];
    return typeof edited === 'string' ? edited : DEFAULT_SCHEDULE;
  }

  #checked(key: string, value: AssumptionValue): AssumptionValue {
    // The deployment's settings may set it in any mode, before the first run too.
    if (key === 'use.schedule') {
      runsPerMonth(String(value));
      return String(value);
    }
    const known = this.state.value.assumptions.find((each) => each.key === key);
    if (!known)
      return fail('invalid-input', `There is no assumption “${key}” for this kind of run.`);
    const wrong = problemWith(known, value);
    if (wrong) fail('invalid-input', wrong);
    return value;
  }

  #keep(change: () => EstimateSettings): Promise<Result<null>> {
    return answer(async () => {
      this.#settings = change();
      this.#refresh();
      await this.#needs.writeSettings?.(this.#settings);
      return null;
    });
  }

  #refresh(): void {
    this.state.set(this.#compute());
  }

  #compute(): EstimateState {
    const measurement = this.#measurement;
    const modes: RunMode[] = measurement?.service
      ? ['service', 'job', 'scheduled']
      : ['job', 'scheduled'];
    const wanted = this.#settings.mode;
    const mode = wanted && modes.includes(wanted) ? wanted : (modes[0] ?? 'job');
    const base = { mode, modes, chosenTarget: this.#settings.chosenTarget };
    if (!measurement) return { ...base, assumptions: [], estimate: null, problem: NO_RUN };
    const context = this.#context(mode, measurement);
    const assumptions = listAssumptions(context);
    return { ...base, assumptions, estimate: this.#estimate(context, assumptions), problem: null };
  }

  #context(mode: RunMode, measurement: Measurement): AssumptionContext {
    const { edits } = this.#settings;
    const { book } = this.#needs;
    const schedule = edits['use.schedule'];
    const runsOfSchedule = typeof schedule === 'string' ? runsPerMonth(schedule) : null;
    return { mode, measurement, computer: this.#computer, book, edits, runsOfSchedule };
  }

  #estimate(context: AssumptionContext, assumptions: readonly Assumption[]): Estimate {
    const id = hashOf(context, assumptions);
    const targets = estimateTargets(context, (this.#needs.now ?? Date.now)());
    const dates = targets
      .flatMap((target) => target.lines.flatMap((line) => (line.date ? [line.date] : [])))
      .filter((date) => /^\d{4}-\d{2}-\d{2}$/.test(date))
      .toSorted();
    return {
      id,
      mode: context.mode,
      measurement: context.measurement,
      targets,
      pricesFrom: dates[0] ?? null,
      pricesTo: dates.at(-1) ?? null,
      isShown: this.#shown.has(id),
    };
  }
}

const NO_RUN: StudioError = studioError(
  'precondition',
  'The price comes from a measured run. Run the package once, and it stands here.',
  { nextSteps: [{ label: 'Run the package', command: 'package.run' }] },
);

function throwProblem(problem: StudioError): never {
  throw new StudioFailure(problem);
}

/** Requests per month is another way to say requests per second. */
function canonical(
  key: string,
  value: AssumptionValue | null,
): readonly [string, AssumptionValue | null] {
  if (key !== 'use.requestsPerMonth') return [key, value];
  return ['use.requestsPerSecond', typeof value === 'number' ? value / SECONDS_PER_MONTH : value];
}

function problemWith(known: Assumption, value: AssumptionValue): string | null {
  if (typeof value !== typeof known.value)
    return `“${known.label}” must be a ${typeof known.value}.`;
  const { control } = known;
  if (control.kind === 'choice' && !control.choices.includes(String(value))) {
    return `“${value}” is not among the choices of “${known.label}”: ${control.choices.join(', ')}.`;
  }
  if (
    control.kind === 'number' &&
    typeof value === 'number' &&
    !(value >= 0 && value <= control.max)
  ) {
    return `“${known.label}” must be a number from 0 to ${control.max}.`;
  }
  return null;
}

/** The clock is no part of it: it decides only what is called stale. */
function hashOf(context: AssumptionContext, assumptions: readonly Assumption[]): EstimateId {
  const inputs = {
    mode: context.mode,
    measurement: context.measurement,
    computer: context.computer,
    assumptions: assumptions.map((each) => [each.key, each.value, each.basis]),
    prices: context.book.prices,
  };
  return EstimateId(createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 24));
}
