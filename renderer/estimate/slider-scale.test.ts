import { expect, test } from 'vitest';
import { fromSlider, toSlider } from './slider-scale';

test('a linear slider keeps to its steps, a logarithmic one gives each order of magnitude room', () => {
  const linear = { min: 1, max: 11, step: 0.5, isLogarithmic: false };
  const logarithmic = { min: 0, max: 10_000, step: 0.01, isLogarithmic: true };
  expect({
    linear: [1, 6, 11].map((value) => [
      toSlider(linear, value),
      fromSlider(linear, toSlider(linear, value)),
    ]),
    ends: [fromSlider(logarithmic, 0), fromSlider(logarithmic, 1000)],
    roundTrip: [1, 42, 1000].map((value) => fromSlider(logarithmic, toSlider(logarithmic, value))),
    outside: [toSlider(logarithmic, -5), toSlider(logarithmic, 1e9)],
  }).toEqual({
    linear: [
      [0, 1],
      [500, 6],
      [1000, 11],
    ],
    ends: [0, 10_000],
    roundTrip: [1, 42, 1000],
    outside: [0, 1000],
  });
});
