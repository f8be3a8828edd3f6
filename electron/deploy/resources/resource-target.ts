/** A Target made of a driver: plans by difference, applies what is missing, finds everything again by labels. */
import { relative, sep } from 'node:path';
import { DeploymentId, PlanId } from '../../../shared/base/ids';
import {
  fail,
  type StudioError,
  StudioFailure,
  studioError,
  toStudioError,
} from '../../../shared/base/studio-error';
import {
  type ConfirmedPlan,
  canonical,
  currentRevision,
  type DeployPlan,
  type DeployResult,
  isConfirmed,
  LABEL,
  type LogBatch,
  type LogLine,
  type RevisionRecord,
  type TargetCheck,
  type TargetDescription,
} from '../../../shared/deploy';
import type { TargetEstimate, TargetId } from '../../../shared/estimate';
import type { TaskContext } from '../../task';
import type {
  ApplyContext,
  DeployablePackage,
  DeploymentCommand,
  DeployRequest,
  ExportedFiles,
  Listed,
  Observation,
  Reached,
  Target,
} from '../targets/target';
import { curlOf, readSample } from '../targets/this-computer/sample-request';
import { carryOut, changesTo, findAll, lookAhead, removeAll } from './engine';
import { exportFolderOf } from './export-folder';
import type { KnownPlaces } from './known-places';
import { PlaceChanged, refuseUnplanned, whatStands } from './outcome';
import { byNumber, digest, planned, wantedOf } from './plan-parts';
import { planPrice, priceBefore, priceOf, unlikeEstimate, withPrice } from './plan-price';
import type { Options, Platform, TargetDriver, Wanted } from './platform';

const MOST_FOUND = 500;
/** A place that does not answer is not asked again at each look: the others would wait for it. */
const ASK_AGAIN_MS = 30_000;
const LIST_MS = 15_000;
const WHOLE_LOG = 100_000;

interface Planned {
  readonly wanted: Wanted;
  readonly package: DeployablePackage;
  readonly priced: TargetEstimate;
  /** Nobody chose it: another one does as well. */
  readonly isPortOpen: boolean;
}

export class ResourceTarget implements Target {
  readonly id: TargetId;
  readonly #driver: TargetDriver;
  readonly #places: KnownPlaces;
  readonly #planned = new Map<string, Planned>();
  /** One connection a place, kept while it answers. */
  readonly #open = new Map<string, Promise<Platform>>();
  readonly #silent = new Map<string, { readonly until: number; readonly why: string }>();

  constructor(driver: TargetDriver, places: KnownPlaces) {
    this.id = driver.id;
    this.#driver = driver;
    this.#places = places;
  }

  describe(): TargetDescription {
    return this.#driver.describe();
  }

  async check({
    settings,
    package: made,
  }: Pick<DeployRequest, 'settings' | 'package'>): Promise<TargetCheck> {
    const place = { label: 'Place', status: 'ok' as const };
    this.#silent.delete(canonical(this.#driver.placeOptions(this.#all(settings.options))));
    try {
      const platform = await this.#at(settings.options);
      const items = [
        { ...place, detail: platform.place.title },
        ...(await platform.check(settings, made)),
      ];
      // Looked at by a person: from now on its deployments stand in the list of what is alive.
      await this.#places.remember(this.id, this.#driver.placeOptions(this.#all(settings.options)));
      return { items, isReady: items.every(({ status }) => status !== 'failed') };
    } catch (thrown) {
      const detail = toStudioError(thrown).message;
      return { items: [{ ...place, status: 'failed', detail }], isReady: false };
    }
  }

  /** What is asked for, with all that was left open filled in. */
  async #subject(request: DeployRequest) {
    const platform = await this.#at(request.settings.options);
    const id = request.settings.name;
    const now = (await platform.observe(id, await findAll(platform, id)))?.record ?? null;
    const asked = { ...request.settings, options: this.#all(request.settings.options) };
    const settings = await platform.settle(asked, now, request.priced, request.package);
    const image = platform.imageOf(request.package, settings);
    const priced = request.priceAs(platform.deployed(settings));
    const wanted = wantedOf({ ...request, priced }, settings, now, image);
    return { platform, id, now, settings, wanted, priced };
  }

