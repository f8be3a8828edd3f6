/** Stage build: the package's image, its steps live, its first error in words; tried, pushed, cleaned up. */
import stripAnsi from 'strip-ansi';
import type { ImageDigest, TaskId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, StudioFailure, toStudioError } from '../../shared/base/studio-error';
import { Bytes } from '../../shared/base/units';
import {
  applyMessage,
  type BuildSettings,
  type BuildState,
  describePush,
  type EngineMessage,
  explainFailure,
  finishLast,
  type Image,
  type ImageCheck,
  type PackageSources,
  type PushedImage,
  pushFraction,
  withSizes,
} from '../../shared/build';
import { readEngineChoice } from '../../shared/engine';
import { answer } from '../base/answer';
import { type ConnectedEngine, connectEngine, listContexts } from '../engine';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import { buildImage } from './build-image';
import { checkImage } from './check-image';
import { inspectImage, layersOf, packagesOf } from './contents';
import { nameWhenGood, untried } from './good-image';
import { type BuildInputs, buildInputs, redact, withoutCredentials } from './inputs';
import { diskUse, removeKept } from './kept-images';
import { labelsFor } from './labels';
import { removeLeftovers } from './leftovers';
import { pushImage } from './push';
import { type BuiltPackage, tagOf } from './tag';

export { DeployImages } from './deploy-images';
export { OURS } from './labels';
export type { BuiltPackage } from './tag';

export interface BuildNeeds {
  readonly tasks: TaskRunner;
  /** The package as it lies on disk, or null before there is one. */
  readonly currentPackage: () => BuiltPackage | null;
  readonly readSettings: () => BuildSettings;
  /** What pip on this computer is told already. */
  readonly sources: () => Promise<PackageSources>;
  readonly writeSettings: (change: Partial<BuildSettings>) => Promise<void>;
}

export class BuildService {
  readonly state: Store<BuildState>;
  readonly #needs: BuildNeeds;
  #engine: ConnectedEngine | null = null;

  constructor(needs: BuildNeeds) {
    this.#needs = needs;
    this.state = new Store<BuildState>({
      engine: { status: 'unknown' },
      settings: needs.readSettings(),
      defaults: { packageIndex: '', caBundle: '' },
      contexts: [],
      activity: 'idle',
      taskId: null,
      contextBytes: Bytes(0),
      steps: [],
      error: null,
      image: null,
      push: null,
      kept: null,
    });
  }

  dispose(): void {
    this.#engine?.close();
    this.#engine = null;
  }

  async checkEngine(): Promise<Result<null>> {
    const [connected] = await Promise.all([
      answer(() => this.#connect()),
      this.askSources(),
      this.#askContexts(),
    ]);
    if (connected.ok) return { ok: true, value: null };
    this.#change({ engine: { status: 'missing', error: connected.error } });
    return connected;
  }

  async #connect(): Promise<ConnectedEngine> {
    this.dispose();
    const { engine, engineCertificates } = this.state.value.settings;
    this.#engine = await connectEngine(readEngineChoice(engine, engineCertificates));
    this.#change({ engine: { status: 'ready', who: this.#engine.who } });
    return this.#engine;
  }

  /** Asked anew before each piece of work: an engine may have gone, or another one be chosen, since. */
  async #needEngine(): Promise<ConnectedEngine> {
    const connected = await answer(() => this.#connect());
    if (connected.ok) return connected.value;
    this.#change({ engine: { status: 'missing', error: connected.error } });
    throw new StudioFailure(connected.error);
  }

  /** Without an answer (the app's tools cannot be made here) the settings alone count: the engine is there all the same. */
  async askSources(): Promise<void> {
    const sources = await this.#needs.sources().catch(() => null);
    if (sources) this.#change({ defaults: withoutCredentials(sources) });
  }

