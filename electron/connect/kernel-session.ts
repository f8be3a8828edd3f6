/** A kernel over a Jupyter server: runs code, follows its state, and says what became of it when it is lost. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { Store } from '../../shared/base/store';
import { type StudioError, toStudioError } from '../../shared/base/studio-error';
import {
  type Completions,
  type ExecutionResult,
  type Inspection,
  type KernelInfo,
  type KernelOutput,
  type KernelState,
  NO_KERNEL,
  toCodePointOffset,
} from '../../shared/connect';
import { Execution } from './execution';
import {
  findKernel,
  type KernelModel,
  QuietKernelConnection,
  refusals,
  type ServerSettings,
  serverGone,
  shutdownKernel,
} from './jupyter';
import { record, toCompletions, toKernelOutput } from './kernel-messages';
import {
  kernelDidNotStart,
  kernelDied,
  kernelEnded,
  kernelGone,
  kernelRestarted,
  kernelSilent,
  noKernel,
  notRun,
  raise,
} from './session-errors';
import {
  type ExecuteOptions,
  type KernelHost,
  type KernelSession,
  PATIENCE,
  type Patience,
} from './session-types';

/** Cells whose late output (of a thread) still finds its way. */
const LISTENERS_KEPT = 500;
const POLL_MS = 500;

export interface OpenOptions {
  /** Attach to this running kernel instead of starting one. */
  readonly kernelId?: string;
  readonly signal?: AbortSignal;
  readonly patience?: Partial<Patience>;
}

/** The connection and what it leads to: there together or not at all. */
interface Line {
  readonly connection: QuietKernelConnection;
  readonly settings: ServerSettings;
}

export class JupyterSession implements KernelSession {
  readonly state: Store<KernelState>;
  readonly #host: KernelHost;
  readonly #patience: Patience;
  readonly #listeners = new Map<string, (output: KernelOutput) => void>();
  readonly #running = new Set<Execution>();
  #info: KernelInfo;
  #line: Line | null = null;
  #kernelId: string | null = null;
  /** Grows with each loss of the kernel: what was queued before it does not run after it. */
  #life = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #restarting: Promise<void> | null = null;
  #isWatchingLoss = false;

  private constructor(host: KernelHost, patience: Partial<Patience>) {
    this.#host = host;
    this.#patience = { ...PATIENCE, ...patience };
    this.#info = { ...host.about, language: 'python', pythonVersion: null };
    this.state = new Store<KernelState>({ status: 'starting', name: host.about.displayName });
  }

  static async open(host: KernelHost, options: OpenOptions = {}): Promise<JupyterSession> {
    const session = new JupyterSession(host, options.patience ?? {});
    await session.#connect(options.kernelId ?? null, options.signal);
    return session;
  }

  get info(): KernelInfo {
    return this.#info;
  }

  get kernelId(): string | null {
    return this.#kernelId;
  }

  execute(code: string, options: ExecuteOptions): Promise<ExecutionResult> {
    const life = this.#life;
    const result = this.#queue.then(() => this.#executeNow(code, options, life));
    this.#queue = result;
    return result;
  }

  async complete(code: string, cursor: number): Promise<Completions> {
    const nothing = { matches: [], types: [], start: cursor, end: cursor };
    const connection = this.#idleConnection();
    if (!connection) return nothing;
    const position = toCodePointOffset(code, cursor);
    const reply = await this.#ask(connection.requestComplete({ code, cursor_pos: position }));
    return reply?.content.status === 'ok' ? toCompletions(reply.content, code) : nothing;
  }

  async inspect(code: string, cursor: number): Promise<Inspection> {
    const connection = this.#idleConnection();
    if (!connection) return { found: false, data: {} };
    const position = toCodePointOffset(code, cursor);
    const request = { code, cursor_pos: position, detail_level: 0 as const };
    const reply = await this.#ask(connection.requestInspect(request));
    if (reply?.content.status !== 'ok') return { found: false, data: {} };
    return { found: reply.content.found, data: record(reply.content.data) };
  }

  async interrupt(): Promise<void> {
    const line = this.#requireLine();
    await refusals(line.settings, () => line.connection.interrupt());
  }

