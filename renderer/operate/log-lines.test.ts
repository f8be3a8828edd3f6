import { expect, test } from 'vitest';
import type { LogLine } from '../../shared/operate';
import { addBatch, LINES_KEPT, NO_LINES } from './log-lines';

const line = (index: number): LogLine => ({
  index,
  at: null,
  source: 'service',
  stream: 'stdout',
  text: `line ${index}`,
});
const batch = (from: number, to: number) => ({
  lines: Array.from({ length: to - from }, (_, offset) => line(from + offset)),
});

test('batches add up without repeats, and old lines are counted when they go', () => {
  const once = addBatch(NO_LINES, batch(0, 3));
  const again = addBatch(once, batch(1, 5));
  const full = addBatch(again, batch(5, LINES_KEPT + 2));
  expect({
    again: again.lines.map(({ index }) => index),
    nothingNew: addBatch(again, batch(0, 5)) === again,
    full: [full.dropped, full.lines.length, full.lines[0]?.index],
  }).toEqual({ again: [0, 1, 2, 3, 4], nothingNew: true, full: [2, LINES_KEPT, 2] });
});
