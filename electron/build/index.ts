/** Stage build: the package's image, its steps live, its first error in words. */
import { readFile } from 'node:fs/promises';
import stripAnsi from 'strip-ansi';
import { imageDigestSchema, type TaskId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, StudioFailure, toStudioError } from '../../shared/base/studio-error';
import { Bytes } from '../../shared/base/units';
import {
  applyMessage,
  type BuildSettings,
  type BuildState,
  type EngineMessage,
  explainFailure,
  finishLast,
  type Image,
  type PackageSources,
  withSizes,
} from '../../shared/build';
import { answer } from '../base/answer';
import type { StartedTask, TaskContext, TaskRunner } from '../task';

export { type PushRequest, pushImage } from './push';

import { buildImage, connectEngine, describeEngine, inspectImage } from './engine';

export interface BuiltPackage {
  readonly folder: string;
  readonly name: string;
  readonly hash: string;
  /** Major and minor, for the default base image: "3.11". */
  readonly python: string;
}

export interface BuildNeeds {
  readonly tasks: TaskRunner;
  /** The package as it lies on disk, or null before there is one. */
  readonly currentPackage: () => BuiltPackage | null;
  readonly readSettings: () => BuildSettings;
  /** What pip on this computer is told already. */
  readonly sources: () => Promise<PackageSources>;
  readonly writeSettings: (change: Partial<BuildSettings>) => Promise<void>;
  /** Where the engine listens; without it DOCKER_HOST or the socket of the platform. */
  readonly socketPath?: string;
}

const CA_FILE = 'slipway-ca-bundle.pem';

export class BuildService {
  readonly state: Store<BuildState>;
  readonly #needs: BuildNeeds;
  readonly #docker: ReturnType<typeof connectEngine>;

  constructor(needs: BuildNeeds) {
    this.#needs = needs;
    this.#docker = connectEngine(needs.socketPath);
    this.state = new Store<BuildState>({
      engine: { status: 'unknown' },
      settings: needs.readSettings(),
      defaults: { packageIndex: '', caBundle: '' },
      activity: 'idle',
      taskId: null,
      contextBytes: Bytes(0),
      steps: [],
      error: null,
      image: null,
    });
  }

