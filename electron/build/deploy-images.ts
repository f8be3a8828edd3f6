/** Images for targets: built where they are missing, on the engine that is to run them or the one of the settings. */
import { StudioFailure } from '../../shared/base/studio-error';
import {
  applyMessage,
  type BuildState,
  describePush,
  explainFailure,
  pushFraction,
} from '../../shared/build';
import { readEngineChoice } from '../../shared/engine';
import { type ConnectedEngine, connectEngine } from '../engine';
import type { TaskContext } from '../task';
import { buildImage } from './build-image';
import { checkImage } from './check-image';
import { inspectImage } from './contents';
import { nameWhenGood, untried } from './good-image';
import { type BuildInputs, buildInputs, redact } from './inputs';
import { labelsFor } from './labels';
import { removeLeftovers } from './leftovers';
import { pushImage } from './push';
import { type BuiltPackage, tagOf } from './tag';

interface SignIn {
  readonly username: string;
  readonly password: string;
}

export class DeployImages {
  readonly #state: () => BuildState;
  readonly #askSources: () => Promise<void>;

  /** Both are the build stage's: its settings, and what this computer's own say of index and certificates, hold here too. */
  constructor(state: () => BuildState, askSources: () => Promise<void>) {
    this.#state = state;
    this.#askSources = askSources;
  }

  nameOf(made: BuiltPackage): string {
    return tagOf(made, this.#state().settings);
  }

  async platform(): Promise<string> {
    const { platform } = this.#state().settings;
    return platform || this.#with(null, async ({ who }) => who.platform);
  }

  async ensure(
    made: BuiltPackage,
    engine: ConnectedEngine | null,
    task: TaskContext,
  ): Promise<void> {
    await this.#with(engine, (connected) => this.#ensure(made, connected, task));
  }

  async push(
    made: BuiltPackage,
    target: string,
    task: TaskContext,
    signIn?: SignIn,
  ): Promise<string> {
    return this.#with(null, async (engine) => {
      await this.#ensure(made, engine, task);
      task.progress(null, `Pushing ${target}`);
      const pushed = await pushImage({
        ...{ engine, target, image: this.nameOf(made), signal: task.signal },
        ...(signIn ? { credentials: signIn } : {}),
        onProgress: (push) => task.progress(pushFraction(push), describePush(push)),
      });
      return pushed.digest;
    });
  }

  async #with<T>(
    engine: ConnectedEngine | null,
    work: (engine: ConnectedEngine) => Promise<T>,
  ): Promise<T> {
    if (engine) return work(engine);
    const { settings } = this.#state();
    const choice = readEngineChoice(settings.engine, settings.engineCertificates);
    const connected = await connectEngine(choice);
    try {
      return await work(connected);
    } finally {
      connected.close();
    }
  }

  async #ensure(made: BuiltPackage, engine: ConnectedEngine, task: TaskContext): Promise<void> {
    const { settings } = this.#state();
    const tag = this.nameOf(made);
    await removeLeftovers(engine.docker);
    const isThere = await inspectImage(engine.docker, tag).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    task.progress(null, `Building ${tag}`);
    await this.#build(made, engine, task, untried(tag));
    await nameWhenGood(engine.docker, tag, async (image) => {
      if (!settings.isImageChecked) return;
      await checkImage({
        ...{ docker: engine.docker, image, platform: settings.platform },
        ...{ name: made.name, hasService: made.hasService, signal: task.signal },
        onProgress: (what) => task.progress(null, what),
      });
    });
  }

  async #build(
    made: BuiltPackage,
    engine: ConnectedEngine,
    task: TaskContext,
    tag: string,
  ): Promise<void> {
    await this.#askSources();
    const state = this.#state();
    const inputs = await buildInputs(state, made.python);
    let steps: BuildState['steps'] = [];
    let problem: string | null = null;
    await buildImage({
      ...{ engine, folder: made.folder, tag, platform: state.settings.platform },
      labels: await labelsFor(made),
      baseImage: inputs.baseImage,
      buildArguments: inputs.buildArguments,
      extraFiles: inputs.extraFiles,
      signal: task.signal,
      onProgress: (what) => task.progress(null, what),
      onSent: () => undefined,
      onMessage: (message) => {
        problem ??= message.error ?? null;
        steps = applyMessage(steps, message, Date.now(), (text) => clean(text, inputs));
        const last = steps.at(-1);
        if (last) task.progress(null, `Building: ${last.instruction}`);
      },
    }).catch((thrown: unknown) => {
      if (task.signal.aborted) throw thrown;
      const broken = engine.explain(thrown);
      if (broken) throw new StudioFailure(broken);
      problem ??= thrown instanceof Error ? thrown.message : String(thrown);
    });
    if (problem !== null) throw new StudioFailure(explainFailure(steps, clean(problem, inputs)));
  }
}

const clean = (text: string, { secrets }: BuildInputs): string => redact(text, secrets);
