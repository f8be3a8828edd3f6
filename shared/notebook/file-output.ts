/** Outputs between the file (lines in lists) and the studio (joined strings). */
import type { MimeBundle, Output } from './output';
import { outputSchema } from './output';

/** Null when it is no output of nbformat 4; everything the format does not name is kept. */
export function outputFromFile(raw: unknown): Output | null {
  if (!isRecord(raw)) return null;
  const joined: Record<string, unknown> = { ...raw };
  if ('text' in raw) joined.text = joinLines(raw.text);
  if ('traceback' in raw) joined.traceback = raw.traceback;
  if (isRecord(raw.data)) joined.data = joinBundle(raw.data);
  if (raw.output_type === 'display_data' || raw.output_type === 'execute_result') {
    joined.metadata ??= {};
    joined.data ??= {};
  }
  if (raw.output_type === 'execute_result') joined.execution_count ??= null;
  const parsed = outputSchema.safeParse(joined);
  return parsed.success ? parsed.data : null;
}

export function outputToFile(output: Output, hasLineLists: boolean): Record<string, unknown> {
  const split = (value: unknown) =>
    hasLineLists && typeof value === 'string' ? splitLines(value) : value;
  if (output.output_type === 'stream') return { ...output, text: split(output.text) };
  if (output.output_type === 'error') return { ...output };
  const data = Object.entries(output.data).map(([mime, value]) => [
    mime,
    isLineMime(mime) ? split(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

/** A text as nbformat keeps it: each line with its line break; no line for an empty text. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

export function joinLines(value: unknown): unknown {
  return isTextList(value) ? value.join('') : value;
}

/** JSON types keep their lists; in all others a list of strings is a text in lines. */
export function joinBundle(data: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [
      mime,
      isJsonMime(mime) ? value : joinLines(value),
    ]),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isJsonMime(mime: string): boolean {
  return mime === 'application/json' || mime.endsWith('+json');
}

/** The types nbformat itself splits; base64 stays in one piece. */
function isLineMime(mime: string): boolean {
  return mime.startsWith('text/') || mime === 'application/javascript' || mime === 'image/svg+xml';
}