  async #askContexts(): Promise<void> {
    this.#change({ contexts: await listContexts(process.env) });
  }

  /** For this session alone: nothing is stored. */
  override(change: Partial<BuildSettings>): void {
    this.#change({ settings: { ...this.state.value.settings, ...change } });
  }

  configure(change: Partial<BuildSettings>): Promise<Result<null>> {
    return answer(async () => {
      await this.#needs.writeSettings(change);
      this.#change({ settings: { ...this.state.value.settings, ...change } });
      const isOtherEngine = change.engine !== undefined || change.engineCertificates !== undefined;
      if (isOtherEngine) {
        this.#change({ kept: null, push: null });
        await this.checkEngine();
      }
      return null;
    });
  }

  /** Another notebook was opened: its package has no image yet. */
  reset(): void {
    if (this.state.value.activity !== 'idle') return;
    this.#change({
      ...{ steps: [], error: null, image: null, push: null },
      ...{ contextBytes: Bytes(0), taskId: null },
    });
  }

  async start(): Promise<Result<{ taskId: TaskId }>> {
    return idOf(await this.build());
  }

  async startPush(): Promise<Result<{ taskId: TaskId }>> {
    return idOf(await this.push());
  }

  /** Begins the build; the started task's result is the image. */
  build(): Promise<Result<StartedTask<Image>>> {
    return answer(async () => {
      this.#mustBeIdle();
      const built = this.#needs.currentPackage();
      if (!built) {
        fail('precondition', 'There is no package to build an image from yet.', {
          nextSteps: [{ label: 'Make the package', command: 'package.generate' }],
        });
      }
      const [engine] = await Promise.all([this.#needEngine(), this.askSources()]);
      return this.#needs.tasks.run(
        {
          stage: 'build',
          label: `Build image ${this.#nameOf(built)}`,
          outcome: (image) => `Image ${image.tag} is ready`,
        },
        (task) => this.#follow(task, () => this.#run(task, built, engine)),
      );
    });
  }

  /** Begins the push of the built image to `target`, else to the registry of the settings. */
  push(target?: string): Promise<Result<StartedTask<PushedImage>>> {
    return answer(async () => {
      this.#mustBeIdle();
      const { image, settings } = this.state.value;
      if (!image) {
        fail('precondition', 'There is no image to push yet.', {
          nextSteps: [{ label: 'Build image', command: 'build.start' }],
        });
      }
      const to =
        target ?? (settings.pushTo && `${settings.pushTo.replace(/\/+$/, '')}/${image.tag}`);
      if (!to) {
        fail(
          'precondition',
          'No registry is named to push to, such as registry.example.com/team.',
          {
            nextSteps: [{ label: 'Open build settings', command: 'build.settings' }],
          },
        );
      }
      const engine = await this.#needEngine();
      return this.#needs.tasks.run(
        { stage: 'build', label: `Push ${to}`, outcome: ({ target }) => `${target} is pushed` },
        (task) => this.#follow(task, () => this.#push(task, engine, image, to)),
      );
    });
  }

  lookAtKept(): Promise<Result<null>> {
    return answer(async () => {
      const { docker } = await this.#needEngine();
      this.#change({ kept: await diskUse(docker) });
      return null;
    });
  }

  cleanUp(ids: readonly ImageDigest[] | null) {
    return answer(async () => {
      this.#mustBeIdle();
      const { docker } = await this.#needEngine();
      const result = await removeKept(docker, ids);
      const kept = await diskUse(docker);
      const { image } = this.state.value;
      const isThere = image && kept.images.some(({ id }) => id === image.id);
      this.#change({ kept, ...(isThere ? {} : { image: null, push: null, steps: [] }) });
      return result;
    });
  }

  #nameOf = (built: BuiltPackage): string => tagOf(built, this.state.value.settings);

  #mustBeIdle(): void {
    const { activity } = this.state.value;
    if (activity === 'pushing') fail('precondition', 'An image is being pushed already.');
    if (activity !== 'idle') fail('precondition', 'An image is being built already.');
  }

  /** However the work ends, the stage is idle after it, and shows the error unless it was cancelled. */
  async #follow<T>(task: TaskContext, work: () => Promise<T>): Promise<T> {
    this.#change({ taskId: task.id, error: null });
    try {
      const value = await work();
      this.#change({ activity: 'idle' });
      return value;
    } catch (thrown) {
      const broken = this.#engine?.explain(thrown);
      const failure = broken ? new StudioFailure(broken) : thrown;
      const error = task.signal.aborted ? null : toStudioError(failure);
      this.#change({ activity: 'idle', taskId: null, error });
      throw failure;
    }
  }

  async #run(task: TaskContext, built: BuiltPackage, engine: ConnectedEngine): Promise<Image> {
    const tag = this.#nameOf(built);
    const { docker } = engine;
    const { platform } = this.state.value.settings;
    this.#change({ activity: 'sending', steps: [], push: null, contextBytes: Bytes(0) });
    await removeLeftovers(docker);
    await this.#send(task, built, engine, untried(tag));
    const facts = await inspectImage(docker, untried(tag));
    const steps = withSizes(finishLast(this.state.value.steps, Date.now()), facts.history);
    this.#change({ activity: 'checking', steps });
    const { id, bytes } = facts;
    const { packages, check } = await nameWhenGood(docker, tag, async (image) => ({
      packages: await packagesOf(docker, image, platform, task.signal),
      check: await this.#check(task, built, docker, image),
    }));
    const image: Image = {
      ...{ tag, id, bytes, layers: layersOf(facts), packages, check },
      ...{ builtAt: Date.now(), packageHash: built.hash, pushed: null },
    };
    this.#change({ image });
    return image;
  }

  async #check(
    task: TaskContext,
    built: BuiltPackage,
    docker: ConnectedEngine['docker'],
    image: string,
  ): Promise<ImageCheck> {
    const { isImageChecked, platform } = this.state.value.settings;
    if (!isImageChecked) return { state: 'skipped', done: [] };
    return checkImage({
      ...{ docker, image, platform, name: built.name, hasService: built.hasService },
      signal: task.signal,
      onProgress: (what) => task.progress(null, what),
    });
  }

  async #push(task: TaskContext, engine: ConnectedEngine, image: Image, target: string) {
    this.#change({ activity: 'pushing', push: null });
    const pushed = await pushImage({
      ...{ engine, target, image: image.id, signal: task.signal },
      onProgress: (push) => {
        this.#change({ push });
        task.progress(pushFraction(push), describePush(push));
      },
    });
    this.#change({ image: { ...image, pushed } });
    return pushed;
  }

  async #send(
    task: TaskContext,
    built: BuiltPackage,
    engine: ConnectedEngine,
    tag: string,
  ): Promise<void> {
    const { settings } = this.state.value;
    const inputs = await buildInputs(this.state.value, built.python);
    let engineError: string | null = null;
    await buildImage({
      ...{ engine, folder: built.folder, tag, platform: settings.platform },
      labels: await labelsFor(built),
      baseImage: inputs.baseImage,
      buildArguments: inputs.buildArguments,
      extraFiles: inputs.extraFiles,
      signal: task.signal,
      onProgress: (what) => task.progress(null, what),
      onSent: (bytes) => this.#change({ contextBytes: Bytes(bytes) }),
      onMessage: (message) => {
        engineError ??= message.error ?? null;
        this.#tell(task, message, inputs);
      },
    }).catch((thrown: unknown) => {
      if (task.signal.aborted || engine.explain(thrown)) throw thrown;
      engineError ??= thrown instanceof Error ? thrown.message : String(thrown);
    });
    if (engineError) {
      const clean = redact(engineError, inputs.secrets);
      throw new StudioFailure(explainFailure(this.state.value.steps, clean));
    }
  }

  #tell(task: TaskContext, message: EngineMessage, { secrets }: BuildInputs): void {
    const before = this.state.value.steps;
    const clean = (text: string) => redact(stripAnsi(text), secrets);
    const steps = applyMessage(before, message, Date.now(), clean);
    this.#change({ activity: 'building', steps });
    report(task, steps);
    for (const line of newLines(before, steps)) task.log(line);
  }

  #change(change: Partial<BuildState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}

function newLines(before: BuildState['steps'], now: BuildState['steps']): string[] {
  return now.flatMap((step) => {
    const old = before.find(({ id }) => id === step.id);
    return old ? step.log.slice(old.log.length) : [step.instruction, ...step.log];
  });
}

const idOf = (started: Result<StartedTask<unknown>>): Result<{ taskId: TaskId }> =>
  started.ok ? { ok: true, value: { taskId: started.value.id } } : started;

function report(task: TaskContext, steps: BuildState['steps']): void {
  const last = steps.at(-1);
  if (!last) return;
  const fraction = last.total ? Math.min(1, (last.number - 1) / last.total) : null;
  const of = last.total ? ` of ${last.total}` : '';
  task.progress(fraction, `Step ${last.number}${of}: ${last.instruction}`);
}
