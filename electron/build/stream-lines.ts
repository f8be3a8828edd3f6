/** The engine's long answers: one JSON object a line, ended by what a line makes us throw or by a signal. */
import { Readable } from 'node:stream';

export async function followLines<T>(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal | undefined,
  onMessage: (message: T) => void,
): Promise<void> {
  const readable = stream instanceof Readable ? stream : new Readable().wrap(stream);
  const abort = () => readable.destroy(abortError());
  signal?.addEventListener('abort', abort, { once: true });
  let rest = '';
  try {
    if (signal?.aborted) throw abortError();
    readable.setEncoding('utf8');
    for await (const part of readable) {
      const lines = `${rest}${String(part)}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim()) onMessage(JSON.parse(line));
    }
    if (rest.trim()) onMessage(JSON.parse(rest));
  } finally {
    signal?.removeEventListener('abort', abort);
    readable.destroy();
  }
}

export const abortError = (): DOMException => new DOMException('Cancelled', 'AbortError');
