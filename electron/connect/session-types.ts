/** A live kernel as the later stages see it, and what a session needs to reach one. */
import type { Store } from '../../shared/base/store';
import type {
  Completions,
  ExecutionResult,
  InputRequest,
  Inspection,
  KernelInfo,
  KernelOutput,
  KernelState,
} from '../../shared/connect';
import type { KernelModel, ServerSettings } from './jupyter';

export interface ExecuteOptions {
  /** No outputs of results, no count: for the app's own questions. */
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  /** In order. A thread of the cell may print after the cell has ended: then this is called after the promise settled. */
  readonly onOutput: (output: KernelOutput) => void;
  /** Answers `input()`; without it `input()` raises in the cell. */
  readonly onInputRequest?: (request: InputRequest) => Promise<string>;
  /** An abort interrupts the kernel, or takes the code out of the queue. */
  readonly signal?: AbortSignal;
}

export interface KernelSession {
  readonly info: KernelInfo;
  readonly state: Store<KernelState>;
  /** One after another, in the order of the calls. Always settles: a kernel that is gone is a `failure`. */
  execute(code: string, options: ExecuteOptions): Promise<ExecutionResult>;
  /** `cursor` in UTF-16 units. Nothing while the kernel is busy: it could not answer. */
  complete(code: string, cursor: number): Promise<Completions>;
  inspect(code: string, cursor: number): Promise<Inspection>;
  interrupt(): Promise<void>;
  /** Also brings a dead kernel back, with nothing of what it knew. */
  restart(): Promise<void>;
  /** The same kernel again after the connection was lost. */
  reconnect(): Promise<void>;
  /** Ends a kernel of this computer; lets one on a remote server run on. */
  shutdown(): Promise<void>;
}

/** Where a session's kernel lives. */
export interface KernelHost {
  readonly about: Omit<KernelInfo, 'language' | 'pythonVersion'>;
  /** The server's address; where the server is ours and has ended, a new one is started first. */
  settings(signal?: AbortSignal): Promise<ServerSettings>;
  startKernel(settings: ServerSettings): Promise<KernelModel>;
  /** What the server wrote lately, for the detail of an error. */
  log(): string;
}

/** How patient a session is; tests are less so. */
export interface Patience {
  /** For a kernel to say who it is. */
  readonly startMs: number;
  /** For a lost connection to come back. */
  readonly lossMs: number;
  /** For a kernel to react to an interrupt before the caller is let go. */
  readonly abortMs: number;
  /** For completion and inspection. */
  readonly askMs: number;
}

export const PATIENCE: Patience = { startMs: 90_000, lossMs: 15_000, abortMs: 5000, askMs: 4000 };
