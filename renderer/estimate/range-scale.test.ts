import { expect, test } from 'vitest';
import { rangeBar, scaleEnd } from './range-scale';

test('bars share one scale, unknown prices take no part in it, and no bar vanishes', () => {
  const ranges = [{ low: 20, likely: 30, high: 80 }, { low: 0, likely: 0, high: 0 }, null];
  const end = scaleEnd(ranges);
  expect({ end, bars: ranges.map((range) => range && rangeBar(range, end)) }).toEqual({
    end: 80,
    bars: [{ start: 25, width: 75, likely: 37.5 }, { start: 0, width: 1.5, likely: 0 }, null],
  });
  expect(rangeBar({ low: 0, likely: 0, high: 0 }, scaleEnd([null]))).toEqual({
    start: 0,
    width: 1.5,
    likely: 0,
  });
});