  restart(): Promise<void> {
    this.#restarting ??= this.#restartNow().finally(() => {
      this.#restarting = null;
    });
    return this.#restarting;
  }

  async reconnect(): Promise<void> {
    if (this.#line) return;
    const before = this.state.value;
    this.state.set({ status: 'starting', name: this.#info.displayName });
    try {
      // A kernel of ours that ended with its server is started anew; a remote one must be the same one.
      const isSame = this.#kernelId !== null && (await this.#isThere(this.#kernelId));
      if (!isSame && this.#info.where === 'remote') raise(kernelGone(this.#info.displayName));
      await this.#connect(isSame ? this.#kernelId : null);
    } catch (thrown) {
      this.#stayLost(before, toStudioError(thrown));
      throw thrown;
    }
  }

  async shutdown(): Promise<void> {
    const line = this.#line;
    const id = this.#kernelId;
    this.#lose(kernelEnded(this.#info.displayName), NO_KERNEL);
    if (!line || !id || this.#info.where === 'remote') return;
    await shutdownKernel(line.settings, id).catch(() => undefined);
  }

  /** The server of this session has ended: said at once instead of found out. */
  serverEnded(error: StudioError): void {
    if (this.#line) this.#lose(error, { status: 'disconnected', kernel: this.#info, error });
  }

  async #connect(kernelId: string | null, signal?: AbortSignal): Promise<void> {
    const settings = await this.#host.settings(signal);
    const model = kernelId
      ? await findKernel(settings, kernelId)
      : await this.#host.startKernel(settings);
    if (!model) raise(kernelGone(this.#info.displayName));
    this.#kernelId = model.id;
    const connection = new QuietKernelConnection({
      model,
      serverSettings: settings,
      handleComms: false,
    });
    this.#line = { connection, settings };
    this.#follow(connection);
    try {
      await this.#ready(this.#line, model, signal);
    } catch (thrown) {
      this.#close();
      if (!kernelId) await shutdownKernel(settings, model.id).catch(() => undefined);
      throw thrown;
    }
  }

  /** Waits until the kernel says who it is. One that was busy when we came can't say so yet. */
  async #ready(line: Line, model: KernelModel, signal?: AbortSignal): Promise<void> {
    const wasBusy = model.execution_state === 'busy';
    const told = line.connection.info.then((info) => this.#learn(info));
    if (wasBusy) told.catch(() => undefined);
    else await Promise.race([told, this.#watchStart(line, model.id, signal)]);
    this.state.set({ status: wasBusy ? 'busy' : 'idle', kernel: this.#info });
  }

  #learn(info: KernelMessage.IInfoReply): void {
    const { name, version } = info.language_info;
    this.#info = { ...this.#info, language: name, pythonVersion: version };
    this.state.update((state) => ('kernel' in state ? { ...state, kernel: this.#info } : state));
  }

  /** Rejects when the kernel is gone, silent for too long, or given up. */
  async #watchStart(line: Line, id: string, signal?: AbortSignal): Promise<never> {
    const name = this.#info.displayName;
    const end = Date.now() + this.#patience.startMs;
    while (Date.now() < end) {
      await sleep(POLL_MS, undefined, { signal });
      if (this.#line !== line) raise(kernelDidNotStart(name, this.#host.log()));
      if (!(await findKernel(line.settings, id))) raise(kernelDidNotStart(name, this.#host.log()));
      if (line.connection.isDisposed) raise(kernelDidNotStart(name, this.#host.log()));
    }
    raise(kernelSilent(name, this.#host.log()));
  }

  #follow(connection: QuietKernelConnection): void {
    const ifCurrent = (act: () => void) => {
      if (this.#line?.connection === connection) act();
    };
    connection.iopubMessage.connect((_, message) => ifCurrent(() => this.#receive(message)));
    connection.statusChanged.connect((_, status) => ifCurrent(() => this.#statusChanged(status)));
    connection.connectionStatusChanged.connect((_, status) =>
      ifCurrent(() => {
        if (status !== 'connected' && !this.#restarting) void this.#watchLoss(connection);
      }),
    );
  }

  #receive(message: KernelMessage.IIOPubMessage): void {
    const parent = record(message.parent_header);
    if (message.header.msg_type === 'status') {
      if (parent.msg_type === 'execute_request') this.#activityChanged(record(message.content));
      return;
    }
    const output = toKernelOutput(message);
    if (output) this.#listeners.get(String(parent.msg_id))?.(output);
  }

  #activityChanged(content: Readonly<Record<string, unknown>>): void {
    const { status } = this.state.value;
    const next = content.execution_state;
    if ((status === 'idle' || status === 'busy') && (next === 'idle' || next === 'busy')) {
      if (status !== next) this.state.set({ status: next, kernel: this.#info });
    }
  }

  #statusChanged(status: Kernel.Status): void {
    const { status: known } = this.state.value;
    if (known === 'starting') return;
    if (status === 'dead') this.#die();
    // Not by us: a remote server restarts a kernel that died, or another window asked for it.
    else if ((status === 'autorestarting' || status === 'restarting') && !this.#restarting) {
      this.#settleAll(kernelRestarted(this.#info.displayName));
      this.state.set({ status: 'restarting', kernel: this.#info });
    } else if (status === 'idle' && known === 'restarting' && !this.#restarting) {
      this.state.set({ status: 'idle', kernel: this.#info });
    } else if (status === 'idle' && known === 'busy' && this.#running.size === 0) {
      this.state.set({ status: 'idle', kernel: this.#info });
    }
  }

  async #executeNow(code: string, options: ExecuteOptions, life: number): Promise<ExecutionResult> {
    await this.#restarting?.catch(() => undefined);
    if (options.signal?.aborted) return { status: 'aborted', executionCount: null };
    const line = this.#line;
    if (!line || life !== this.#life) return notRun(this.#whyNot());
    const execution = new Execution(line.connection, code, options);
    this.#listen(execution.id, options.onOutput);
    this.#running.add(execution);
    const abort = () => {
      void this.interrupt().catch(() => undefined);
      execution.giveUpIn(this.#patience.abortMs);
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      return await execution.result;
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.#running.delete(execution);
    }
  }

  #listen(id: string, onOutput: (output: KernelOutput) => void): void {
    this.#listeners.set(id, onOutput);
    const oldest = this.#listeners.keys().next();
    if (this.#listeners.size > LISTENERS_KEPT && !oldest.done) this.#listeners.delete(oldest.value);
  }

  async #restartNow(): Promise<void> {
    const { displayName } = this.#info;
    const before = this.state.value;
    this.state.set({ status: 'restarting', kernel: this.#info });
    this.#settleAll(kernelRestarted(displayName));
    try {
      if (this.#line) await this.#restartLine(this.#line);
      else await this.#connect(null);
    } catch (thrown) {
      this.#close();
      this.#stayLost(before, toStudioError(thrown));
      throw thrown;
    }
  }

  async #restartLine(line: Line): Promise<void> {
    await refusals(line.settings, () => line.connection.restart());
    const told = line.connection.requestKernelInfo();
    const id = line.connection.id;
    await Promise.race([told, this.#watchStart(line, id)]);
    this.state.set({ status: 'idle', kernel: this.#info });
  }

  /** The socket is gone: is the kernel, or the server, or only the network for a moment? */
  async #watchLoss(connection: QuietKernelConnection): Promise<void> {
    const line = this.#line;
    if (!line || this.#isWatchingLoss) return;
    this.#isWatchingLoss = true;
    const end = Date.now() + this.#patience.lossMs;
    try {
      while (this.#line === line && connection.connectionStatus !== 'connected') {
        const found = await this.#look(line);
        if (this.#line !== line) return;
        if (found === 'gone') return this.#die();
        if (found !== 'there' && (found.kind === 'unauthorized' || Date.now() > end)) {
          return this.#disconnect(found);
        }
        if (Date.now() > end) return this.#disconnect(serverGone(line.settings.baseUrl));
        if (connection.connectionStatus === 'disconnected') {
          connection.reconnect().catch(() => undefined);
        }
        await sleep(POLL_MS);
      }
    } finally {
      this.#isWatchingLoss = false;
    }
  }

  async #look(line: Line): Promise<'there' | 'gone' | StudioError> {
    try {
      return (await findKernel(line.settings, line.connection.id)) ? 'there' : 'gone';
    } catch (thrown) {
      return toStudioError(thrown);
    }
  }

  async #isThere(id: string): Promise<boolean> {
    return (await findKernel(await this.#host.settings(), id)) !== null;
  }

  #die(): void {
    const error = kernelDied(this.#info.displayName, this.#host.log());
    this.#lose(error, { status: 'dead', kernel: this.#info, error });
  }

  #disconnect(error: StudioError): void {
    this.#lose(error, { status: 'disconnected', kernel: this.#info, error });
  }

  /** Everything that waits is answered, then the state says why. */
  #lose(error: StudioError, next: KernelState): void {
    this.#close();
    this.#settleAll(error);
    this.state.set(next);
  }

  #stayLost(before: KernelState, error: StudioError): void {
    const status = before.status === 'disconnected' ? 'disconnected' : 'dead';
    this.state.set({ status, kernel: this.#info, error });
  }

  #close(): void {
    const line = this.#line;
    this.#line = null;
    line?.connection.dispose();
  }

  #settleAll(error: StudioError): void {
    this.#life += 1;
    for (const execution of this.#running) execution.lose(error);
  }

  #whyNot(): StudioError {
    const state = this.state.value;
    if ('error' in state && state.error) return state.error;
    return state.status === 'none' ? noKernel() : kernelRestarted(this.#info.displayName);
  }

  #requireLine(): Line {
    return this.#line ?? raise(this.#whyNot());
  }

  #idleConnection(): QuietKernelConnection | null {
    return this.state.value.status === 'idle' ? (this.#line?.connection ?? null) : null;
  }

  /** The answer, or null when the kernel was too slow or is gone. */
  async #ask<T>(request: Promise<T>): Promise<T | null> {
    const late = sleep(this.#patience.askMs, null, { ref: false });
    return await Promise.race([request.catch(() => null), late]);
  }
}
