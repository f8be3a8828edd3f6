/** Stage connect: the Python environments of this computer, the kernel a notebook runs in, and how to get both. */
import { basename, dirname, extname, join } from 'node:path';
import type { EnvironmentId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import {
  fail,
  type StudioError,
  StudioFailure,
  toStudioError,
} from '../../shared/base/studio-error';
import {
  type Environment,
  type EnvironmentList,
  isReadyFor,
  type KernelInfo,
  type KernelState,
  NO_KERNEL,
  type RemoteAddress,
  type RemoteServer,
  topLevelModules,
} from '../../shared/connect';
import { answer } from '../base/answer';
import type { StartedTask, TaskContext, TaskRunner } from '../task';
import { EnvironmentFinder } from './environment-finder';
import { EnvironmentMaker, type EnvironmentWish, type Installed } from './environment-maker';
import { parseAddress } from './jupyter';
import { JupyterSession } from './kernel-session';
import { LocalJupyter } from './local-jupyter';
import type { PackageSources } from './package-sources';
import { listRemote, type RemoteChoice, remoteHost } from './remote-jupyter';
import { noKernel } from './session-errors';
import type { KernelHost, KernelSession, Patience } from './session-types';

export type { EnvironmentWish, Installed } from './environment-maker';
export { PACKAGE_ENVIRONMENT } from './environment-places';
export type { PackageSources } from './package-sources';
export { pythonIn } from './python-paths';
export { connectRouter } from './router';
export type { ExecuteOptions, KernelSession } from './session-types';
export { withoutSecrets } from './uv';

export interface ConnectNeeds {
  readonly home: string;
  readonly resources: string;
  readonly tasks: TaskRunner;
  /** Instead of `$SLIPWAY_TOOLS` or the folder in `home`. */
  readonly toolsFolder?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The app's settings of package index and CA bundle. */
  readonly packageSources?: () => PackageSources;
  readonly patience?: Partial<Patience>;
}

const NO_SOURCES: PackageSources = { packageIndex: '', caBundle: '' };

export class ConnectService {
  readonly environments: Store<EnvironmentList>;
  readonly kernel = new Store<KernelState>(NO_KERNEL);
  readonly #needs: ConnectNeeds;
  readonly #local: LocalJupyter;
  readonly #finder: EnvironmentFinder;
  readonly #maker: EnvironmentMaker;
  /** Of reference runs too, so that a server that ends is told to all. */
  readonly #sessions = new Set<JupyterSession>();
  #session: JupyterSession | null = null;
  #unfollow: () => void = () => undefined;
  #notebookPath: string | null = null;

  constructor(needs: ConnectNeeds) {
    const { home, resources, toolsFolder, env = process.env } = needs;
    const environmentsFolder = join(home, 'environments');
    this.#needs = needs;
    this.#local = new LocalJupyter({ home, resources, toolsFolder, env });
    this.#finder = new EnvironmentFinder({ environmentsFolder, resources, env });
    this.#maker = new EnvironmentMaker({
      environmentsFolder,
      local: this.#local,
      finder: this.#finder,
      env,
      packageSources: needs.packageSources ?? (() => NO_SOURCES),
    });
    this.environments = this.#finder.list;
    this.#local.onServerEnded((error) => {
      for (const session of this.#sessions) {
        if (session.info.where === 'local') session.serverEnded(error);
      }
    });
  }

  // ── environments ──

  /** Begins to look and returns at once; the list fills as they are found. */
  refreshEnvironments(where: { notebookPath?: string | null } = {}): Result<null> {
    if (where.notebookPath !== undefined) this.#notebookPath = where.notebookPath;
    void this.#finder.refresh(this.#notebookFolder()).catch(() => undefined);
    return { ok: true, value: null };
  }

  checkImports(imports: readonly string[]): Result<null> {
    void this.#finder.checkImports(imports).catch(() => undefined);
    return { ok: true, value: null };
  }

  /** Waits for the search and answers the first environment with ipykernel and all imports, or null. */
  async chooseEnvironmentFor(imports: readonly string[]): Promise<Environment | null> {
    await this.#finder.checkImports(topLevelModules(imports));
    return this.environments.value.environments.find(isReadyFor) ?? null;
  }

  /** The path of an environment's Python. */
  async pythonOf(id: EnvironmentId): Promise<string> {
    return (await this.#environment(id)).pythonPath;
  }

  /** The app's own uv; its tools are made first where they are missing. */
  async uvPath(task?: Partial<TaskContext>): Promise<string> {
    return (await this.#local.tools(task)).uv;
  }

  /** The environment variables that show uv the index and certificates that pip sees. */
  async uvEnvironment(
    signal: AbortSignal = new AbortController().signal,
  ): Promise<NodeJS.ProcessEnv> {
    return (await this.#maker.uv({ signal })).env;
  }

  /** Python of the app's own tools (3.11 or newer). */
  async toolsPython(task?: Partial<TaskContext>): Promise<string> {
    return (await this.#local.tools(task)).python;
  }

  createEnvironmentFor(
    imports: readonly string[],
    wish: Omit<EnvironmentWish, 'imports'> & { readonly connect?: boolean } = {},
  ): StartedTask<Installed> {
    const name = wish.name ?? this.#notebookName();
    return this.#needs.tasks.run(
      { stage: 'connect', label: `Make the environment “${name}”`, outcome: installedOutcome },
      async (task) => {
        const made = await this.#maker.create({ ...wish, name, imports }, task);
        if (wish.connect) await this.#switchTo(this.#hostOf(made.environment), {}, task);
        return made;
      },
    );
  }

  installMissing(
    id: EnvironmentId,
    imports: readonly string[],
    isAgreed = false,
  ): StartedTask<Installed> {
    return this.#needs.tasks.run(
      { stage: 'connect', label: 'Install missing packages', outcome: installedOutcome },
      async (task) =>
        this.#maker.installMissing(await this.#environment(id), imports, isAgreed, task),
    );
  }

  // ── kernel ──

  session(): KernelSession | null {
    return this.#session;
  }

  connectLocal(id: EnvironmentId, at: { notebookPath?: string } = {}): StartedTask<KernelInfo> {
    if (at.notebookPath !== undefined) this.#notebookPath = at.notebookPath;
    return this.#needs.tasks.run(startedSpec('Start a kernel'), async (task) => {
      const environment = await this.#environment(id);
      return this.#switchTo(this.#hostOf(environment), {}, task);
    });
  }

  listRemote(address: RemoteAddress): Promise<Result<RemoteServer>> {
    return answer(() => listRemote(parseAddress(address.url, address.token)));
  }

  /** Never falls back to a kernel of this computer: when it fails, what was connected before stays as it was. */
  connectRemote(target: RemoteAddress & RemoteChoice): StartedTask<KernelInfo> {
    return this.#needs.tasks.run(startedSpec('Connect to the Jupyter server'), async (task) => {
      const host = await remoteHost(parseAddress(target.url, target.token), target).catch(
        (thrown: unknown) => this.#refuse(thrown),
      );
      return this.#switchTo(host, { kernelId: target.kernelId }, task);
    });
  }

  /** A kernel apart from the notebook's, for a reference run; whoever asked for it shuts it down. */
  async startFreshSession(
    id: EnvironmentId,
    folder: string,
    signal?: AbortSignal,
  ): Promise<KernelSession> {
    const host = this.#local.hostFor(await this.#environment(id), folder);
    const session = await JupyterSession.open(host, { signal, patience: this.#needs.patience });
    this.#remember(session);
    return session;
  }

  interrupt(): Promise<Result<null>> {
    return this.#withSession((session) => session.interrupt());
  }

  restart(): Promise<Result<null>> {
    return this.#withSession((session) => session.restart());
  }

  reconnect(): Promise<Result<null>> {
    return this.#withSession((session) => session.reconnect());
  }

  disconnect(): Promise<Result<null>> {
    return answer(async () => {
      const session = this.#session;
      this.#adopt(null);
      await session?.shutdown();
      return null;
    });
  }

  /** Ends every kernel of this computer and the private server; remote kernels run on. */
  async dispose(): Promise<void> {
    this.#finder.dispose();
    this.#adopt(null);
    await Promise.all([...this.#sessions].map((session) => session.shutdown()));
    await this.#local.dispose();
  }

  async #switchTo(
    host: KernelHost,
    choice: { kernelId?: string },
    task: TaskContext,
  ): Promise<KernelInfo> {
    const before = this.#session;
    this.#unfollow();
    this.kernel.set({ status: 'starting', name: host.about.displayName });
    try {
      task.progress(null, 'Looking at the app’s own tools');
      if (host.about.where === 'local') await this.#startServer(task);
      task.progress(null, `Starting ${host.about.displayName}`);
      const { signal } = task;
      const options = { ...choice, signal, patience: this.#needs.patience };
      const session = await JupyterSession.open(host, options);
      this.#adopt(session);
      await before?.shutdown();
      return session.info;
    } catch (thrown) {
      this.#adopt(before, toStudioError(thrown));
      throw thrown;
    }
  }

  async #startServer(task: TaskContext): Promise<void> {
    await this.#local.server({
      signal: task.signal,
      log: (line) => task.log(line),
      progress: (fraction, message) => task.progress(fraction, message),
    });
  }

  #refuse(thrown: unknown): never {
    const error = toStudioError(thrown);
    if (!this.#session) this.kernel.set({ status: 'none', error });
    throw new StudioFailure(error);
  }

  /** From now on this session is the notebook's, and `kernel` follows it. */
  #adopt(session: JupyterSession | null, error: StudioError | null = null): void {
    this.#unfollow();
    this.#session = session;
    if (!session) {
      const shown = error?.kind === 'cancelled' ? null : error;
      this.kernel.set({ status: 'none', error: shown });
      this.#unfollow = () => undefined;
      return;
    }
    this.#remember(session);
    this.kernel.set(session.state.value);
    this.#unfollow = session.state.subscribe((state) => this.kernel.set(state));
  }

  #remember(session: JupyterSession): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.add(session);
    const unsubscribe = session.state.subscribe((state) => {
      if (state.status !== 'none') return;
      unsubscribe();
      this.#sessions.delete(session);
    });
  }

  #withSession(act: (session: JupyterSession) => Promise<void>): Promise<Result<null>> {
    return answer(async () => {
      if (!this.#session) throw new StudioFailure(noKernel());
      await act(this.#session);
      return null;
    });
  }

  #hostOf(environment: Environment): KernelHost {
    return this.#local.hostFor(environment, this.#notebookFolder());
  }

  /** By id, which is the path of its Python: one that the search has not met is asked directly. */
  async #environment(id: EnvironmentId): Promise<Environment> {
    const known = this.#finder.find(id);
    if (known) return known;
    const place = { python: id, kind: 'unknown', isNearNotebook: false } as const;
    const found = await this.#finder.probe(place);
    return (
      found ??
      fail('not-found', `There is no Python that answers at ${id}.`, {
        place: { path: id },
        nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }],
      })
    );
  }

  #notebookFolder(): string | null {
    return this.#notebookPath === null ? null : dirname(this.#notebookPath);
  }

  #notebookName(): string {
    const path = this.#notebookPath;
    return path === null ? 'notebook' : basename(path, extname(path));
  }
}

function startedSpec(label: string) {
  return {
    stage: 'connect',
    label,
    outcome: (info: KernelInfo) => `Connected to ${info.displayName}`,
  } as const;
}

function installedOutcome({ environment, unknown }: Installed): string {
  const without =
    unknown.length > 0 ? `, without ${unknown.join(', ')} (not in the package index)` : '';
  return `${environment.name} is ready${without}`;
}