  async checkEngine(): Promise<Result<null>> {
    const [engine] = await Promise.all([describeEngine(this.#docker), this.#askSources()]);
    this.#change({ engine });
    return engine.status === 'missing'
      ? { ok: false, error: engine.error }
      : { ok: true, value: null };
  }

  /** Without an answer (the app's tools cannot be made here) the settings alone count: the engine is there all the same. */
  async #askSources(): Promise<void> {
    const sources = await this.#needs.sources().catch(() => null);
    if (sources) this.#change({ defaults: withoutCredentials(sources) });
  }

  configure(change: Partial<BuildSettings>): Promise<Result<null>> {
    return answer(async () => {
      await this.#needs.writeSettings(change);
      this.#change({ settings: { ...this.state.value.settings, ...change } });
      return null;
    });
  }

  /** Another notebook was opened: its package has no image yet. */
  reset(): void {
    if (this.state.value.activity !== 'idle') return;
    this.#change({ steps: [], error: null, image: null, contextBytes: Bytes(0), taskId: null });
  }

  async start(): Promise<Result<{ taskId: TaskId }>> {
    const started = await this.build();
    return started.ok ? { ok: true, value: { taskId: started.value.id } } : started;
  }

  /** Begins the build; the started task's result is the image. */
  build(): Promise<Result<StartedTask<Image>>> {
    return answer(async () => {
      if (this.state.value.activity !== 'idle')
        fail('precondition', 'An image is being built already.');
      const built = this.#needs.currentPackage();
      if (!built) {
        fail('precondition', 'There is no package to build an image from yet.', {
          nextSteps: [{ label: 'Make the package', command: 'package.generate' }],
        });
      }
      const engine = await this.checkEngine();
      if (!engine.ok) throw new StudioFailure(engine.error);
      return this.#needs.tasks.run(
        {
          stage: 'build',
          label: `Build image ${tagOf(built)}`,
          outcome: (image) => `Image ${image.tag} is ready`,
        },
        (task) => this.#run(task, built),
      );
    });
  }

  async #run(task: TaskContext, built: BuiltPackage): Promise<Image> {
    this.#change({
      activity: 'sending',
      taskId: task.id,
      steps: [],
      error: null,
      contextBytes: Bytes(0),
    });
    try {
      await this.#send(task, built);
      const facts = await inspectImage(this.#docker, tagOf(built));
      const image: Image = {
        tag: tagOf(built),
        id: imageDigestSchema.parse(facts.id),
        bytes: facts.bytes,
        builtAt: Date.now(),
        packageHash: built.hash,
      };
      const steps = withSizes(finishLast(this.state.value.steps, Date.now()), facts.history);
      this.#change({ activity: 'idle', image, steps });
      return image;
    } catch (thrown) {
      const error = toStudioError(thrown);
      const isCancelled = task.signal.aborted;
      this.#change({ activity: 'idle', taskId: null, error: isCancelled ? null : error });
      throw thrown;
    }
  }

  async #send(task: TaskContext, built: BuiltPackage): Promise<void> {
    const settings = effective(this.state.value);
    let engineError: string | null = null;
    await buildImage(this.#docker, {
      folder: built.folder,
      tag: tagOf(built),
      labels: { 'dev.slipway.package': built.name, 'dev.slipway.package-hash': built.hash },
      buildArguments: buildArguments(settings, built.python),
      extraFiles: { [CA_FILE]: await readCaBundle(settings.caBundle) },
      signal: task.signal,
      onSent: (bytes) => this.#change({ contextBytes: Bytes(bytes) }),
      onMessage: (coloured) => {
        const message = withoutColours(coloured);
        engineError ??= message.error ?? null;
        const steps = applyMessage(this.state.value.steps, message, Date.now());
        this.#change({ activity: 'building', steps });
        report(task, steps);
        if (message.stream?.trim()) task.log(message.stream.trimEnd());
      },
    }).catch((thrown: unknown) => {
      if (task.signal.aborted) throw thrown;
      engineError ??= thrown instanceof Error ? thrown.message : String(thrown);
    });
    if (engineError) throw new StudioFailure(explainFailure(this.state.value.steps, engineError));
  }

  #change(change: Partial<BuildState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}

function report(task: TaskContext, steps: BuildState['steps']): void {
  const last = steps.at(-1);
  if (!last) return;
  const fraction = last.total ? Math.min(1, (last.number - 1) / last.total) : null;
  task.progress(fraction, `Step ${last.number} of ${last.total ?? '?'}: ${last.instruction}`);
}

const tagOf = (built: BuiltPackage): string =>
  `${built.name.replaceAll('_', '-')}:${built.hash.slice(0, 12)}`;

function buildArguments(settings: BuildSettings, python: string): Record<string, string> {
  return {
    BASE_IMAGE: settings.baseImage || `python:${python}-slim`,
    ...(settings.packageIndex ? { PIP_INDEX_URL: settings.packageIndex } : {}),
  };
}

function effective({ settings, defaults }: BuildState): BuildSettings {
  return {
    baseImage: settings.baseImage,
    packageIndex: settings.packageIndex || defaults.packageIndex,
    caBundle: settings.caBundle || defaults.caBundle,
  };
}

/** An index with a password in its address is not handed to an image build unasked: build arguments are kept in history. */
function withoutCredentials({ packageIndex, caBundle }: PackageSources): PackageSources {
  const hasCredentials = URL.canParse(packageIndex) && new URL(packageIndex).username !== '';
  return { packageIndex: hasCredentials ? '' : packageIndex, caBundle };
}

function withoutColours(message: EngineMessage): EngineMessage {
  return message.stream === undefined ? message : { ...message, stream: stripAnsi(message.stream) };
}

/** The certificates to trust inside the build, or nothing. */
async function readCaBundle(path: string): Promise<string> {
  if (!path) return '';
  try {
    return await readFile(path, 'utf8');
  } catch {
    return fail('not-found', `The CA bundle ${path} could not be read.`, {
      place: { path },
      nextSteps: [{ label: 'Open build settings', command: 'build.settings' }],
    });
  }
}
