/** What a run needs of a kernel. The connect stage gives it; the tests of the queue give a typed fake. */
import type { Store } from '../../shared/base/store';
import type {
  Completions,
  ExecutionResult,
  InputRequest,
  Inspection,
  KernelOutput,
  KernelState,
} from '../../shared/connect';

export interface ExecuteOptions {
  readonly onOutput: (output: KernelOutput) => void;
  /** Resolves with what the user typed. */
  readonly onInputRequest: (request: InputRequest) => Promise<string>;
}

export interface KernelSession {
  readonly state: Store<KernelState>;
  execute(code: string, options: ExecuteOptions): Promise<ExecutionResult>;
  complete(code: string, offset: number): Promise<Completions>;
  inspect(code: string, offset: number): Promise<Inspection>;
  interrupt(): Promise<void>;
  restart(): Promise<void>;
}