  async exportFiles(
    request: DeployRequest,
    into = exportFolderOf(request.package, this.id),
  ): Promise<ExportedFiles> {
    const { platform, wanted } = await this.#subject(request);
    const toPackage = relative(into, request.package.folder).replaceAll(sep, '/');
    return (
      platform.exportFiles?.(wanted, toPackage) ??
      fail('precondition', `${this.describe().title} has no files to export.`)
    );
  }

  async plan(request: DeployRequest): Promise<DeployPlan> {
    const { platform, id, now, settings, wanted, priced } = await this.#subject(request);
    const desired = await platform.desired(wanted);
    const { changes, refusals } = await lookAhead(platform, id, desired);
    const { mode } = settings;
    const lines = changes.map((change) => withPrice(change, priceOf(mode, priced), priced));
    const price = planPrice(mode, priced, desired, lines);
    const unlike = unlikeEstimate(price.total, priceOf(mode, request.priced));
    const plan: DeployPlan = {
      id: PlanId(digest([id, platform.place.id, changes.map(planned), request.estimate.id])),
      deploymentId: id,
      targetId: this.id,
      settings,
      estimateId: request.estimate.id,
      revision: wanted.revision.number,
      replaces: now?.isFinished ? now.currentRevision : null,
      place: platform.place.title,
      changes: lines,
      ...price,
      before: priceBefore(mode, now),
      warnings: [...unlike, ...refusals, ...platform.warnings(settings)],
      packageFolder: request.package.folder,
      packageDigest: request.package.hash,
      madeAt: Date.now(),
    };
    const isPortOpen = request.settings.port === null && plan.replaces === null;
    this.#planned.set(plan.id, { wanted, package: request.package, priced, isPortOpen });
    return plan;
  }

  async apply(plan: ConfirmedPlan, context: ApplyContext): Promise<DeployResult> {
    if (!isConfirmed(plan)) fail('estimate-needed', 'This plan was not confirmed with its price.');
    const planned =
      this.#planned.get(plan.id) ??
      fail('precondition', 'This plan is not known any more. Make the plan again.');
    const platform = await this.#at(plan.settings.options);
    await this.#places.remember(this.id, this.#driver.placeOptions(plan.settings.options));
    const { wanted } = planned;
    try {
      const desired = await platform.desired(wanted);
      const changes = await changesTo(platform, wanted.id, desired);
      refuseUnplanned(plan, changes);
      const work = { ...context, package: planned.package };
      await carryOut(platform, wanted.id, desired, changes, work).catch(async (thrown: unknown) => {
        const other = await onAnotherPort(platform, planned, toStudioError(thrown));
        if (other === null) throw thrown;
        context.task.log(
          `Port ${wanted.settings.port} was taken meanwhile: ${other.settings.port}`,
        );
        await makeStand(platform, other, work);
      });
    } catch (thrown) {
      if (thrown instanceof PlaceChanged) throw thrown;
      if (context.task.signal.aborted) {
        context.task.log(await whatStands(platform, wanted.id));
        throw thrown;
      }
      throw await this.#recover(platform, planned, toStudioError(thrown), plan, context);
    }
    return this.#result(platform, wanted.id);
  }

