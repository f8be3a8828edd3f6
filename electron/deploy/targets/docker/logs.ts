/** Lines of a container's log, from the engine's stream of both outputs. */
import { Readable } from 'node:stream';
import type { LogBatch, LogLine, LogSource } from '../../../../shared/deploy';

const HEADER = 8;
/** A swarm puts its own trouble with a log into the log. */
const SWARM_TROUBLE = /^Error grabbing logs: rpc error/;

/** The engine packs both outputs into frames of kind and length; without a terminal, as here. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  readonly #partial = { stdout: '', stderr: '' };

  /** Whole lines only; the rest waits for the next part. */
  read(part: Buffer): { stream: 'stdout' | 'stderr'; text: string }[] {
    let data = Buffer.concat([this.#rest, part]);
    const lines: { stream: 'stdout' | 'stderr'; text: string }[] = [];
    while (data.length >= HEADER) {
      const length = data.readUInt32BE(4);
      if (data.length < HEADER + length) break;
      const stream = data[0] === 2 ? 'stderr' : 'stdout';
      const text = this.#partial[stream] + data.subarray(HEADER, HEADER + length).toString('utf8');
      const parts = text.split('\n');
      this.#partial[stream] = parts.pop() ?? '';
      const made = parts.map((line) => ({ stream, text: line.replace(/\r$/, '') }) as const);
      lines.push(...made.filter(({ text }) => !SWARM_TROUBLE.test(text)));
      data = data.subarray(HEADER + length);
    }
    this.#rest = data;
    return lines;
  }
}

/** The texts of a log that was read at once, the empty ones left out. */
export const textsOf = (log: Buffer): string[] =>
  new FrameReader().read(log).flatMap(({ text }) => (text.trim() === '' ? [] : [text]));

/** A container, or a service of a swarm. */
export interface Speaker {
  readonly id: string;
  logs(options: object): Promise<unknown>;
}

export type Unnumbered = Omit<LogLine, 'index'>;

export async function readLog(
  speaker: Speaker,
  tail: number,
  source: LogSource,
): Promise<Unnumbered[]> {
  const data = await speaker.logs({ stdout: true, stderr: true, timestamps: true, tail });
  if (!Buffer.isBuffer(data)) return [];
  return new FrameReader().read(data).map((line) => parse(line, source));
}

/** The last lines, then each later one, until the container ends or the signal comes. */
export async function* followLog(
  speaker: Speaker,
  tail: number,
  source: LogSource,
  signal: AbortSignal,
): AsyncGenerator<Unnumbered[]> {
  const stream = await speaker.logs({
    ...{ stdout: true, stderr: true, timestamps: true, follow: true, tail },
  });
  if (!(stream instanceof Readable)) return;
  const end = () => void stream.destroy();
  signal.addEventListener('abort', end, { once: true });
  const reader = new FrameReader();
  try {
    for await (const part of stream) {
      const lines = reader.read(part as Buffer).map((line) => parse(line, source));
      if (lines.length > 0) yield lines;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    signal.removeEventListener('abort', end);
    stream.destroy();
  }
}

/** A time of the engine has nanoseconds and stands before the text. */
function parse(
  { stream, text }: { stream: 'stdout' | 'stderr'; text: string },
  source: LogSource,
): Unnumbered {
  const space = text.indexOf(' ');
  const at = Date.parse(text.slice(0, space));
  return Number.isNaN(at)
    ? { at: null, source, stream, text }
    : { at, source, stream, text: text.slice(space + 1) };
}

export const numbered = (lines: readonly Unnumbered[], from = 0): LogLine[] =>
  lines.map((line, at) => ({ index: from + at, ...line }));

export const batch = (lines: readonly Unnumbered[], from: number): LogBatch => ({
  lines: numbered(lines, from),
});
