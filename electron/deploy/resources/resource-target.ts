/** A Target made of a driver: plans by difference, applies what is missing, finds everything again by labels. */
import { createHash } from 'node:crypto';
import { DeploymentId, PlanId } from '../../../shared/base/ids';
import { fail, StudioFailure, toStudioError } from '../../../shared/base/studio-error';
import {
  type Change,
  type ChangePrice,
  type ConfirmedPlan,
  canonical,
  currentRevision,
  type DeploymentRecord,
  type DeployPlan,
  type DeployResult,
  type DeploySettings,
  isConfirmed,
  type Json,
  type LogBatch,
  type LogLine,
  type ResourceChange,
  type ResourcePrice,
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
  Listed,
  Observation,
  Reached,
  Target,
} from '../targets/target';
import { curlOf, readSample } from '../targets/this-computer/sample-request';
import { carryOut, changesTo, findAll, removeAll } from './engine';
import type { KnownPlaces } from './known-places';
import type { Options, Platform, TargetDriver, Wanted } from './platform';

const MOST_FOUND = 500;
const WHOLE_LOG = 100_000;

interface Planned {
  readonly wanted: Wanted;
  readonly package: DeployablePackage;
}

export class ResourceTarget implements Target {
  readonly id: TargetId;
  readonly #driver: TargetDriver;
  readonly #places: KnownPlaces;
  readonly #planned = new Map<string, Planned>();
  /** One connection a place, kept while it answers. */
  readonly #open = new Map<string, Promise<Platform>>();

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

  async plan(request: DeployRequest): Promise<DeployPlan> {
    const platform = await this.#at(request.settings.options);
    const id = request.settings.name;
    const now = (await platform.observe(id, await findAll(platform, id)))?.record ?? null;
    const asked = { ...request.settings, options: this.#all(request.settings.options) };
    const settings = await platform.settle(asked, now, request.priced, request.package);
    const image = platform.imageOf(request.package, settings);
    const wanted = wantedOf(request, settings, now, image);
    const changes = await changesTo(platform, id, await platform.desired(wanted));
    const total = priceOf(settings.mode, request.priced);
    const plan: DeployPlan = {
      id: PlanId(digest([id, platform.place.id, changes.map(planned), request.estimate.id])),
      deploymentId: id,
      targetId: this.id,
      settings,
      estimateId: request.estimate.id,
      revision: wanted.revision.number,
      replaces: now?.isFinished ? now.currentRevision : null,
      place: platform.place.title,
      changes: changes.map((change) => withPrice(change, total, request.priced)),
      total,
      warnings: platform.warnings(settings),
      packageFolder: request.package.folder,
      packageDigest: request.package.hash,
      madeAt: Date.now(),
    };
    this.#planned.set(plan.id, { wanted, package: request.package });
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
      await carryOut(platform, wanted.id, desired, { ...context, package: planned.package });
    } catch (thrown) {
      if (context.task.signal.aborted) throw thrown;
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
      const left = await findAll(platform, wanted.id).catch(() => []);
      const stands =
        left.length === 0
          ? 'Nothing of it stands.'
          : `What stands: ${left.map(({ kind, name }) => `${kind} ${name}`).join(', ')}. Deploy again to go on from there, or remove it.`;
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
    await carryOut(platform, id, await platform.desired(wanted), context);
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
    try {
      const platform = await this.#at(options);
      const lists = await Promise.all(platform.kinds.map((kind) => kind.list(null)));
      const found = Map.groupBy(lists.flat(), ({ labels }) => labels['dev.slipway.deployment']);
      const observations = await Promise.all(
        [...found].map(async ([id, parts]) => {
          if (id === undefined) return null;
          const observed = await platform.observe(DeploymentId(id), parts);
          return observed && this.#observation(platform, DeploymentId(id), observed);
        }),
      );
      return { observations: observations.filter((each) => each !== null), unreachable: [] };
    } catch (thrown) {
      await this.#drop(options);
      const place = Object.values(options).filter(String).join(', ') || this.describe().title;
      const why = toStudioError(thrown).message;
      return { observations: [], unreachable: isQuiet ? [] : [{ place, why }] };
    }
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

/** The same package with the same settings is the same revision: its plan is empty. */
function wantedOf(
  request: DeployRequest,
  settings: DeploySettings,
  now: DeploymentRecord | null,
  image: string,
): Wanted {
  const { package: made, estimate, priced } = request;
  const isSame = (each: RevisionRecord) =>
    each.packageDigest === made.hash &&
    each.image === image &&
    canonical(asJson(each.settings)) === canonical(asJson(settings));
  const revisions = [...(now?.revisions ?? [])].sort(byNumber);
  const last = revisions.at(-1);
  const current = revisions.find(({ number }) => number === now?.currentRevision);
  // The last one too: it may have been begun and interrupted.
  const again = [current, last].find((each) => each && isSame(each));
  const revision: RevisionRecord = again ?? {
    number: (last?.number ?? 0) + 1,
    createdAt: Date.now(),
    packageName: made.name,
    packageDigest: made.hash,
    environment: null,
    image,
    parameters: settings.parameters,
    schedule: settings.schedule,
    settings,
    estimate: { id: estimate.id, perRun: priced.perRun, perMonth: priced.perMonth },
  };
  return {
    id: settings.name,
    mode: settings.mode,
    revision,
    settings,
    others: revisions.filter(({ number }) => number !== revision.number),
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

function priceOf(mode: DeploySettings['mode'], priced: TargetEstimate): ChangePrice {
  const per = mode === 'job' ? 'run' : 'month';
  const usd = per === 'run' ? priced.perRun : priced.perMonth;
  return usd
    ? { kind: 'priced', usd, per }
    : { kind: 'unknown', why: 'The estimate has no price for it.' };
}

function withPrice(change: ResourceChange, total: ChangePrice, priced: TargetEstimate): Change {
  const { id, kind, what, detail, price } = change;
  return { id, kind, what, detail, price: changePrice(price, total, priced) };
}

function changePrice(
  price: ResourcePrice,
  total: ChangePrice,
  { lines, period }: TargetEstimate,
): ChangePrice {
  switch (price.kind) {
    case 'free':
    case 'unknown':
      return price;
    case 'total':
      return total;
    case 'lines': {
      const ranges = lines.filter(({ id }) => price.ids.includes(id)).map(({ range }) => range);
      const known = ranges.filter((range) => range !== null);
      if (known.length === 0)
        return { kind: 'unknown', why: 'The price book has no price for it.' };
      const sum = (key: 'low' | 'likely' | 'high') =>
        known.reduce((all, range) => all + range[key], 0);
      const isComplete = known.length === ranges.length;
      const usd = { low: sum('low'), likely: sum('likely'), high: sum('high'), isComplete };
      return { kind: 'priced', usd, per: period };
    }
  }
}

const byNumber = (a: RevisionRecord, b: RevisionRecord): number => a.number - b.number;
const planned = ({ id, kind }: ResourceChange): Json => ({ id, kind });
const digest = (value: Json): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);

async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