  /** After a failed change the revision before is brought back; what stands afterwards is said either way. */
  async #recover(
    platform: Platform,
    { wanted }: Planned,
    error: StudioFailure['error'],
    plan: ConfirmedPlan,
    { task }: ApplyContext,
  ): Promise<StudioFailure> {
    const before = wanted.others.find(({ number }) => number === plan.replaces);
    if (!before?.settings) {
      const stands = await whatStands(platform, wanted.id);
      return new StudioFailure({ ...error, message: `${error.message} ${stands}` });
    }
    task.log(error.message);
    task.progress(null, `Bringing revision ${before.number} back`);
    const last = await this.#bringBack(platform, wanted, before, task).then(
      () => `Revision ${before.number} runs again.`,
      (thrown: unknown) =>
        `Revision ${before.number} could not be brought back: ${toStudioError(thrown).message}`,
    );
    return new StudioFailure({ ...error, message: `${error.message} ${last}` });
  }

  async #bringBack(
    platform: Platform,
    { id, mode, revision, others }: Pick<Wanted, 'id' | 'mode' | 'revision' | 'others'>,
    to: RevisionRecord,
    task: TaskContext,
  ): Promise<void> {
    if (!to.settings)
      fail('precondition', `Revision ${to.number} does not tell with what it was deployed.`);
    const wanted: Wanted = {
      id,
      mode,
      revision: to,
      settings: to.settings,
      others: [...others, revision].filter(({ number }) => number !== to.number).sort(byNumber),
    };
    const context = { task, package: null, onChange: () => undefined };
    await makeStand(platform, wanted, context);
  }

  async list(): Promise<Listed> {
    const known = await this.#places.of(this.id);
    const fallback = this.#driver.placeOptions(this.#all({}));
    const hasFallback =
      this.#driver.hasDefaultPlace &&
      !known.some((each) => canonical(each) === canonical(fallback));
    const lists = await Promise.all([
      ...known.map((options) => this.#listAt(options, false)),
      ...(hasFallback ? [this.#listAt(fallback, true)] : []),
    ]);
    return {
      observations: lists.flatMap(({ observations }) => observations),
      unreachable: lists.flatMap(({ unreachable }) => unreachable),
    };
  }

  /** A place that nobody named and that does not answer is none. */
  async #listAt(options: Options, isQuiet: boolean): Promise<Listed> {
    const place = Object.values(options).filter(String).join(', ') || this.describe().title;
    const key = canonical(this.#driver.placeOptions(this.#all(options)));
    const silent = this.#silent.get(key);
    const unreachable = (why: string) => (isQuiet ? [] : [{ place, why }]);
    if (silent && silent.until > Date.now())
      return { observations: [], unreachable: unreachable(silent.why) };
    try {
      const listed = await within(LIST_MS, this.#readAt(options));
      this.#silent.delete(key);
      return listed;
    } catch (thrown) {
      await this.#drop(options);
      const why = toStudioError(thrown).message;
      this.#silent.set(key, { until: Date.now() + ASK_AGAIN_MS, why });
      return { observations: [], unreachable: unreachable(why) };
    }
  }

  async #readAt(options: Options): Promise<Listed> {
    const platform = await this.#at(options);
    const lists = await Promise.all(platform.kinds.map((kind) => kind.list(null)));
    const found = Map.groupBy(lists.flat(), ({ labels }) => labels[LABEL.deployment]);
    const observations = await Promise.all(
      [...found].map(async ([id, parts]) => {
        if (id === undefined) return null;
        const observed = await platform.observe(DeploymentId(id), parts);
        return observed && this.#observation(platform, DeploymentId(id), observed);
      }),
    );
    return { observations: observations.filter((each) => each !== null), unreachable: [] };
  }

  async observe(key: string): Promise<Observation> {
    const { platform, id } = await this.#find(key);
    const observed = await platform.observe(id, await findAll(platform, id));
    if (!observed) return fail('not-found', `There is no deployment “${id}” any more.`);
    return this.#observation(platform, id, observed);
  }

  async command(key: string, command: DeploymentCommand, task: TaskContext): Promise<void> {
    const { platform, id } = await this.#find(key);
    await platform.command(id, command, task);
  }

  async rollback(key: string, number: number, task: TaskContext): Promise<void> {
    const { platform, id } = await this.#find(key);
    const { record } = await this.observe(key);
    const current =
      currentRevision(record) ?? fail('precondition', `“${id}” has no current revision.`);
    const to = record.revisions.find((each) => each.number === number);
    if (!to) fail('not-found', `“${id}” has no revision ${number}.`);
    const others = record.revisions.filter((each) => each.number !== current.number);
    const subject = { id, mode: record.mode, revision: current, others };
    try {
      await this.#bringBack(platform, subject, to, task);
    } catch (thrown) {
      if (task.signal.aborted) throw thrown;
      const back = { ...subject, revision: to, others: record.revisions };
      await this.#bringBack(platform, back, current, task);
      const error = toStudioError(thrown);
      const message = `${error.message} Revision ${current.number} runs as before.`;
      throw new StudioFailure({ ...error, message });
    }
  }

  async remove(key: string, task: TaskContext): Promise<string[]> {
    const { platform, id } = await this.#find(key);
    return removeAll(platform, id, task);
  }

  async *followLogs(key: string, tail: number, signal?: AbortSignal): AsyncIterable<LogBatch> {
    const { platform, id } = await this.#find(key);
    yield* platform.followLogs(id, tail, signal ?? new AbortController().signal);
  }

  async readLogs(key: string, { tail, text }: { tail: number; text?: string }): Promise<LogLine[]> {
    const { platform, id } = await this.#find(key);
    if (text === undefined) return platform.readLogs(id, tail);
    const wanted = text.toLowerCase();
    return (await platform.readLogs(id, WHOLE_LOG))
      .filter((line) => line.text.toLowerCase().includes(wanted))
      .slice(-MOST_FOUND);
  }

  async reach(key: string): Promise<Reached> {
    const { platform, id } = await this.#find(key);
    return platform.reach(id);
  }

  async dispose(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(async (each) => (await each).close()).map(quietly));
  }

  #observation(
    platform: Platform,
    id: DeploymentId,
    observed: Pick<Observation, 'record' | 'state' | 'url'>,
  ): Observation {
    return {
      ...observed,
      key: `${id}@${platform.place.id}`,
      place: platform.place.title,
      isSupervised: true,
      folder: null,
    };
  }

  async #find(key: string): Promise<{ platform: Platform; id: DeploymentId }> {
    const at = key.indexOf('@');
    const id = DeploymentId(key.slice(0, at));
    const places = [...(await this.#places.of(this.id)), this.#driver.placeOptions(this.#all({}))];
    for (const options of places) {
      const platform = await this.#at(options).catch(() => null);
      if (platform?.place.id === key.slice(at + 1)) return { platform, id };
    }
    return fail('not-found', `There is no deployment “${id}” at ${key.slice(at + 1)}.`);
  }

  async #result(platform: Platform, id: DeploymentId): Promise<DeployResult> {
    const observed = await platform.observe(id, await findAll(platform, id));
    if (!observed) return fail('unexpected', `“${id}” was deployed and is not found any more.`);
    const { record, state, url } = observed;
    return {
      key: `${id}@${platform.place.id}`,
      deploymentId: id,
      revision: record.currentRevision,
      mode: record.mode,
      url,
      curl: url && curlOf(url, (await readSample(url)) ?? { rows: [] }),
      nextRunAt: state?.nextRunAt ?? null,
      survival: this.describe().survival,
    };
  }

  #all(options: Options): Options {
    const fallbacks = this.describe().options.map(({ key, fallback }) => [key, fallback] as const);
    return { ...Object.fromEntries(fallbacks), ...options };
  }

  #at(options: Options): Promise<Platform> {
    const all = this.#all(options);
    const key = canonical(this.#driver.placeOptions(all));
    const there = this.#open.get(key);
    if (there) return there;
    const opening = this.#driver.open(all);
    this.#open.set(key, opening);
    opening.catch(() => this.#open.delete(key));
    return opening;
  }

  async #drop(options: Options): Promise<void> {
    const key = canonical(this.#driver.placeOptions(this.#all(options)));
    const there = this.#open.get(key);
    this.#open.delete(key);
    if (there) await quietly(there.then((platform) => platform.close()));
  }
}

async function makeStand(
  platform: Platform,
  wanted: Wanted,
  context: Parameters<typeof carryOut>[4],
): Promise<void> {
  const desired = await platform.desired(wanted);
  const changes = await changesTo(platform, wanted.id, desired);
  await carryOut(platform, wanted.id, desired, changes, context);
}

/** A port that was free when the plan was made may be taken while an image is built. Null where that is not it. */
async function onAnotherPort(
  platform: Platform,
  { wanted, package: made, priced, isPortOpen }: Planned,
  { kind }: StudioError,
): Promise<Wanted | null> {
  if (kind !== 'port-in-use' || !isPortOpen) return null;
  const settings = await platform.settle({ ...wanted.settings, port: null }, null, priced, made);
  if (settings.port === wanted.settings.port) return null;
  return { ...wanted, settings, revision: { ...wanted.revision, settings } };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StudioFailure(studioError('server-unreachable', 'It does not answer.'))),
      ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
