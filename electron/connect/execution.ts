/** One piece of code in the kernel: settles with its reply, or with the reason why none will come. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { StudioError } from '../../shared/base/studio-error';
import type { ExecutionResult } from '../../shared/connect';
import { record, toErrorContent } from './kernel-messages';
import type { ExecuteOptions } from './session-types';

export class Execution {
  readonly id: string;
  readonly result: Promise<ExecutionResult>;
  readonly #options: ExecuteOptions;
  #settle: (result: ExecutionResult) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Kernel.IKernelConnection, code: string, options: ExecuteOptions) {
    this.#options = options;
    this.result = new Promise((resolve) => {
      this.#settle = (result) => {
        clearTimeout(this.#timer);
        resolve(result);
      };
    });
    const future = connection.requestExecute({
      code,
      silent: options.silent ?? false,
      store_history: options.storeHistory ?? !(options.silent ?? false),
      allow_stdin: options.onInputRequest !== undefined,
      stop_on_error: false,
    });
    this.id = future.msg.header.msg_id;
    future.onStdin = (message) => void this.#answerInput(connection, message);
    // A future that is cancelled says nothing of why: whoever cancelled it calls `lose`.
    future.done.then(
      (reply) => this.#settle(this.#judge(reply.content)),
      () => undefined,
    );
  }

  lose(failure: StudioError): void {
    this.#settle({ status: 'error', executionCount: null, error: asError(failure), failure });
  }

  /** Code that ignores an interrupt (inside a library) must not hold its caller for ever. */
  giveUpIn(milliseconds: number): void {
    this.#timer = setTimeout(
      () => this.#settle({ status: 'aborted', executionCount: null }),
      milliseconds,
    );
  }

  #judge(content: KernelMessage.IExecuteReplyMsg['content']): ExecutionResult {
    const count = record(content).execution_count;
    const executionCount = typeof count === 'number' ? count : null;
    if (content.status === 'ok') return { status: 'ok', executionCount };
    if (content.status !== 'error') return { status: 'aborted', executionCount };
    const status = this.#options.signal?.aborted ? 'aborted' : 'error';
    return { status, executionCount, error: toErrorContent(record(content)) };
  }

  async #answerInput(
    connection: Kernel.IKernelConnection,
    message: KernelMessage.IStdinMessage,
  ): Promise<void> {
    if (message.header.msg_type !== 'input_request' || !this.#options.onInputRequest) return;
    const content = record(message.content);
    const request = { prompt: String(content.prompt ?? ''), isPassword: content.password === true };
    try {
      const value = await this.#options.onInputRequest(request);
      const header = message.header as KernelMessage.IInputRequestMsg['header'];
      if (!connection.isDisposed) connection.sendInputReply({ status: 'ok', value }, header);
    } catch {
      // Nobody will answer: the cell must not wait for ever.
      await connection.interrupt().catch(() => undefined);
    }
  }
}

function asError(failure: StudioError) {
  const ename = failure.kind === 'cancelled' ? 'KernelRestarted' : 'KernelLost';
  return { ename, evalue: failure.message, traceback: [] };
}
