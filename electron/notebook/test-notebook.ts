/** For tests: a service on folders of its own, a kernel that does what the test says, and a window that follows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CellId } from '../../shared/base/ids';
import { Store } from '../../shared/base/store';
import type { StudioError } from '../../shared/base/studio-error';
import type { ExecutionResult, KernelState } from '../../shared/connect';
import { applyNotebookEvent, type NotebookEvent, type NotebookState } from '../../shared/notebook';
import { TaskRunner } from '../task';
import type { KernelSession } from './kernel-session';
import { NotebookService, type NotebookServiceNeeds } from './notebook-service';

type Execute = KernelSession['execute'];

const KERNEL = {
  displayName: 'Fake',
  language: 'python',
  pythonPath: null,
  pythonVersion: null,
  where: 'local',
  environmentId: null,
  serverUrl: null,
} as const;

/** Each cell does what `act` says for its code. */
export class FakeSession implements KernelSession {
  readonly state = new Store<KernelState>({ status: 'idle', kernel: KERNEL });
  readonly ran: string[] = [];
  interrupted: () => void = () => undefined;

  constructor(
    private readonly act: (...call: Parameters<Execute>) => Promise<Partial<ExecutionResult>>,
  ) {}

  async execute(...call: Parameters<Execute>): Promise<ExecutionResult> {
    this.ran.push(call[0]);
    const reply = await this.act(...call);
    return { status: 'ok', executionCount: this.ran.length, ...reply };
  }

  async complete() {
    return { matches: ['print'], types: ['function'], start: 0, end: 2 };
  }

  async inspect() {
    return { found: true, data: { 'text/plain': 'print it' } };
  }

  async interrupt() {
    this.interrupted();
  }

  async restart() {
    this.interrupted();
  }

  die(error: StudioError) {
    this.state.set({ status: 'dead', kernel: KERNEL, error });
  }
}

export const codeCell = (id: string, source: string) => ({
  cell_type: 'code',
  execution_count: null,
  id,
  metadata: {},
  outputs: [],
  source: source.split(/(?<=\n)/).filter(Boolean),
});

export function notebookText(...cells: object[]): string {
  const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

export const id = CellId;

export interface Desk {
  readonly folder: string;
  readonly home: string;
  readonly path: string;
  readonly service: NotebookService;
  readonly tasks: TaskRunner;
  write(text: string): Promise<void>;
  read(): Promise<string>;
  /** Another host on the same home and files: what a start after a kill finds. */
  anotherHost(needs?: Partial<NotebookServiceNeeds>): NotebookService;
  dispose(): Promise<void>;
}

export function desk(needs: Partial<NotebookServiceNeeds> = {}): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-notebook-'));
  const home = join(folder, 'home');
  const path = join(folder, 'work.ipynb');
  const tasks = new TaskRunner();
  const services: NotebookService[] = [];
  const anotherHost = (more: Partial<NotebookServiceNeeds> = {}) => {
    const all = { home, tasks, connect: { session: null }, ...needs, ...more };
    const service = new NotebookService(all);
    services.push(service);
    return service;
  };
  return {
    folder,
    home,
    path,
    tasks,
    service: anotherHost(),
    write: (text) => writeFile(path, text),
    read: () => readFile(path, 'utf8'),
    anotherHost,
    dispose: async () => {
      for (const service of services) await service.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Follows a notebook as a window does. */
export class Viewer {
  readonly events: NotebookEvent[] = [];
  state: NotebookState | null = null;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #wake: () => void = () => undefined;

  constructor(service: NotebookService, path: string) {
    this.#ended = this.#follow(service, path);
  }

  /** The state once it is as wanted. */
  async until(isWanted: (state: NotebookState) => boolean, ms = 20_000): Promise<NotebookState> {
    const end = Date.now() + ms;
    for (;;) {
      if (this.state && isWanted(this.state)) return this.state;
      const left = end - Date.now();
      if (left <= 0)
        throw new Error(`Not reached; the last state was ${JSON.stringify(this.state)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #follow(service: NotebookService, path: string): Promise<void> {
    for await (const event of service.watch(path, this.#abort.signal)) {
      this.events.push(event);
      this.state = applyNotebookEvent(this.state, event);
      this.#wake();
    }
  }
}

export function valueIn<T>(result: { ok: true; value: T } | { ok: false; error: StudioError }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
