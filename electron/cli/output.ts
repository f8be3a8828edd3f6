/** What the terminal sees: results on stdout (text or one JSON value), progress and errors on stderr. */
import { stdout as out, stderr } from 'node:process';
import type { StudioError } from '../../shared/base/studio-error';

export interface Output {
  readonly isJson: boolean;
  /** A line for a person; nothing under --json. */
  say(line: string): void;
  /** The command's result: one JSON value under --json. */
  result(value: unknown): void;
  /** Replaces itself on a terminal; a line of its own elsewhere, and only when the words change. */
  progress(line: string): void;
  error(error: StudioError): void;
}

export function terminalOutput(isJson: boolean): Output {
  let shown = '';
  const clear = () => {
    if (shown && stderr.isTTY) stderr.write('\r\u001b[K');
    shown = '';
  };
  return {
    isJson,
    say: (line) => {
      clear();
      if (!isJson) out.write(`${line}\n`);
    },
    result: (value) => {
      clear();
      if (isJson) out.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    progress: (line) => {
      if (line === shown || line === '') return;
      if (stderr.isTTY) stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      else stderr.write(`  ${line}\n`);
      shown = line;
    },
    error: (error) => {
      clear();
      if (isJson) out.write(`${JSON.stringify({ error }, null, 2)}\n`);
      stderr.write(`${errorText(error)}\n`);
    },
  };
}

export function errorText(error: StudioError): string {
  const { place } = error;
  const where = [
    place?.path && !error.message.includes(place.path) ? place.path : '',
    place?.line ? `line ${place.line}` : '',
    place?.column ? `column ${place.column}` : '',
  ].filter(Boolean);
  return [
    `slipway: ${error.message}`,
    ...(where.length > 0 ? [`  in ${where.join(', ')}`] : []),
    ...error.nextSteps.flatMap((step) => (step.shell ? [`  ${step.label}: ${step.shell}`] : [])),
    ...(error.kind === 'unexpected' && error.detail ? [error.detail] : []),
  ].join('\n');
}

/** Columns aligned for a terminal; numbers to the right where `right` names them. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((text, at) =>
        right.includes(at) ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}
