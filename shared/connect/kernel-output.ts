/** What a kernel shows while it runs code, shaped as nbformat has it, and how an execution ends. */
import type { StudioError } from '../base/studio-error';

type Data = Readonly<Record<string, unknown>>;

export type KernelOutput =
  | { readonly output_type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly output_type: 'display_data';
      readonly data: Data;
      readonly metadata: Data;
      /** Later `update_display_data` with this id (also from other cells) replaces what this one shows. */
      readonly displayId: string | null;
    }
  | {
      readonly output_type: 'execute_result';
      readonly data: Data;
      readonly metadata: Data;
      readonly execution_count: number | null;
      readonly displayId: string | null;
    }
  | {
      readonly output_type: 'error';
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: string[];
    }
  | {
      readonly output_type: 'update_display_data';
      readonly data: Data;
      readonly metadata: Data;
      readonly displayId: string | null;
    }
  /** `wait`: clear only when the next output comes. */
  | { readonly output_type: 'clear_output'; readonly wait: boolean };

export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/**
 * Judged by the kernel's reply. `aborted`: it was cancelled or never ran.
 * `failure` is there when no reply came, because the kernel or the connection is gone.
 */
export interface ExecutionResult {
  readonly status: 'ok' | 'error' | 'aborted';
  readonly executionCount: number | null;
  readonly error?: ErrorContent;
  readonly failure?: StudioError;
}

export interface InputRequest {
  readonly prompt: string;
  readonly isPassword: boolean;
}

/** Offsets are in UTF-16 units of the given code, as Monaco counts. */
export interface Completions {
  readonly matches: string[];
  readonly start: number;
  readonly end: number;
  /** What each match is (`function`, `module`), where the kernel says so. */
  readonly types: (string | null)[];
}

export interface Inspection {
  readonly found: boolean;
  /** MIME type to value; text/plain carries ANSI colours. */
  readonly data: Data;
}

/** Jupyter counts characters, JavaScript UTF-16 units: they differ after an emoji. */
export function toCodePointOffset(text: string, utf16Offset: number): number {
  return [...text.slice(0, utf16Offset)].length;
}

export function toUtf16Offset(text: string, codePointOffset: number): number {
  let units = 0;
  let points = 0;
  for (const character of text) {
    if (points >= codePointOffset) break;
    units += character.length;
    points += 1;
  }
  return units;
}
