/** How a cell's outputs grow while it runs: streams join, `\r` writes over, a clear may wait for the next output. */
import { assertNever } from '../base/assert';
import type { KernelOutput } from '../connect';
import type { Output, StreamOutput } from './output';

export interface CollectedOutputs {
  readonly outputs: readonly Output[];
  /** The display id of each output, null where it has none. */
  readonly displayIds: readonly (string | null)[];
  readonly clearsOnNext: boolean;
}

export const NO_OUTPUTS: CollectedOutputs = { outputs: [], displayIds: [], clearsOnNext: false };

export function collectOutput(before: CollectedOutputs, message: KernelOutput): CollectedOutputs {
  switch (message.output_type) {
    case 'clear_output':
      return message.wait ? { ...before, clearsOnNext: true } : NO_OUTPUTS;
    case 'update_display_data':
      return updateDisplay(before, message);
    case 'stream':
      return appendStream(open(before), { ...message });
    case 'error':
      return append(open(before), { ...message, traceback: [...message.traceback] }, null);
    case 'display_data':
    case 'execute_result': {
      const { displayId, ...output } = message;
      const { data, metadata } = message;
      return append(
        open(before),
        { ...output, data: { ...data }, metadata: { ...metadata } },
        displayId,
      );
    }
    default:
      return assertNever(message);
  }
}

function open(before: CollectedOutputs): CollectedOutputs {
  return before.clearsOnNext ? NO_OUTPUTS : before;
}

/** The same value when no output has this display id. */
export function updateDisplay(
  before: CollectedOutputs,
  message: Extract<KernelOutput, { output_type: 'update_display_data' }>,
): CollectedOutputs {
  const { displayId } = message;
  if (displayId === null || !before.displayIds.includes(displayId)) return before;
  const data = { ...message.data };
  const metadata = { ...message.metadata };
  const outputs = before.outputs.map((output, index) => {
    if (before.displayIds[index] !== displayId) return output;
    const shows = output.output_type === 'display_data' || output.output_type === 'execute_result';
    return shows ? { ...output, data, metadata } : output;
  });
  return { ...before, outputs };
}

function append(
  before: CollectedOutputs,
  output: Output,
  displayId: string | null,
): CollectedOutputs {
  return {
    outputs: [...before.outputs, output],
    displayIds: [...before.displayIds, displayId],
    clearsOnNext: false,
  };
}

function appendStream(before: CollectedOutputs, piece: StreamOutput): CollectedOutputs {
  const last = before.outputs.at(-1);
  if (last?.output_type !== 'stream' || last.name !== piece.name) {
    return append(before, { ...piece, text: joinTerminalText('', piece.text) }, null);
  }
  const joined = { ...last, text: joinTerminalText(last.text, piece.text) };
  return { ...before, outputs: [...before.outputs.slice(0, -1), joined] };
}

/**
 * As a terminal shows it: `\r` goes back to the start of the line and what follows writes over it, `\b` goes one
 * back. A `\r` at the very end stays in the text, so that the next piece finds the cursor there.
 */
export function joinTerminalText(before: string, added: string): string {
  if (!/[\r\b]/.test(added) && !before.endsWith('\r')) return before + added;
  const lineStart = before.lastIndexOf('\n') + 1;
  const open = before.slice(lineStart) + added;
  const lines = open.replace(/\r+\n/g, '\n').split('\n');
  return before.slice(0, lineStart) + lines.map(overwriteLine).join('\n');
}

function overwriteLine(line: string): string {
  if (!/[\r\b]/.test(line)) return line;
  const waits = line.endsWith('\r');
  const text = backspace(waits ? line.slice(0, -1) : line);
  const shown = text.split('\r').reduce((under, over) => over + under.slice(over.length), '');
  return waits ? `${shown}\r` : shown;
}

function backspace(text: string): string {
  const shown: string[] = [];
  for (const character of text) {
    if (character !== '\b') shown.push(character);
    else if (shown.length > 0 && shown.at(-1) !== '\r') shown.pop();
  }
  return shown.join('');
}
