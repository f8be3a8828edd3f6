/** Jupyter messages as the outputs the later stages know. */
import type { KernelMessage } from '@jupyterlab/services';
import {
  type Completions,
  type ErrorContent,
  type KernelOutput,
  toUtf16Offset,
} from '../../shared/connect';

/** The output an IOPub message brings, or null where it brings none (status, execute_input, comms). */
export function toKernelOutput(message: KernelMessage.IIOPubMessage): KernelOutput | null {
  const content = message.content as Readonly<Record<string, unknown>>;
  switch (message.header.msg_type) {
    case 'stream':
      return {
        output_type: 'stream',
        name: content.name === 'stderr' ? 'stderr' : 'stdout',
        text: String(content.text),
      };
    case 'display_data':
      return { output_type: 'display_data', ...shown(content) };
    case 'update_display_data':
      return { output_type: 'update_display_data', ...shown(content) };
    case 'execute_result':
      return {
        output_type: 'execute_result',
        ...shown(content),
        execution_count:
          typeof content.execution_count === 'number' ? content.execution_count : null,
      };
    case 'error':
      return { output_type: 'error', ...toErrorContent(content) };
    case 'clear_output':
      return { output_type: 'clear_output', wait: content.wait === true };
    default:
      return null;
  }
}

export function toErrorContent(content: Readonly<Record<string, unknown>>): ErrorContent {
  const traceback = Array.isArray(content.traceback) ? content.traceback.map(String) : [];
  return { ename: String(content.ename ?? ''), evalue: String(content.evalue ?? ''), traceback };
}

function shown(content: Readonly<Record<string, unknown>>) {
  const displayId = record(content.transient).display_id;
  return {
    data: record(content.data),
    metadata: record(content.metadata),
    displayId: typeof displayId === 'string' ? displayId : null,
  };
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Matches with what each is, where the kernel says so. */
export function toCompletions(content: object, code: string): Completions {
  const reply = record(content);
  const matches = Array.isArray(reply.matches) ? reply.matches.map(String) : [];
  const told = record(reply.metadata)._jupyter_types_experimental;
  const kinds = Array.isArray(told) ? told.map(record) : [];
  return {
    matches,
    types: matches.map((match) => kindOf(kinds.find((kind) => kind.text === match))),
    start: toUtf16Offset(code, Number(reply.cursor_start)),
    end: toUtf16Offset(code, Number(reply.cursor_end)),
  };
}

function kindOf(told: Readonly<Record<string, unknown>> | undefined): string | null {
  return typeof told?.type === 'string' && told.type !== '' && told.type !== '<unknown>'
    ? told.type
    : null;
}
