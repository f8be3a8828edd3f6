import { describe, expect, it } from 'vitest';
import { decodeTrace } from './buildkit-trace';
import { applyMessage } from './progress';

/** Protocol buffers by hand: a field of bytes, and one of a number. */
const bytes = (field: number, content: readonly number[]): number[] => [
  (field << 3) | 2,
  ...(content.length < 128
    ? [content.length]
    : [(content.length & 127) | 128, content.length >> 7]),
  ...content,
];
const text = (field: number, content: string) =>
  bytes(field, [...new TextEncoder().encode(content)]);
const number = (field: number, value: number): number[] => [field << 3, value];
const trace = (...parts: number[][]) => btoa(String.fromCharCode(...parts.flat()));
const TIME = number(1, 9);

const vertex = (digest: string, name: string, ...more: number[][]) =>
  bytes(1, [...text(1, digest), ...text(3, name), ...more.flat()]);
const log = (digest: string, line: string) => bytes(3, [...text(1, digest), ...text(4, line)]);

describe('what BuildKit tells', () => {
  it('is read with steps, logs and what runs beside one another', () => {
    const first = trace(
      vertex('a', '[1/2] FROM base', bytes(5, TIME), bytes(6, TIME), number(4, 1)),
      vertex('b', '[2/2] RUN pip', bytes(5, TIME)),
      vertex('c', 'exporting'),
      log('b', `Grüße ${'x'.repeat(150)}\n`),
    );
    const second = trace(
      vertex('b', '[2/2] RUN pip', bytes(5, TIME), bytes(6, TIME), text(7, 'exit 1')),
    );
    const steps = [first, second].reduce(
      (all, aux, at) => applyMessage(all, { id: 'moby.buildkit.trace', aux }, at),
      applyMessage([], {}, 0),
    );
    expect(steps).toEqual([
      {
        ...{ id: 'a', number: 1, total: null, instruction: '[1/2] FROM base', state: 'cached' },
        ...{ startedAt: 0, endedAt: 0, bytes: null, log: [] },
      },
      {
        ...{ id: 'b', number: 2, total: null, instruction: '[2/2] RUN pip', state: 'failed' },
        ...{ startedAt: 0, endedAt: 1, bytes: null, log: [`Grüße ${'x'.repeat(150)}`] },
      },
    ]);
  });

  it('is nothing where it is cut off', () => {
    expect(decodeTrace(trace([10, 200]))).toEqual({ vertexes: [], logs: [], statuses: [] });
    expect(decodeTrace('')).toEqual({ vertexes: [], logs: [], statuses: [] });
  });
});
